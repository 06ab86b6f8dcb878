//! The first contact with a database: whether it is there, and what lies between.

mod error;
mod pooler;

pub use error::ConnectError;
pub(crate) use pooler::find_out;

use super::Database;
use super::backoff::Backoff;
use super::pool::SessionKind;
use error::ConnectFailure;
use std::time::{Duration, Instant};

/// How long a server that does not listen, or has no connection left, is waited for at the start.
const ABSENT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a server that says that it is starting or recovering is waited for.
const STARTING_TIMEOUT: Duration = Duration::from_secs(120);

/// Between tries.
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(2);

impl Database {
    /// Makes the first connection, and finds out whether a pooler lies between. Waits a moment for a
    /// server that is not there yet, and longer for one that is starting; what will not mend by itself
    /// is an error at once. Call it before anything else where messages are wanted for such errors.
    pub async fn connect(&self) -> Result<(), ConnectError> {
        let began = Instant::now();
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
        let mut is_told = false;
        loop {
            let error = match find_out(&self.pools.api).await {
                Ok(session) => {
                    self.begin_as(session);
                    return Ok(());
                }
                Err(error) => error,
            };
            let limit = match error.refusal {
                ConnectFailure::Starting => STARTING_TIMEOUT,
                ConnectFailure::NotListening
                | ConnectFailure::TooManyConnections
                | ConnectFailure::Silent => ABSENT_TIMEOUT,
                _ => Duration::ZERO,
            };
            if began.elapsed() >= limit {
                return Err(error);
            }
            if !std::mem::replace(&mut is_told, true) {
                let limit_s = limit.as_secs();
                tracing::warn!(
                    "{error}; {}; waiting up to {limit_s} s for it",
                    error.help()
                );
            }
            backoff.wait().await;
        }
    }

    /// The same in one try, without waiting.
    pub async fn try_connect(&self) -> Result<(), ConnectError> {
        let session = find_out(&self.pools.api).await?;
        self.begin_as(session);
        Ok(())
    }

    fn begin_as(&self, session: SessionKind) {
        self.pools.server.set_session(session);
        match session {
            SessionKind::Direct => {}
            SessionKind::Session => {
                tracing::info!("a pooler in session mode is between this host and PostgreSQL");
            }
            SessionKind::Transaction => tracing::warn!(
                "a pooler in transaction mode is between this host and PostgreSQL: statements are \
                 not kept prepared, and hints are not heard, so that work is found by polling; give \
                 the host a pool in session mode, or PostgreSQL itself, for its full speed"
            ),
        }
    }

    /// Connections as they are: how many this host may open, how many are open, and why PostgreSQL
    /// refused some of late.
    pub fn connections(&self) -> Connections {
        let of_replica = self.replica.iter().map(|replica| replica.pool());
        let pools: Vec<_> = self.pools.all().into_iter().chain(of_replica).collect();
        Connections {
            max: pools.iter().map(|pool| pool.max()).sum::<u32>() + 1,
            open: pools.iter().map(|pool| pool.opened()).sum(),
            idle: pools.iter().map(|pool| pool.idle()).sum(),
            refused: self.pools.server.shortage_reason(),
            has_timeouts: self.pools.server.has_timeouts(),
        }
    }
}

/// The connections of a host, those to its read replica included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connections {
    pub max: u32,
    /// But for the one that listens.
    pub open: u32,
    /// Of those that are open: nobody uses them.
    pub idle: u32,
    /// In PostgreSQL's words.
    pub refused: Option<String>,
    /// In the last minute somebody got no connection in time.
    pub has_timeouts: bool,
}
