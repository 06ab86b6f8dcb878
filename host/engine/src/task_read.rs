//! Reading tasks, steps and transitions. Nothing here changes anything.

use super::Engine;
use super::log_position::LogPosition;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::state::{StepState, TaskState};
use tasker_domain::task_report::MAX_LOG_ROWS;
use uuid::Uuid;

/// The largest input or result that is part of the view of its task, in bytes of JSON text.
pub const MAX_INLINE_TASK_BYTES: i32 = 64 << 10;
/// The largest payload that is part of a row of a list, in bytes of JSON text.
pub const MAX_INLINE_BYTES: i32 = 4 << 10;
/// The most versions of a lock that are listed.
pub const MAX_LOCKED_VERSIONS: i64 = 100;

/// Which tasks to list.
#[derive(Debug, Default)]
pub struct TaskFilter {
    pub namespace: Option<Name>,
    pub template: Option<Name>,
    pub state: Option<TaskState>,
    /// Only tasks older than this one.
    pub after: Option<TaskId>,
}

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
    /// Tasks from the newest to the oldest, `limit` at most.
    pub async fn list_tasks(
        &self,
        filter: &TaskFilter,
        limit: i64,
    ) -> Result<Vec<TaskRow>, DatabaseError> {
        let is_of_templates = filter.namespace.is_some() || filter.template.is_some();
        let rows = sqlx::query_as(if is_of_templates {
            LIST_OF_TEMPLATES
        } else {
            LIST
        })
        .bind(filter.namespace.as_ref().map(Name::as_str))
        .bind(filter.template.as_ref().map(Name::as_str))
        .bind(filter.state.as_ref().map(TaskState::into_str))
        .bind(filter.after.map_or(Uuid::max(), |id| id.0))
        .bind(limit)
        .bind(Among::of(filter.state).into_str())
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

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

    /// Transitions of a task after `seq`, or only the events among them, in order, `limit` at most. Of an open task what
    /// a transaction that still writes could come before is held back, so that a reader who goes on from the last `seq`
    /// misses nothing. `None` if this is a replica, which cannot say it of an open task.
    pub async fn transitions(
        &self,
        task_id: TaskId,
        is_open: bool,
        only_events: bool,
        after_seq: i64,
        limit: i64,
    ) -> Result<Option<Vec<TransitionRow>>, DatabaseError> {
        if is_open && self.is_on_replica {
            return Ok(None);
        }
        let until = match is_open {
            true => self.settled_position().await?,
            false => LogPosition(i64::MAX),
        };
        let rows = sqlx::query_as(TRANSITIONS)
            .bind(task_id.0)
            .bind(after_seq)
            .bind(limit)
            .bind(only_events)
            .bind(MAX_INLINE_BYTES)
            .bind(until.0)
            .fetch_all(self.pool())
            .await?;
        Ok(Some(rows))
    }
}

/// The index that groups the tasks of a state. No index has the state itself, but columns that are set with it.
#[derive(Clone, Copy, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
enum Among {
    /// Of any state, or complete, as most are.
    All,
    Open,
    /// Failed or cancelled.
    Failed,
}

impl Among {
    fn of(state: Option<TaskState>) -> Self {
        match state {
            Some(TaskState::Pending | TaskState::InProgress) => Self::Open,
            Some(TaskState::Error | TaskState::Cancelled) => Self::Failed,
            Some(TaskState::Complete | TaskState::ResolvedManually) | None => Self::All,
        }
    }
}

/// A short scan of the one index that has what is asked for together. Rows are compared where values
/// would do, since that and the order leave no other index to choose, whatever the statistics say.
const LIST: &str = "
    select t.task_id, n.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.lane / tasker.lane_width() as priority, t.created_at, t.finished_at,
           tasker.brief_error(t.error)::text as error
    from (
      (select o.* from tasker.every_task o
       where $6 = 'all' and o.task_id < $4 and ($3::text is null or o.state = $3::tasker.task_state)
       order by o.task_id desc limit $5)
      union all
      (select o.* from tasker.task o
       where $6 = 'open' and o.finished_at is null and o.task_id < $4 and o.state = $3::tasker.task_state
       order by o.task_id desc limit $5)
      union all
      (select o.* from tasker.every_task o
       where $6 = 'failed' and o.error is not null
         and ((case when o.error ->> 'step' is null then 'cancelled' else 'error' end), o.task_id) < ($3, $4)
         and (case when o.error ->> 'step' is null then 'cancelled' else 'error' end) >= $3
       order by (case when o.error ->> 'step' is null then 'cancelled' else 'error' end) desc, o.task_id desc
       limit $5)
    ) t
    join tasker.namespace n using (namespace_id)
    join tasker.template p using (template_id)
    join tasker.template_version v using (template_version_id)
    where coalesce($1::text, $2::text) is null
    order by t.task_id desc
    limit $5";

/// The same for each template: to walk all tasks for those of one would take the longer, the more there
/// are of others.
const LIST_OF_TEMPLATES: &str = "
    with asked as materialized (
      select p.template_id
      from tasker.namespace n
      join tasker.template p using (namespace_id)
      where ($1::text is null or n.name = $1) and ($2::text is null or p.name = $2)
    )
    select t.task_id, n.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.lane / tasker.lane_width() as priority, t.created_at, t.finished_at,
           tasker.brief_error(t.error)::text as error
    from (
      (select l.* from asked k
       cross join lateral (
         select o.* from tasker.every_task o
         where (o.template_id, o.task_id) < (k.template_id, $4) and o.template_id >= k.template_id
           and ($3::text is null or o.state = $3::tasker.task_state)
         order by o.template_id desc, o.task_id desc
         limit $5) l
       where $6 = 'all')
      union all
      (select o.* from tasker.task o
       where $6 = 'open' and o.finished_at is null and o.task_id < $4 and o.state = $3::tasker.task_state
         and o.template_id in (select k.template_id from asked k)
       order by o.task_id desc limit $5)
      union all
      (select l.* from asked k
       cross join lateral (
         select o.* from tasker.every_task o
         where o.error is not null
           and (o.template_id, (case when o.error ->> 'step' is null then 'cancelled' else 'error' end), o.task_id)
             < (k.template_id, $3, $4)
           and (o.template_id, (case when o.error ->> 'step' is null then 'cancelled' else 'error' end)) >= (k.template_id, $3)
         order by o.template_id desc, (case when o.error ->> 'step' is null then 'cancelled' else 'error' end) desc,
                  o.task_id desc
         limit $5) l
       where $6 = 'failed')
    ) t
    join tasker.namespace n using (namespace_id)
    join tasker.template p using (template_id)
    join tasker.template_version v using (template_version_id)
    order by t.task_id desc
    limit $5";

const SHOW: &str = "
    select t.task_id, n.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.lane / tasker.lane_width() as priority, t.created_at, t.finished_at,
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

const TRANSITIONS: &str = "
    select r.seq, r.at, st.name as step, r.attempt, r.worker_id, r.to_state, r.event,
           case when r.event is null then tasker.brief_error(r.detail)::text
                when octet_length(r.detail::text) <= $5 then r.detail::text end as detail,
           octet_length(r.detail::text) as detail_bytes
    from tasker.every_task t
    join tasker.every_transition r using (task_id)
    left join tasker.step_template st
      on st.template_version_id = t.template_version_id and st.step_no = r.step_no
    where t.task_id = $1 and r.seq > $2 and r.seq <= $6 and (r.event is not null or not $4)
    order by r.seq
    limit $3";
