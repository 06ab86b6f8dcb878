//! Claims: leases on steps that are due, and their return unused.

use super::Engine;
use super::failure::error_json;
use super::low_marks::{Lane, LowMarks};
use super::row::{due_in, lease};
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;
use sqlx::postgres::types::PgInterval;
use std::time::Duration;
use tasker_database::{DatabaseError, column};
use tasker_domain::ids::{LockId, WorkerId};
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::Failure;
use tasker_domain::trace_context::TraceParent;
use uuid::Uuid;

/// A claimed step, with all that changes from attempt to attempt.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub lease: Lease,
    pub lock_id: LockId,
    pub correlation_id: String,
    /// The trace context that came with the submit.
    pub traceparent: Option<TraceParent>,
    /// The task's input as JSON text.
    pub input: String,
    /// JSON text.
    pub checkpoint: Option<String>,
    /// Of the task's namespace, read after the claim.
    pub revision: i64,
    pub namespace_id: i32,
    /// For how long it was due.
    pub waited: Duration,
}

/// What a claim brought.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    pub steps: Vec<Claimed>,
    /// Where fewer came than were asked for: in how long the next step is due. Zero where some are due
    /// now that were left, because of the limit on bytes or a lock; `None` if none is due within a minute.
    pub due_in: Option<Duration>,
    /// The next low marks of the lanes that had one.
    pub marks: Vec<(Lane, DateTime<Utc>)>,
    /// A namespace with due steps has a limit of running ones: more may be claimed as soon as one of them ends.
    pub is_limited: bool,
    /// Where steps of queue keys are due: after which key the next claim begins.
    pub after_key: Option<i16>,
}

impl Claims {
    /// The namespace that was served last by turns that began after this one; the next claim begins after
    /// it. The same if none was.
    pub fn last_turn(&self, after: i32) -> i32 {
        let namespaces = self.steps.iter().map(|step| step.namespace_id);
        let turn = |namespace: &i32| {
            namespace
                .wrapping_sub(after)
                .wrapping_sub(1)
                .cast_unsigned()
        };
        namespaces.max_by_key(turn).unwrap_or(after)
    }
}

/// A lease that this host cannot make use of.
#[derive(Clone, Debug)]
pub struct GivenBack {
    pub lease: Lease,
    /// How long it must not be claimed.
    pub delay: Duration,
    /// The reason, shown with the step.
    pub failure: Failure,
}

impl Engine {
    /// Claims up to `limit` steps that are due, which bring along up to `bytes` of inputs and checkpoints;
    /// one step in any case. The namespaces take turns, from the one after `after`, and the queue keys of each, from
    /// the one after `after_key`; of each, the oldest steps come first, by their priority, and each lane from its mark on.
    pub async fn claim_ready(
        &self,
        worker: WorkerId,
        limit: usize,
        bytes: u64,
        (after, after_key): (i32, i16),
        marks: &LowMarks,
    ) -> Result<Claims, DatabaseError> {
        let rows = sqlx::query("select * from tasker.claim_ready($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(worker.0)
            .bind(i32::try_from(limit).unwrap_or(i32::MAX))
            .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
            .bind(after)
            .bind((!marks.is_empty()).then(|| marks.namespaces()))
            .bind((!marks.is_empty()).then(|| marks.lanes()))
            .bind((!marks.is_empty()).then(|| marks.times()))
            .bind(after_key)
            .fetch_all(self.database.engine())
            .await?;
        let mut claims = Claims::default();
        for row in &rows {
            match row.try_get::<Option<Uuid>, _>(0)? {
                Some(_) => claims.steps.push(claimed(row)?),
                None => {
                    claims.due_in = due_in(row.try_get(9)?);
                    claims.marks = next_marks(row)?;
                    claims.is_limited = row.try_get(13)?;
                    claims.after_key = row.try_get(14)?;
                }
            }
        }
        Ok(claims)
    }

    /// Gives back leases that this host cannot make use of. Such attempts are not counted. Repeatable.
    pub async fn give_back_steps(
        &self,
        worker: WorkerId,
        given_back: &[GivenBack],
    ) -> Result<(), DatabaseError> {
        sqlx::query("select tasker.give_back_steps($1, $2, $3, $4, $5, $6)")
            .bind(worker.0)
            .bind(column(given_back, |g| g.lease.task_id.0))
            .bind(column(given_back, |g| g.lease.step_no))
            .bind(column(given_back, |g| g.lease.attempt))
            .bind(column(given_back, |g| {
                i64::try_from(g.delay.as_millis()).unwrap_or(i64::MAX)
            }))
            .bind(column(given_back, |g| error_json(&g.failure)))
            .execute(self.database.engine())
            .await?;
        Ok(())
    }
}

fn next_marks(row: &PgRow) -> Result<Vec<(Lane, DateTime<Utc>)>, DatabaseError> {
    let namespaces: Option<Vec<i32>> = row.try_get(10)?;
    let numbers: Option<Vec<i16>> = row.try_get(11)?;
    let times: Option<Vec<DateTime<Utc>>> = row.try_get(12)?;
    let lanes = namespaces.unwrap_or_default().into_iter();
    let lanes = lanes.zip(numbers.unwrap_or_default());
    Ok(lanes.zip(times.unwrap_or_default()).collect())
}

fn claimed(row: &PgRow) -> Result<Claimed, DatabaseError> {
    Ok(Claimed {
        lease: lease(row)?,
        lock_id: LockId(row.try_get(3)?),
        correlation_id: row.try_get(4)?,
        input: row.try_get(5)?,
        checkpoint: row.try_get(6)?,
        revision: row.try_get(7)?,
        namespace_id: row.try_get(8)?,
        waited: waited(&row.try_get(15)?),
        traceparent: traceparent(row.try_get(16)?),
    })
}

/// One that cannot be read is as none: no step should fail for it.
fn traceparent(text: Option<&str>) -> Option<TraceParent> {
    text?.parse().ok()
}

/// The difference of two times, which has no months; none is negative but where a clock was set back.
fn waited(interval: &PgInterval) -> Duration {
    let micros = i64::from(interval.days) * 86_400_000_000 + interval.microseconds;
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}
