//! The partitions of the log, a month each: made ahead of time, and watched.

use super::backoff::Backoff;
use super::{Database, DatabaseError};
use sqlx::FromRow;
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tokio_util::sync::CancellationToken;

/// Between two looks once all partitions are there.
const INTERVAL: Duration = Duration::from_secs(12 * 60 * 60);

/// Between two tries where one is missing: the first delay and the longest.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(10 * 60);

/// How the log is divided.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct PartitionsRow {
    /// Rows came while the partition of their month was missing: they stay in the default one.
    pub has_stray_rows: bool,
    /// The next month has no partition yet.
    pub next_month_is_missing: bool,
}

impl Database {
    /// Makes the partitions that are missing, for months ahead. Returns how many could not be created now.
    /// Any host may call it at any time: it blocks others only for a short time.
    pub async fn ensure_partitions(&self) -> Result<i32, DatabaseError> {
        let missing = sqlx::query_scalar("select tasker.ensure_partitions()")
            .fetch_one(self.control())
            .await?;
        Ok(missing)
    }

    /// How the log is divided now.
    pub async fn partitions(&self) -> Result<PartitionsRow, DatabaseError> {
        Ok(sqlx::query_as(PARTITIONS).fetch_one(self.control()).await?)
    }

    /// Makes partitions as they are needed, until `stop`. Every host does it.
    pub async fn keep_partitions(self, stop: CancellationToken) {
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
        loop {
            let wait = match self.ensure_partitions().await {
                Ok(0) => {
                    backoff.reset();
                    INTERVAL
                }
                Ok(_) => backoff.delay(),
                Err(error) => {
                    tracing::warn!(error = %ErrorChain(&error), "no partitions of the log were made; retrying at the next interval");
                    backoff.delay()
                }
            };
            self.warn_of_partitions().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn warn_of_partitions(&self) {
        match self.partitions().await {
            Ok(found) if found.has_stray_rows => tracing::warn!(
                "rows of the log are in tasker.transition_default, because their month had no partition when they were written"
            ),
            Ok(found) if found.next_month_is_missing => {
                tracing::warn!("the log has no partition for the next month yet");
            }
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(error = %ErrorChain(&error), "the partitions of the log were not checked");
            }
        }
    }
}

const PARTITIONS: &str = "
    select exists (select from tasker.transition_default) as has_stray_rows,
           to_regclass('tasker.transition_' || to_char(timezone('UTC', n.now) + interval '1 month', 'YYYYMM'))
             is null as next_month_is_missing
    from (select date_trunc('month', tasker.clock(), 'UTC') as now) n";
