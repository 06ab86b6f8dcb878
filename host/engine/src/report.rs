//! Reports of the outcomes of attempts.

use super::Engine;
use super::event::EventRow;
use super::failure::error_json;
use super::row::{due_in, lease};
use super::usage::{UsageRow, VersionUsage};
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::time::Duration;
use tasker_database::{DatabaseError, column};
use tasker_domain::event::SentEvent;
use tasker_domain::ids::{LockId, TaskId, WorkerId};
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::{Failure, Retry};
use uuid::Uuid;

/// A lease with the result of its attempt.
#[derive(Clone, Debug)]
pub struct Completed {
    pub lease: Lease,
    /// JSON text.
    pub result: String,
    /// `None` if nothing ran.
    pub usage: Option<VersionUsage>,
    /// The events that it sent, in order.
    pub events: Vec<SentEvent>,
}

/// A lease with the failure of its attempt.
#[derive(Clone, Debug)]
pub struct FailedAttempt {
    pub lease: Lease,
    pub failure: Failure,
    /// `None` if nothing ran.
    pub usage: Option<VersionUsage>,
}

/// A step that was claimed as its last parent was reported: the next one of a chain. The reporting worker
/// already has what it shares with its parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReleasedStep {
    pub lease: Lease,
    pub lock_id: LockId,
    /// Of the task's namespace, read after the claim.
    pub revision: i64,
}

/// What reports of results brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Claimed for the reporting worker.
    pub steps: Vec<ReleasedStep>,
    /// Other steps were released, and left for anybody.
    pub is_left_ready: bool,
    /// Watched tasks that ended.
    pub ended: Vec<TaskId>,
}

/// What reports of other outcomes brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// How long it is until the first of the steps is due again; `None` if none will be.
    pub due_in: Option<Duration>,
    /// Watched tasks that ended.
    pub ended: Vec<TaskId>,
}

impl Engine {
    /// Records results, releases what waited for them, and claims up to `claim` of what was released
    /// for the worker. Repeatable: stale leases change nothing.
    pub async fn complete_steps(
        &self,
        worker: WorkerId,
        completed: &[Completed],
        claim: usize,
    ) -> Result<Released, DatabaseError> {
        self.uses.ran(completed.iter().map(|it| it.usage));
        let rows =
            sqlx::query("select * from tasker.complete_steps($1, $2, $3, $4, $5, $6, $7, $8)")
                .bind(worker.0)
                .bind(column(completed, |c| c.lease.task_id.0))
                .bind(column(completed, |c| c.lease.step_no))
                .bind(column(completed, |c| c.lease.attempt))
                .bind(column(completed, |c| c.result.as_str()))
                .bind(i32::try_from(claim).unwrap_or(i32::MAX))
                .bind(column(completed, |c| UsageRow::of(c.usage)))
                .bind(EventRow::of_batch(completed.iter().map(|it| &*it.events)))
                .fetch_all(self.database.engine())
                .await?;
        let mut released = Released::default();
        for row in &rows {
            match row.try_get::<Option<Uuid>, _>(0)? {
                Some(_) => released.steps.push(released_step(row)?),
                None => {
                    released.is_left_ready = row.try_get(5)?;
                    released.ended = ended(row, 6)?;
                }
            }
        }
        Ok(released)
    }

    /// Records failed attempts; the database decides which are tried again. Repeatable.
    pub async fn fail_steps(
        &self,
        worker: WorkerId,
        failed: &[FailedAttempt],
    ) -> Result<Recorded, DatabaseError> {
        self.uses.ran(failed.iter().map(|it| it.usage));
        let row = sqlx::query(
            "select due_ms, ended from tasker.fail_steps($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(worker.0)
        .bind(column(failed, |f| f.lease.task_id.0))
        .bind(column(failed, |f| f.lease.step_no))
        .bind(column(failed, |f| f.lease.attempt))
        .bind(column(failed, |f| error_json(&f.failure)))
        .bind(column(failed, |f| f.failure.retry == Retry::Never))
        .bind(column(failed, |f| retry_after_ms(f.failure.retry)))
        .bind(column(failed, |f| UsageRow::of(f.usage)))
        .fetch_one(self.database.engine())
        .await?;
        recorded(&row)
    }

    /// Keeps checkpoints (JSON text) and makes their steps ready to be called again. Repeatable.
    pub async fn checkpoint_steps(
        &self,
        worker: WorkerId,
        checkpointed: &[Completed],
    ) -> Result<(), DatabaseError> {
        self.uses.ran(checkpointed.iter().map(|it| it.usage));
        sqlx::query("select tasker.checkpoint_steps($1, $2, $3, $4, $5, $6, $7)")
            .bind(worker.0)
            .bind(column(checkpointed, |c| c.lease.task_id.0))
            .bind(column(checkpointed, |c| c.lease.step_no))
            .bind(column(checkpointed, |c| c.lease.attempt))
            .bind(column(checkpointed, |c| c.result.as_str()))
            .bind(column(checkpointed, |c| UsageRow::of(c.usage)))
            .bind(EventRow::of_batch(
                checkpointed.iter().map(|it| &*it.events),
            ))
            .execute(self.database.engine())
            .await?;
        Ok(())
    }
}

fn released_step(row: &PgRow) -> Result<ReleasedStep, DatabaseError> {
    Ok(ReleasedStep {
        lease: lease(row)?,
        lock_id: LockId(row.try_get(3)?),
        revision: row.try_get(4)?,
    })
}

/// What a row with `due_ms` and `ended` says.
pub(crate) fn recorded(row: &PgRow) -> Result<Recorded, DatabaseError> {
    Ok(Recorded {
        due_in: due_in(row.try_get(0)?),
        ended: ended(row, 1)?,
    })
}

fn ended(row: &PgRow, column: usize) -> Result<Vec<TaskId>, DatabaseError> {
    let ended: Option<Vec<Uuid>> = row.try_get(column)?;
    Ok(ended.into_iter().flatten().map(TaskId).collect())
}

fn retry_after_ms(retry: Retry) -> Option<i64> {
    match retry {
        Retry::Policy | Retry::Never => None,
        Retry::After(delay) => Some(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX)),
    }
}
