//! Deleting finished tasks that their namespaces keep no longer.

use super::archive::{self, ArchivingError};
use std::time::{Duration, Instant};
use tasker_archive::Archive;
use tasker_database::DatabaseError;
use tasker_database::backoff::Backoff;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tokio_util::sync::CancellationToken;

/// Tasks that one batch deletes at most. The database bounds their steps too.
const BATCH_TASKS: i32 = 500;

/// Idempotency keys that one batch looks at.
const BATCH_KEYS: i32 = 1_000;

/// Subscriptions whose runs one batch looks at, and runs of each that it deletes at most.
const BATCH_RUNS: i32 = 200;

/// After a batch the host rests for so many times as long as the batch took. The database holds all hosts
/// together to the same, see `tasker.delete_finished_tasks`.
const REST_SHARE: u32 = 4;

/// Between two looks while nothing is due, or another host deletes.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// Between two tries after an error: the first delay and the longest.
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_MAX: Duration = Duration::from_secs(5 * 60);

/// What one batch came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub deleted: i32,
    /// False if nothing is due, or if it is the turn of another host.
    pub is_more_due: bool,
}

/// Deletes what is due.
#[derive(Clone, Debug)]
pub struct Retention {
    engine: Engine,
    /// None: what is deleted is gone.
    archive: Option<Archive>,
}

/// Why a batch was not deleted, or is not known to be.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Archive(#[from] ArchivingError),
}

impl Retention {
    /// With an archive, nothing is deleted that is not in it.
    pub fn new(engine: Engine, archive: Option<Archive>) -> Self {
        Self { engine, archive }
    }

    /// Deletes what is due, until `stop`. Every host does it; the database lets one at a time.
    pub async fn run(self, stop: CancellationToken) {
        let mut backoff = Backoff::new(RETRY_FIRST, RETRY_MAX);
        while !stop.is_cancelled() {
            let began = Instant::now();
            let rest = match self.batch().await {
                Ok(batch) => {
                    backoff.reset();
                    rest_after(batch, began.elapsed())
                }
                Err(error) => {
                    tracing::warn!(error = %ErrorChain(&error), "finished tasks were not deleted; retrying");
                    backoff.delay()
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
            }
        }
    }

    /// Frees a few of the keys and deletes a few of the runs and of the tasks that are due.
    async fn batch(&self) -> Result<Batch, RetentionError> {
        let keys = self.engine.expire_keys(BATCH_KEYS).await?;
        let runs = self.engine.expire_runs(BATCH_RUNS).await?;
        let batch = match self.archive_partition().await? {
            true => Batch {
                deleted: 0,
                is_more_due: true,
            },
            false => self.delete_batch().await?,
        };
        Ok(Batch {
            is_more_due: batch.is_more_due || keys.is_more_due || runs.is_more_due,
            ..batch
        })
    }

    /// Archives a few tasks of a partition that is due as a whole. If there are none, drops what is archived. Returns
    /// whether to call again.
    pub async fn archive_partition(&self) -> Result<bool, RetentionError> {
        let Some(archive) = &self.archive else {
            return Ok(false);
        };
        let mut due = self.engine.partition_to_archive(BATCH_TASKS).await?;
        let is_more_due = due.tasks.is_more_due;
        if !due.tasks.task_ids.is_empty() {
            due.tasks.read_from_replica().await?;
            archive::write(archive, &mut due.tasks).await?;
        }
        due.note_archived().await?;
        if !is_more_due {
            self.engine.database().drop_partitions(true).await?;
        }
        Ok(is_more_due)
    }

    /// Deletes a few of the tasks that are due, in one transaction, but not those of a partition that is soon
    /// dropped as a whole.
    pub async fn delete_batch(&self) -> Result<Batch, RetentionError> {
        let mut due = self.engine.due_tasks(BATCH_TASKS, true).await?;
        let is_more_due = due.is_more_due;
        if let Some(archive) = &self.archive {
            due.read_from_replica().await?;
            archive::write(archive, &mut due).await?;
        }
        let deleted = match is_more_due {
            true => due.delete().await?,
            false => 0,
        };
        if deleted > 0 {
            tracing::debug!(deleted, "deleted finished tasks");
        }
        Ok(Batch {
            deleted,
            is_more_due,
        })
    }
}

fn rest_after(batch: Batch, took: Duration) -> Duration {
    match batch.is_more_due {
        true => took.saturating_mul(REST_SHARE),
        false => LOOK_INTERVAL,
    }
}
