//! Reading tasks, steps and transitions. Nothing here changes anything.

use super::Engine;
use super::log_position::LogPosition;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, SqlSafeStr};
use tasker_database::listing::{ListRow, Listing, RowCount, counting};
use tasker_database::{DatabaseError, listing};
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::order::Seek;
use tasker_domain::state::{StepState, TaskState};
use tasker_domain::task_report::MAX_LOG_ROWS;
use uuid::Uuid;

/// The largest input or result that is part of the view of its task, in bytes of JSON text.
pub const MAX_INLINE_TASK_BYTES: i32 = 64 << 10;
/// The largest payload that is part of a row of a list, in bytes of JSON text.
pub const MAX_INLINE_BYTES: i32 = 4 << 10;
/// The most versions of a lock that are listed.
pub const MAX_LOCKED_VERSIONS: i64 = 100;

/// A task without its payloads.
#[derive(Debug, FromRow)]
pub struct TaskRow {
    pub task_id: Uuid,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub template_version_id: i32,
    pub lock_id: i32,
    #[sqlx(try_from = "&'a str")]
    pub state: TaskState,
    pub correlation_id: String,
    pub tags: Option<Vec<String>>,
    pub priority: i16,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it did not complete, as JSON text in short: `tasker.brief_error`.
    pub error: Option<String>,
}

/// A task with what is small of its payloads, as JSON text.
#[derive(Debug, FromRow)]
pub struct TaskDetailRow {
    #[sqlx(flatten)]
    pub task: TaskRow,
    /// `None` if it has more than [`MAX_INLINE_TASK_BYTES`].
    pub input: Option<String>,
    pub input_bytes: i32,
    /// Number of the task's newest transition; 0 before the first.
    pub seq: i64,
}

/// How many steps of a task are in a state.
#[derive(Debug, FromRow)]
pub struct StepCountRow {
    pub task_id: Uuid,
    #[sqlx(try_from = "&'a str")]
    pub state: StepState,
    /// Ready, but its code is quarantined.
    pub is_suspended: bool,
    pub steps: i64,
}

/// A component version that the lock of a task names.
#[derive(Debug, FromRow)]
pub struct LockedVersionRow {
    pub namespace: String,
    pub component: String,
    pub version: String,
    #[sqlx(try_from = "Vec<u8>")]
    pub digest: Digest,
    /// Steps that it is to run.
    pub steps: i64,
}

/// Whether a wait for a task has ended.
#[derive(Debug, Clone, Copy, FromRow)]
pub struct TaskProgress {
    pub is_final: bool,
    /// Number of the task's newest transition; 0 before the first.
    pub seq: i64,
}

/// One change of state, of the task where `step` is none; or an event that a handler sent.
#[derive(Debug, FromRow)]
pub struct TransitionRow {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub step: Option<String>,
    pub attempt: Option<i32>,
    pub worker_id: Option<i32>,
    /// `None` if it is an event.
    pub to_state: Option<String>,
    /// The event's name.
    pub event: Option<String>,
    /// JSON text; the payload of an event, `None` if it has more than [`MAX_INLINE_BYTES`].
    pub detail: Option<String>,
    /// Of the whole detail.
    pub detail_bytes: Option<i32>,
}

impl Engine {
    /// One task.
    pub async fn task(&self, task_id: TaskId) -> Result<Option<TaskDetailRow>, DatabaseError> {
        let row = sqlx::query_as(SHOW)
            .bind(task_id.0)
            .bind(MAX_INLINE_TASK_BYTES)
            .fetch_optional(self.pool())
            .await?;
        Ok(row)
    }

    /// What is recorded of a task, for its report: JSON text of a
    /// [`TaskRecord`](tasker_domain::task_report::TaskRecord). `None` if the task does not exist.
    pub async fn task_record(&self, task_id: TaskId) -> Result<Option<String>, DatabaseError> {
        let record = sqlx::query_scalar("select tasker.task_record($1, $2)::text")
            .bind(task_id.0)
            .bind(MAX_LOG_ROWS as i32)
            .fetch_one(self.pool())
            .await?;
        Ok(record)
    }

    /// The namespace that a task is of; `None` if the task does not exist.
    pub async fn namespace_of_task(
        &self,
        task_id: TaskId,
    ) -> Result<Option<String>, DatabaseError> {
        let name = sqlx::query_scalar(
            "select n.name from tasker.every_task t join tasker.namespace n using (namespace_id)
             where t.task_id = $1",
        )
        .bind(task_id.0)
        .fetch_optional(self.pool())
        .await?;
        Ok(name)
    }

