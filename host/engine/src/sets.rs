//! What belongs to many tasks or steps at once, each set in one statement. Nothing here changes anything.

use super::Engine;
use super::step_read::{MAX_INLINE_SINKS, MAX_PARENTS, SinkRow, StepRow};
use super::task_read::{
    LockedVersionRow, MAX_INLINE_BYTES, MAX_INLINE_TASK_BYTES, MAX_LOCKED_VERSIONS, TaskRow,
};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::{DatabaseError, column};
use tasker_domain::ids::TaskId;
use uuid::Uuid;

/// Some steps of a task.
#[derive(Clone, Debug)]
pub struct StepsOfTask {
    pub task_id: TaskId,
    /// Only steps behind the one of this number.
    pub after: Option<i16>,
    pub limit: i32,
}

/// Some attempts of a step.
#[derive(Clone, Debug)]
pub struct AttemptsOfStep {
    pub task_id: TaskId,
    pub step: String,
    /// Only attempts behind the one of this number.
    pub after: i32,
    pub limit: i32,
}

/// Some tasks of a namespace.
#[derive(Clone, Debug)]
pub struct TasksOfNamespace {
    pub namespace: String,
    /// Only tasks older than this one.
    pub after: Option<TaskId>,
    pub limit: i32,
}

/// A row that belongs to one of the keys that were asked for.
#[derive(Debug, FromRow)]
pub struct RowOf<T> {
    /// The place of the key, from 1.
    pub ord: i32,
    #[sqlx(flatten)]
    pub row: T,
}

/// Where a step is in its task.
#[derive(Debug, FromRow)]
pub struct StepPlaceRow {
    pub task_id: Uuid,
    /// Of the task.
    pub namespace: String,
    pub step: String,
    pub step_no: i16,
}

/// A change of the state of a step, in short.
#[derive(Debug, FromRow)]
pub struct StepLogRow {
    /// Of the task.
    pub namespace: String,
    pub step: String,
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub attempt: i32,
    pub worker_id: Option<i32>,
    /// The name of the worker's host, as long as the database knows it.
    pub host: Option<String>,
    pub to_state: String,
    /// JSON text.
    pub detail: Option<String>,
}

/// Why an open step is in its state, for people.
#[derive(Debug, FromRow)]
pub struct StepReasonRow {
    pub task_id: Uuid,
    /// Of the task.
    pub namespace: String,
    pub step: String,
    pub why: String,
}

/// The input of a task, as JSON text.
#[derive(Debug, FromRow)]
pub struct TaskInputRow {
    pub task_id: Uuid,
    /// `None` if it has more than [`MAX_INLINE_TASK_BYTES`].
    pub input: Option<String>,
    pub input_bytes: i32,
    /// Number of the task's newest transition; 0 before the first.
    pub seq: i64,
}

/// A component version that the lock of a task names.
#[derive(Debug, FromRow)]
pub struct LockOfTaskRow {
    pub task_id: Uuid,
    #[sqlx(flatten)]
    pub version: LockedVersionRow,
}

/// The result of a step of a complete task that nothing depends on.
#[derive(Debug, FromRow)]
pub struct SinkOfTaskRow {
    pub task_id: Uuid,
    #[sqlx(flatten)]
    pub sink: SinkRow,
}

impl Engine {
    /// The inputs of these tasks.
    pub async fn inputs_of_tasks(
        &self,
        tasks: &[TaskId],
    ) -> Result<Vec<TaskInputRow>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.inputs_of_tasks($1, $2)")
            .bind(column(tasks, |it| it.0))
            .bind(MAX_INLINE_TASK_BYTES)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// What the locks of these tasks name, [`MAX_LOCKED_VERSIONS`] of each at most.
    pub async fn locks_of_tasks(
        &self,
        tasks: &[TaskId],
    ) -> Result<Vec<LockOfTaskRow>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.locks_of_tasks($1, $2)")
            .bind(column(tasks, |it| it.0))
            .bind(MAX_LOCKED_VERSIONS as i32)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// The results of all sinks of those of these tasks that are complete, by task and name. Of a task with more than
    /// [`MAX_INLINE_SINKS`] there is one more, and no result.
    pub async fn sinks_of_tasks(
        &self,
        tasks: &[TaskId],
    ) -> Result<Vec<SinkOfTaskRow>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.sinks_of_tasks($1, $2, $3)")
            .bind(column(tasks, |it| it.0))
            .bind(MAX_INLINE_SINKS as i32)
            .bind(MAX_INLINE_TASK_BYTES)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Steps of these tasks, by key and in the order of their numbers.
    pub async fn steps_of_tasks(
        &self,
        tasks: &[StepsOfTask],
    ) -> Result<Vec<RowOf<StepRow>>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.steps_of_tasks($1, $2, $3, $4, $5)")
            .bind(column(tasks, |it| it.task_id.0))
            .bind(column(tasks, |it| it.after))
            .bind(column(tasks, |it| it.limit))
            .bind(MAX_PARENTS)
            .bind(MAX_INLINE_BYTES)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Where those of these steps are that exist.
    pub async fn places_of_steps(
        &self,
        steps: &[(TaskId, String)],
    ) -> Result<Vec<StepPlaceRow>, DatabaseError> {
        let rows = sqlx::query_as(PLACES)
            .bind(column(steps, |(task_id, _)| task_id.0))
            .bind(column(steps, |(_, step)| step.as_str()))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// What the log says of attempts of these steps, by key and in order.
    pub async fn log_of_steps(
        &self,
        steps: &[AttemptsOfStep],
    ) -> Result<Vec<RowOf<StepLogRow>>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.log_of_steps($1, $2, $3, $4)")
            .bind(column(steps, |it| it.task_id.0))
            .bind(column(steps, |it| it.step.as_str()))
            .bind(column(steps, |it| it.after))
            .bind(column(steps, |it| it.limit))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Why those of these steps that are open are in their states.
    pub async fn reasons_of_steps(
        &self,
        steps: &[(TaskId, String)],
    ) -> Result<Vec<StepReasonRow>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.reasons_of_steps($1, $2)")
            .bind(column(steps, |(task_id, _)| task_id.0))
            .bind(column(steps, |(_, step)| step.as_str()))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// These tasks, as far as they exist.
    pub async fn tasks_by_id(&self, tasks: &[TaskId]) -> Result<Vec<TaskRow>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.tasks_by_id($1)")
            .bind(column(tasks, |it| it.0))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// Tasks of these namespaces, by key and from the newest to the oldest.
    pub async fn tasks_of_namespaces(
        &self,
        namespaces: &[TasksOfNamespace],
    ) -> Result<Vec<RowOf<TaskRow>>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.tasks_of_namespaces($1, $2, $3)")
            .bind(column(namespaces, |it| it.namespace.as_str()))
            .bind(column(namespaces, |it| it.after.map(|after| after.0)))
            .bind(column(namespaces, |it| it.limit))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

// Each task is read by its key, whatever the planner knows of so many keys.
const PLACES: &str = "
    select distinct t.task_id, n.name as namespace, st.name as step, st.step_no
    from unnest($1::uuid[], $2::text[]) a (task_id, step)
    cross join lateral (
      select e.task_id, e.namespace_id, e.template_version_id
      from tasker.every_task e
      where e.task_id = a.task_id
      offset 0
    ) t
    join tasker.step_template st on st.template_version_id = t.template_version_id and st.name = a.step
    join tasker.namespace n on n.namespace_id = t.namespace_id";
