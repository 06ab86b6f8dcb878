//! The partitions of tasks, steps and log: made ahead of time, closed once their tasks have ended, dropped, and watched.

use super::backoff::Backoff;
use super::{Database, DatabaseError};
use sqlx::FromRow;
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tokio_util::sync::CancellationToken;

/// Between two looks once the partitions are there.
const INTERVAL: Duration = Duration::from_secs(5 * 60);

/// Between two tries where one is missing: the first delay and the longest.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = INTERVAL;

/// Tasks that are returned to the history, and identities that are deleted, by one call.
const BATCH: i32 = 1_000;

/// How tasks, steps and log are divided.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct PartitionsRow {
    /// Partitions that may have open tasks, without that of older tasks.
    pub open: i64,
    pub closed: i64,
    /// An eighth of the newest partition is left, and the next one is not there yet.
    pub next_is_missing: bool,
}

impl Database {
    /// Makes the next partition if it is time. Returns false if it could not be made now. Any host may call it at
    /// any time: it blocks nobody who reads or writes.
    pub async fn ensure_partitions(&self) -> Result<bool, DatabaseError> {
        let is_there = sqlx::query_scalar("select tasker.ensure_partitions()")
            .fetch_one(self.control())
            .await?;
        Ok(is_there)
    }

    /// How tasks are divided now.
    pub async fn partitions(&self) -> Result<PartitionsRow, DatabaseError> {
        Ok(sqlx::query_as(PARTITIONS).fetch_one(self.control()).await?)
    }

    /// Closes what is over, returns to the history what was carried over and has ended, and drops what is kept no
    /// longer: with an archive only what is archived as a whole, or was emptied. Waits for nobody: what is in use is left for the
    /// next time. Off the reaper's connection, since a partition that is summed up is read as a whole.
    pub async fn tidy_partitions(&self, has_archive: bool) -> Result<(), DatabaseError> {
        let maintenance = self.for_maintenance();
        while maintenance.did("select tasker.close_partition()").await? {}
        while maintenance.returned().await? >= BATCH {}
        while maintenance.did("select tasker.sum_partition()").await? {}
        maintenance.drop_partitions(has_archive).await
    }

    /// Drops what is kept no longer: with an archive only what is archived as a whole, or was emptied. Leaves what is in
    /// use for the next time.
    pub async fn drop_partitions(&self, has_archive: bool) -> Result<(), DatabaseError> {
        let maintenance = self.for_maintenance();
        while maintenance.dropped(has_archive).await? {}
        Ok(())
    }

    /// Keeps the partitions as they are needed, until `stop`. Every host does it; the database lets one at a time.
    pub async fn keep_partitions(self, has_archive: bool, stop: CancellationToken) {
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
        loop {
            let wait = match self.ensure_partitions().await {
                Ok(true) => {
                    backoff.reset();
                    INTERVAL
                }
                Ok(false) => backoff.delay(),
                Err(error) => {
                    tracing::warn!(error = %ErrorChain(&error), "the next partition was not made; retrying");
                    backoff.delay()
                }
            };
            if let Err(error) = self.tidy_partitions(has_archive).await {
                tracing::warn!(error = %ErrorChain(&error), "partitions were not closed or dropped; retrying");
            }
            self.warn_of_partitions().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn did(&self, sql: &'static str) -> Result<bool, DatabaseError> {
        Ok(sqlx::query_scalar(sql).fetch_one(self.pool()).await?)
    }

    async fn returned(&self) -> Result<i32, DatabaseError> {
        let returned = sqlx::query_scalar("select tasker.return_carried($1)")
            .bind(BATCH)
            .fetch_one(self.pool())
            .await?;
        Ok(returned)
    }

    async fn dropped(&self, only_empty: bool) -> Result<bool, DatabaseError> {
        let is_more = sqlx::query_scalar("select tasker.drop_partition($1, $2)")
            .bind(BATCH)
            .bind(only_empty)
            .fetch_one(self.pool())
            .await?;
        Ok(is_more)
    }

    async fn warn_of_partitions(&self) {
        match self.partitions().await {
            Ok(found) if found.next_is_missing => tracing::warn!(
                "the partition for the coming tasks is missing; no task can be created once the newest one is over"
            ),
            Ok(_) => {}
            Err(error) => {
                tracing::debug!(error = %ErrorChain(&error), "the partitions were not checked");
            }
        }
    }
}

const PARTITIONS: &str = "
    select count(*) filter (where p.closed_at is null) as open, count(*) filter (where p.closed_at is not null) as closed,
           coalesce(max(p.until_at), '-infinity') < tasker.clock() + make_interval(days => max(w.days)) / 8
             as next_is_missing
    from tasker.partition_width w
    left join tasker.partition p on true";