    /// How many steps of each of these tasks are in each state.
    pub async fn step_counts(&self, tasks: &[Uuid]) -> Result<Vec<StepCountRow>, DatabaseError> {
        let rows = sqlx::query_as(
            "select s.task_id, s.state::text as state,
                    s.state = 'ready' and s.ready_at is null as is_suspended, count(*) as steps
             from tasker.every_step s where s.task_id = any($1)
             group by s.task_id, s.state, is_suspended",
        )
        .bind(tasks)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// What a task's lock names, in the order of the first step that runs it,
    /// [`MAX_LOCKED_VERSIONS`] at most.
    pub async fn locked_versions(
        &self,
        task_id: TaskId,
    ) -> Result<Vec<LockedVersionRow>, DatabaseError> {
        let rows = sqlx::query_as(LOCKED_VERSIONS)
            .bind(task_id.0)
            .bind(MAX_LOCKED_VERSIONS)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// How far a task is; `None` if it does not exist.
    pub async fn task_progress(
        &self,
        task_id: TaskId,
    ) -> Result<Option<TaskProgress>, DatabaseError> {
        let row = sqlx::query_as(
            "select t.finished_at is not null as is_final,
                    coalesce((select max(r.seq) from tasker.every_transition r
                              where r.task_id = t.task_id), 0) as seq
             from tasker.every_task t where t.task_id = $1",
        )
        .bind(task_id.0)
        .fetch_optional(self.pool())
        .await?;
        Ok(row)
    }

    /// Transitions of a task by `seq`, or only the events among them. Of an open task what
    /// a transaction that still writes could come before is held back, so that a reader who goes on from the last `seq`
    /// misses nothing. `None` if this is a replica, which cannot say it of an open task.
    pub async fn transitions(
        &self,
        of: TransitionsOf,
        seek: Seek<i64>,
    ) -> Result<Option<Vec<TransitionRow>>, DatabaseError> {
        let statement = TRANSITIONS.rows(seek.direction);
        self.transitions_in(statement, of, seek).await
    }

    /// How many transitions a task has, as [`Engine::transitions`] lists them.
    pub async fn count_transitions(
        &self,
        of: TransitionsOf,
    ) -> Result<Option<RowCount>, DatabaseError> {
        let counted = self.transitions_in(TRANSITIONS.count(), of, counting());
        Ok(counted.await?.map(|rows| RowCount::of_rows(&rows)))
    }

    async fn transitions_in<R: ListRow>(
        &self,
        statement: impl SqlSafeStr,
        of: TransitionsOf,
        seek: Seek<i64>,
    ) -> Result<Option<Vec<R>>, DatabaseError> {
        if of.is_open && self.is_on_replica {
            return Ok(None);
        }
        let until = match of.is_open {
            true => self.settled_position().await?,
            false => LogPosition(i64::MAX),
        };
        let begin = seek.direction.first_of(i64::MIN, i64::MAX);
        let rows = sqlx::query_as(statement)
            .bind(of.task_id.0)
            .bind(seek.after.unwrap_or(begin))
            .bind(seek.limit)
            .bind(of.only_events)
            .bind(MAX_INLINE_BYTES)
            .bind(until.0)
            .fetch_all(self.pool())
            .await?;
        Ok(Some(rows))
    }
}

/// Which transitions are listed.
#[derive(Clone, Copy, Debug)]
pub struct TransitionsOf {
    pub task_id: TaskId,
    /// More of them may be written.
    pub is_open: bool,
    /// Only what handlers sent.
    pub only_events: bool,
}

const SHOW: &str = "
    select t.task_id, n.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.tags, t.lane / tasker.lane_width() as priority,
           t.created_at, t.finished_at,
           tasker.brief_error(t.error)::text as error,
           case when octet_length(t.input::text) <= $2 then t.input::text end as input,
           octet_length(t.input::text) as input_bytes,
           coalesce((select max(r.seq) from tasker.every_transition r
                     where r.task_id = t.task_id), 0) as seq
    from tasker.every_task t
    join tasker.namespace n using (namespace_id)
    join tasker.template p using (template_id)
    join tasker.template_version v using (template_version_id)
    where t.task_id = $1";

const LOCKED_VERSIONS: &str = "
    select n.name as namespace, c.name as component, cv.version, cv.digest, count(*) as steps
    from tasker.every_task t
    join tasker.lock_entry e using (lock_id)
    join tasker.component_version cv using (component_version_id)
    join tasker.component c using (component_id)
    join tasker.namespace n on n.namespace_id = c.namespace_id
    where t.task_id = $1
    group by n.name, c.name, cv.version, cv.digest
    order by min(e.step_no)
    limit $2";

const TRANSITIONS: Listing = listing! {
    "select r.seq, r.at, st.name as step, r.attempt, r.worker_id, r.to_state, r.event,
           case when r.event is null then tasker.brief_error(r.detail)::text
                when octet_length(r.detail::text) <= $5 then r.detail::text end as detail,
           octet_length(r.detail::text) as detail_bytes
    from tasker.every_task t
    join tasker.every_transition r using (task_id)
    left join tasker.step_template st
      on st.template_version_id = t.template_version_id and st.step_no = r.step_no
    where t.task_id = $1 and r.seq " > " $2 and r.seq <= $6 and (r.event is not null or not $4)
    order by r.seq " asc "
    limit $3"
};
