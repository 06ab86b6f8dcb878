//! Calls of the SQL functions that change the state of tasks and steps.

use super::event::EventRow;
use super::usage::UsageRow;
use super::{Store, StoreError, audit};
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::Row;
use sqlx::postgres::PgRow;
use std::time::Duration;
use tasker_domain::actor::Actor;
use tasker_domain::event::SentEvent;
use tasker_domain::ids::{LockId, TaskId, WorkerId};
use tasker_domain::invocation::Lease;
use tasker_domain::json_text;
use tasker_domain::outcome::{Failure, FailureKind, Retry};
use uuid::Uuid;

pub use super::usage::VersionUsage;

/// A task as it is to be created; its input is valid and its lock resolved.
#[derive(Clone, Debug)]
pub struct NewTask {
    pub task_id: TaskId,
    pub namespace_id: i32,
    pub template_id: i32,
    pub template_version_id: i32,
    pub lock_id: LockId,
    /// JSON text.
    pub input: String,
    /// By what a duplicate is told; none: it is always a new task.
    pub identity_key: Option<String>,
    pub correlation_id: String,
    /// Somebody will wait for its end.
    pub is_watched: bool,
}

/// What came of a [`NewTask`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreatedTask {
    /// The task with this identity: the new one, or the one that was there.
    pub task_id: TaskId,
    pub created: bool,
    /// The task that was there has the same input.
    pub same_input: bool,
}

/// A lease with the result that its attempt came to.
#[derive(Clone, Debug)]
pub struct Completed {
    pub lease: Lease,
    /// JSON text.
    pub result: String,
    /// None where nothing ran.
    pub usage: Option<VersionUsage>,
    /// What it told of, in order.
    pub events: Vec<SentEvent>,
}

/// A lease with the failure that its attempt came to.
#[derive(Clone, Debug)]
pub struct Failed {
    pub lease: Lease,
    pub failure: Failure,
    /// None where nothing ran.
    pub usage: Option<VersionUsage>,
}

/// A step that was claimed as its last parent was reported: the next one of a chain. What it has in
/// common with its parents, whoever reported them has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Released {
    pub lease: Lease,
    pub lock_id: LockId,
    /// The registry's generation, read after the claim.
    pub generation: i64,
}

/// A claimed step, with all that changes from attempt to attempt.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub lease: Lease,
    pub lock_id: LockId,
    pub correlation_id: String,
    /// The task's input as JSON text.
    pub input: String,
    /// JSON text.
    pub checkpoint: Option<String>,
    /// The registry's generation, read after the claim.
    pub generation: i64,
}

/// What a claim brought.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    pub steps: Vec<Claimed>,
    /// Where fewer came than were asked for: in how long the next step is due. Zero where some are due
    /// now that were left, for want of bytes or for a lock; none where none is within a minute.
    pub due_in: Option<Duration>,
}

/// A lease that this host cannot make use of.
#[derive(Clone, Debug)]
pub struct GivenBack {
    pub lease: Lease,
    /// How long nobody shall claim it.
    pub delay: Duration,
    /// Why, for whoever looks at the step.
    pub failure: Failure,
}

impl Store {
    /// Creates tasks, ready to be claimed; answers in the order of `tasks`. All or none. A repeated
    /// call creates no second task where there is an identity key.
    pub async fn create_tasks(&self, tasks: &[NewTask]) -> Result<Vec<CreatedTask>, StoreError> {
        let rows =
            sqlx::query("select * from tasker.create_tasks($1, $2, $3, $4, $5, $6, $7, $8, $9)")
                .bind(column(tasks, |t| t.task_id.0))
                .bind(column(tasks, |t| t.namespace_id))
                .bind(column(tasks, |t| t.template_id))
                .bind(column(tasks, |t| t.template_version_id))
                .bind(column(tasks, |t| t.lock_id.0))
                .bind(column(tasks, |t| t.input.as_str()))
                .bind(column(tasks, |t| t.identity_key.as_deref()))
                .bind(column(tasks, |t| t.correlation_id.as_str()))
                .bind(column(tasks, |t| t.is_watched))
                .fetch_all(&self.pool)
                .await?;
        self.uses
            .created_of(tasks.iter().map(|task| task.template_version_id));
        in_order(tasks.len(), &rows)
    }

