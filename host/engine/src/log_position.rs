//! The log as a whole, for readers who go on from where they were: the position up to which it is complete.

use super::Engine;
use sqlx::FromRow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tasker_database::DatabaseError;

/// How long a reader of one task waits for those who write the log at the time, and between two looks.
const SETTLE_MAX: Duration = Duration::from_millis(50);
const SETTLE_LOOK: Duration = Duration::from_millis(2);

/// A place in the log: behind the row with this number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogPosition(pub i64);

/// How far the log is complete: no row appears any more below the safe position, whoever still writes, and no crash of
/// the server takes one back that is there.
#[derive(Clone, Debug, Default, FromRow)]
pub struct LogHorizon {
    safe: i64,
    /// The position that is safe once none of the writers holds its lock any more.
    mark: Option<i64>,
    writers: Option<Vec<String>>,
}

impl LogHorizon {
    /// The highest position that is known to be safe.
    pub fn safe(&self) -> LogPosition {
        LogPosition(self.safe)
    }

    /// The position that becomes safe next, once its writers have ended.
    pub fn mark(&self) -> Option<LogPosition> {
        self.mark.map(LogPosition)
    }

    /// Who may still write below the mark: virtual transactions.
    pub fn writers(&self) -> &[String] {
        self.writers.as_deref().unwrap_or_default()
    }
}

impl Engine {
    /// Moves the horizon on as far as it is known now. Call it a few times a second for as long as somebody reads. After
    /// an error the horizon is what it was.
    pub async fn advance_log_horizon(&self, horizon: &mut LogHorizon) -> Result<(), DatabaseError> {
        let next = sqlx::query_as("select safe, mark, writers from tasker.log_horizon($1, $2, $3)")
            .bind(horizon.safe)
            .bind(horizon.mark)
            .bind(&horizon.writers)
            .fetch_one(self.pool())
            .await?;
        *horizon = next;
        Ok(())
    }

    /// A position up to which the log is complete: the present one, if those who write at the time end within 50 ms.
    pub async fn settled_position(&self) -> Result<LogPosition, DatabaseError> {
        let began = Instant::now();
        let mut horizon = self.followed.get();
        let earlier = horizon.mark();
        // The first mark that was set after this call began.
        let mut present = None;
        loop {
            self.advance_log_horizon(&mut horizon).await?;
            present = present.or(horizon.mark().filter(|mark| Some(*mark) != earlier));
            let is_settled = present.is_some_and(|mark| mark <= horizon.safe());
            let is_quiet = horizon.mark() <= Some(horizon.safe());
            if is_settled || is_quiet || began.elapsed() >= SETTLE_MAX {
                break;
            }
            tokio::time::sleep(SETTLE_LOOK).await;
        }
        let safe = horizon.safe();
        self.followed.put(horizon);
        Ok(safe)
    }
}

/// The horizon that the readers of single tasks have in common.
#[derive(Debug, Default)]
pub(crate) struct SharedHorizon(Mutex<LogHorizon>);

impl SharedHorizon {
    fn get(&self) -> LogHorizon {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Keeps it unless another one is further.
    fn put(&self, horizon: LogHorizon) {
        let mut shared = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if horizon.safe >= shared.safe {
            *shared = horizon;
        }
    }
}
