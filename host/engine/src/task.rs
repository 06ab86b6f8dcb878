//! Tasks: created and cancelled.

use super::Engine;
use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::PgRow;
use tasker_database::{Connection, DatabaseError, column};
use tasker_domain::actor::Actor;
use tasker_domain::ids::{LockId, TaskId};
use tasker_domain::queue_key::QueueLane;
use tasker_domain::tag::Tags;
use tasker_domain::trace_context::TraceParent;
use uuid::Uuid;

/// Under which `tasker.create_tasks` refuses a lock that names a collected version.
const VOID_LOCK: &str = "TA001";

/// A check fails, which for a new task is the one of the partitions: none takes its id.
const CHECK_VIOLATION: &str = "23514";

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
    /// Identifies duplicates; `None`: every submit is a new task.
    pub identity_key: Option<String>,
    pub correlation_id: String,
    /// The trace context that came with the submit.
    pub traceparent: Option<TraceParent>,
    pub tags: Tags,
    pub lane: QueueLane,
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
    pub created_at: DateTime<Utc>,
}

/// True if what was resolved has been collected since: resolving again gives another lock.
pub fn is_stale_lock(error: &DatabaseError) -> bool {
    error.sqlstate().is_some_and(|code| code == VOID_LOCK)
}

/// True if no partition takes a task of this time.
pub fn has_no_partition(error: &DatabaseError) -> bool {
    error.sqlstate().is_some_and(|code| code == CHECK_VIOLATION)
}

impl Engine {
    /// Creates tasks, ready to be claimed; answers in the order of `tasks`. All or none. A repeated
    /// call creates no second task where there is an identity key.
    pub async fn create_tasks(&self, tasks: &[NewTask]) -> Result<Vec<CreatedTask>, DatabaseError> {
        let rows = sqlx::query(
            "select * from tasker.create_tasks($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(column(tasks, |t| t.task_id.0))
        .bind(column(tasks, |t| t.namespace_id))
        .bind(column(tasks, |t| t.template_id))
        .bind(column(tasks, |t| t.template_version_id))
        .bind(column(tasks, |t| t.lock_id.0))
        .bind(column(tasks, |t| t.input.as_str()))
        .bind(column(tasks, |t| t.identity_key.as_deref()))
        .bind(column(tasks, |t| t.correlation_id.as_str()))
        .bind(column(tasks, |t| t.is_watched))
        .bind(column(tasks, |t| t.lane.number()))
        .bind(traceparents(tasks))
        .bind(tags(tasks))
        .fetch_all(self.pool())
        .await?;
        self.uses
            .created_of(tasks.iter().map(|task| task.template_version_id));
        in_order(tasks.len(), &rows)
    }

    /// Cancels those of the tasks that are open, and returns which they were.
    pub async fn cancel_tasks(
        &self,
        tasks: &[TaskId],
        reason: &str,
        actor: &Actor,
    ) -> Result<Vec<TaskId>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        let ids: Vec<Uuid> = sqlx::query_scalar("select tasker.cancel_tasks($1, $2)")
            .bind(column(tasks, |t| t.0))
            .bind(reason)
            .fetch_all(&mut *tx)
            .await?;
        record_tasks(&mut tx, &ids, "task.cancel", reason, actor).await?;
        tx.commit().await?;
        Ok(ids.into_iter().map(TaskId).collect())
    }
}

/// None where no task has one, which is what most calls are like.
fn traceparents(tasks: &[NewTask]) -> Option<Vec<Option<String>>> {
    let any = tasks.iter().any(|task| task.traceparent.is_some());
    any.then(|| column(tasks, |t| t.traceparent.map(|it| it.to_string())))
}

/// The same of tags, each task's as the text of an array.
fn tags(tasks: &[NewTask]) -> Option<Vec<Option<String>>> {
    let any = tasks.iter().any(|task| !task.tags.is_empty());
    let of = |task: &NewTask| (!task.tags.is_empty()).then(|| task.tags.to_array_text());
    any.then(|| column(tasks, of))
}

fn in_order(asked: usize, rows: &[PgRow]) -> Result<Vec<CreatedTask>, DatabaseError> {
    let mut created = vec![None; asked];
    for row in rows {
        let ord: i64 = row.try_get(0)?;
        let place = usize::try_from(ord - 1)
            .ok()
            .and_then(|at| created.get_mut(at));
        *place.ok_or_else(|| {
            DatabaseError::Corrupt(format!("create_tasks answered for task {ord} of {asked}"))
        })? = Some(CreatedTask {
            task_id: TaskId(row.try_get(1)?),
            created: row.try_get(2)?,
            same_input: row.try_get(3)?,
            created_at: row.try_get(4)?,
        });
    }
    let missing =
        || DatabaseError::Corrupt("create_tasks did not answer for every task".to_owned());
    created
        .into_iter()
        .map(|task| task.ok_or_else(missing))
        .collect()
}

/// Records a change of tasks with one row per task.
async fn record_tasks(
    tx: &mut Connection,
    tasks: &[Uuid],
    action: &str,
    reason: &str,
    actor: &Actor,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "insert into tasker.audit (actor, action, namespace, subject, reason)
         select $2, $3, n.name, 'task ' || t.task_id, $4
         from tasker.task t join tasker.namespace n using (namespace_id)
         where t.task_id = any ($1)",
    )
    .bind(tasks)
    .bind(actor.as_str())
    .bind(action)
    .bind(reason)
    .execute(tx)
    .await?;
    Ok(())
}