    /// Records results, releases what waited for them, and claims up to `claim` of what was released
    /// for the worker. Repeatable: void leases change nothing.
    pub async fn complete_steps(
        &self,
        worker: WorkerId,
        completed: &[Completed],
        claim: usize,
    ) -> Result<Vec<Released>, StoreError> {
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
                .fetch_all(self.engine())
                .await?;
        rows.iter().map(released).collect()
    }

    /// Claims up to `limit` steps that are due, oldest first, which bring along up to `bytes` of
    /// inputs and checkpoints; one step in any case.
    pub async fn claim_ready(
        &self,
        worker: WorkerId,
        limit: usize,
        bytes: u64,
    ) -> Result<Claims, StoreError> {
        let rows = sqlx::query("select * from tasker.claim_ready($1, $2, $3)")
            .bind(worker.0)
            .bind(i32::try_from(limit).unwrap_or(i32::MAX))
            .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
            .fetch_all(self.engine())
            .await?;
        let mut claims = Claims::default();
        for row in &rows {
            match row.try_get::<Option<Uuid>, _>(0)? {
                Some(_) => claims.steps.push(claimed(row)?),
                None => claims.due_in = due_in(row.try_get(8)?),
            }
        }
        Ok(claims)
    }

    /// Gives back leases that this host cannot make use of. Such attempts are not counted. Repeatable.
    pub async fn give_back_steps(
        &self,
        worker: WorkerId,
        given_back: &[GivenBack],
    ) -> Result<(), StoreError> {
        sqlx::query("select tasker.give_back_steps($1, $2, $3, $4, $5, $6)")
            .bind(worker.0)
            .bind(column(given_back, |g| g.lease.task_id.0))
            .bind(column(given_back, |g| g.lease.step_no))
            .bind(column(given_back, |g| g.lease.attempt))
            .bind(column(given_back, |g| {
                i64::try_from(g.delay.as_millis()).unwrap_or(i64::MAX)
            }))
            .bind(column(given_back, |g| error_json(&g.failure)))
            .execute(self.engine())
            .await?;
        Ok(())
    }

    /// Records failed attempts; the database decides which are tried again. Tells how long it is
    /// until the first of them is due, none where none will be. Repeatable.
    pub async fn fail_steps(
        &self,
        worker: WorkerId,
        failed: &[Failed],
    ) -> Result<Option<Duration>, StoreError> {
        self.uses.ran(failed.iter().map(|it| it.usage));
        let due_ms: Option<i64> =
            sqlx::query_scalar("select tasker.fail_steps($1, $2, $3, $4, $5, $6, $7, $8)")
                .bind(worker.0)
                .bind(column(failed, |f| f.lease.task_id.0))
                .bind(column(failed, |f| f.lease.step_no))
                .bind(column(failed, |f| f.lease.attempt))
                .bind(column(failed, |f| error_json(&f.failure)))
                .bind(column(failed, |f| f.failure.retry == Retry::Never))
                .bind(column(failed, |f| retry_after_ms(f.failure.retry)))
                .bind(column(failed, |f| UsageRow::of(f.usage)))
                .fetch_one(self.engine())
                .await?;
        Ok(due_in(due_ms))
    }

    /// Keeps checkpoints (JSON text) and makes their steps ready to be called again. Repeatable.
    pub async fn checkpoint_steps(
        &self,
        worker: WorkerId,
        checkpointed: &[Completed],
    ) -> Result<(), StoreError> {
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
            .execute(self.engine())
            .await?;
        Ok(())
    }

    /// Cancels those of the tasks that are not over, and tells which they were.
    pub async fn cancel_tasks(
        &self,
        tasks: &[TaskId],
        reason: &str,
        actor: &Actor,
    ) -> Result<Vec<TaskId>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ids: Vec<Uuid> = sqlx::query_scalar("select tasker.cancel_tasks($1, $2)")
            .bind(column(tasks, |t| t.0))
            .bind(reason)
            .fetch_all(&mut *tx)
            .await?;
        audit::record_tasks(&mut tx, &ids, "task.cancel", reason, actor).await?;
        tx.commit().await?;
        Ok(ids.into_iter().map(TaskId).collect())
    }
}

/// One column of a batch: SQL functions take parallel arrays.
pub(crate) fn column<'a, T, C>(batch: &'a [T], of: impl Fn(&'a T) -> C) -> Vec<C> {
    batch.iter().map(of).collect()
}

fn in_order(asked: usize, rows: &[PgRow]) -> Result<Vec<CreatedTask>, StoreError> {
    let mut created = vec![None; asked];
    for row in rows {
        let ord: i64 = row.try_get(0)?;
        let place = usize::try_from(ord - 1)
            .ok()
            .and_then(|at| created.get_mut(at));
        *place.ok_or_else(|| {
            StoreError::Corrupt(format!("create_tasks answered for task {ord} of {asked}"))
        })? = Some(CreatedTask {
            task_id: TaskId(row.try_get(1)?),
            created: row.try_get(2)?,
            same_input: row.try_get(3)?,
        });
    }
    let missing = || StoreError::Corrupt("create_tasks did not answer for every task".to_owned());
    created
        .into_iter()
        .map(|task| task.ok_or_else(missing))
        .collect()
}

fn lease(row: &PgRow) -> Result<Lease, StoreError> {
    Ok(Lease {
        task_id: TaskId(row.try_get(0)?),
        step_no: row.try_get(1)?,
        attempt: row.try_get(2)?,
    })
}

fn released(row: &PgRow) -> Result<Released, StoreError> {
    Ok(Released {
        lease: lease(row)?,
        lock_id: LockId(row.try_get(3)?),
        generation: row.try_get(4)?,
    })
}

fn claimed(row: &PgRow) -> Result<Claimed, StoreError> {
    Ok(Claimed {
        lease: lease(row)?,
        lock_id: LockId(row.try_get(3)?),
        correlation_id: row.try_get(4)?,
        input: row.try_get(5)?,
        checkpoint: row.try_get(6)?,
        generation: row.try_get(7)?,
    })
}

fn due_in(due_ms: Option<i64>) -> Option<Duration> {
    due_ms.map(|ms| Duration::from_millis(ms.max(0).unsigned_abs()))
}

/// A failure as the log keeps it; the details as they were written.
#[derive(Serialize)]
struct ErrorJson {
    kind: FailureKind,
    code: String,
    message: String,
    details: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backtrace: Vec<String>,
}

fn error_json(failure: &Failure) -> String {
    let backtrace = failure.backtrace.iter();
    let error = ErrorJson {
        kind: failure.kind,
        code: without_nul(&failure.code),
        message: without_nul(&failure.message),
        details: failure.details.as_deref().map(details_json),
        backtrace: backtrace.map(|frame| without_nul(frame)).collect(),
    };
    serde_json::to_string(&error).expect("texts and JSON are JSON")
}

/// The details as they are, or as a string where SQL could not read a member beside them as text:
/// PostgreSQL refuses the whole for a NUL or half a surrogate pair anywhere in it.
fn details_json(text: &str) -> Box<RawValue> {
    let kept = json_text::check_readable(text).map(|()| text.to_owned());
    let json = kept.unwrap_or_else(|_| serde_json::Value::from(without_nul(text)).to_string());
    RawValue::from_string(json).expect("it was checked, or is a string")
}

/// SQL reads `code` and `message` out of the JSON as text, which cannot hold a NUL.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn retry_after_ms(retry: Retry) -> Option<i64> {
    match retry {
        Retry::Policy | Retry::Never => None,
        Retry::After(delay) => Some(i64::try_from(delay.as_millis()).unwrap_or(i64::MAX)),
    }
}
