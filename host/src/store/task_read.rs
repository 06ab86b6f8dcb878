//! Reading tasks, steps and transitions. Nothing here changes anything.

use super::{Store, StoreError};
use crate::domain::digest::Digest;
use crate::domain::ids::TaskId;
use crate::domain::name::Name;
use crate::domain::state::{StepState, TaskState};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

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
    #[sqlx(try_from = "String")]
    pub state: TaskState,
    pub correlation_id: String,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A task with its payloads as JSON text.
#[derive(Debug, FromRow)]
pub struct TaskDetailRow {
    #[sqlx(flatten)]
    pub task: TaskRow,
    pub input: String,
    pub error: Option<String>,
    /// Number of the task's newest transition; 0 before the first.
    pub seq: i64,
}

/// A step with what its template and lock say of it; payloads as JSON text.
#[derive(Debug, FromRow)]
pub struct StepRow {
    pub step_no: i16,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub state: StepState,
    pub is_sink: bool,
    /// The newest attempt's number; 0 before the first.
    pub attempt: i16,
    /// Attempts that do not count against `max_attempts`.
    pub uncounted: i16,
    pub max_attempts: i16,
    /// Numbers of the steps that it depends on.
    pub parents: Vec<i16>,
    /// None for a parked step too, which is due when somebody releases it.
    pub ready_at: Option<DateTime<Utc>>,
    /// Ready, but its code is quarantined.
    pub is_parked: bool,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub result: Option<String>,
    pub error: Option<String>,
    pub component_namespace: String,
    pub component: String,
    pub version: String,
    #[sqlx(try_from = "Vec<u8>")]
    pub digest: Digest,
    pub handler: String,
}

/// In which states the steps of a task are.
#[derive(Debug, FromRow)]
pub struct StepStatesRow {
    pub task_id: Uuid,
    #[sqlx(try_from = "String")]
    pub state: StepState,
    /// Ready, but its code is quarantined.
    pub is_parked: bool,
}

/// Whether a wait for a task is over.
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
    pub attempt: Option<i16>,
    pub worker_id: Option<i32>,
    /// None where it is an event.
    pub to_state: Option<String>,
    /// The event's name.
    pub event: Option<String>,
    /// JSON text; the payload of an event.
    pub detail: Option<String>,
}

impl Store {
    /// Tasks from the newest to the oldest, `limit` at most.
    pub async fn list_tasks(
        &self,
        filter: &TaskFilter,
        limit: i64,
    ) -> Result<Vec<TaskRow>, StoreError> {
        let is_of_templates = filter.namespace.is_some() || filter.template.is_some();
        let rows = sqlx::query_as(if is_of_templates {
            LIST_OF_TEMPLATES
        } else {
            LIST
        })
        .bind(filter.namespace.as_ref().map(Name::as_str))
        .bind(filter.template.as_ref().map(Name::as_str))
        .bind(filter.state.map(TaskState::as_str))
        .bind(filter.after.map_or(Uuid::max(), |id| id.0))
        .bind(limit)
        .bind(Among::of(filter.state).as_str())
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// One task.
    pub async fn task(&self, task_id: TaskId) -> Result<Option<TaskDetailRow>, StoreError> {
        let row = sqlx::query_as(SHOW)
            .bind(task_id.0)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row)
    }

    /// The namespace that a task is of; none where the task does not exist.
    pub async fn namespace_of_task(&self, task_id: TaskId) -> Result<Option<String>, StoreError> {
        let name = sqlx::query_scalar(
            "select n.name from tasker.task t join tasker.namespace n using (namespace_id)
             where t.task_id = $1",
        )
        .bind(task_id.0)
        .fetch_optional(&self.pool)
        .await?;
        Ok(name)
    }

    /// All steps of a task in the order of their numbers; none where the task does not exist.
    pub async fn steps(&self, task_id: TaskId) -> Result<Vec<StepRow>, StoreError> {
        let rows = sqlx::query_as(STEPS)
            .bind(task_id.0)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }

    /// Why each step that is not over stands where it stands, told to a person: (step_no, why).
    pub async fn explain_steps(&self, task_id: TaskId) -> Result<Vec<(i16, String)>, StoreError> {
        let rows = sqlx::query_as(
            "select e.step_no, e.why from tasker.explain_steps($1) e where e.why <> e.state::text",
        )
        .bind(task_id.0)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// The distinct states of the steps of each of these tasks.
    pub async fn step_states(&self, tasks: &[Uuid]) -> Result<Vec<StepStatesRow>, StoreError> {
        let rows = sqlx::query_as(
            "select distinct s.task_id, s.state::text as state,
                    coalesce(s.ready_at = 'infinity', false) as is_parked
             from tasker.step s where s.task_id = any($1)",
        )
        .bind(tasks)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// How far a task is; none where it does not exist.
    pub async fn task_progress(&self, task_id: TaskId) -> Result<Option<TaskProgress>, StoreError> {
        let row = sqlx::query_as(
            "select t.finished_at is not null as is_final,
                    coalesce((select max(r.seq) from tasker.transition r
                              where r.task_id = t.task_id), 0) as seq
             from tasker.task t where t.task_id = $1",
        )
        .bind(task_id.0)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Transitions of a task after `seq`, or only the events among them, in order, `limit` at most. While the task is open, what
    /// a transaction that is still open could come before is held back, so that a reader who goes
    /// on from the last `seq` misses nothing.
    pub async fn transitions(
        &self,
        task_id: TaskId,
        only_events: bool,
        after_seq: i64,
        limit: i64,
    ) -> Result<Vec<TransitionRow>, StoreError> {
        let rows = sqlx::query_as(TRANSITIONS)
            .bind(task_id.0)
            .bind(after_seq)
            .bind(limit)
            .bind(only_events)
            .fetch_all(&self.pool)
            .await?;
        Ok(rows)
    }
}

/// Which index has the tasks of a state together. State stands in no index, but what is set with it does.
#[derive(Clone, Copy)]
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

    fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Failed => "failed",
        }
    }
}

/// A short scan of the one index that has what is asked for together. Rows are compared where values
/// would do, since that and the order leave no other index to choose, whatever the statistics say.
const LIST: &str = "
    select t.task_id, n.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.created_at, t.finished_at
    from (
      (select o.* from tasker.task o
       where $6 = 'all' and o.task_id < $4 and ($3::text is null or o.state = $3::tasker.task_state)
       order by o.task_id desc limit $5)
      union all
      (select o.* from tasker.task o
       where $6 = 'open' and o.finished_at is null and o.task_id < $4 and o.state = $3::tasker.task_state
       order by o.task_id desc limit $5)
      union all
      (select o.* from tasker.task o
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
           t.lock_id, t.state::text as state, t.correlation_id, t.created_at, t.finished_at
    from (
      (select l.* from asked k
       cross join lateral (
         select o.* from tasker.task o
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
         select o.* from tasker.task o
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
           t.lock_id, t.state::text as state, t.correlation_id, t.created_at, t.finished_at,
           t.input::text as input, t.error::text as error,
           coalesce((select max(r.seq) from tasker.transition r
                     where r.task_id = t.task_id), 0) as seq
    from tasker.task t
    join tasker.namespace n using (namespace_id)
    join tasker.template p using (template_id)
    join tasker.template_version v using (template_version_id)
    where t.task_id = $1";

// What has run shows the version that it ran, whatever the lock says by now.
const STEPS: &str = "
    with ran as (
      select distinct on (r.step_no) r.step_no, r.component_version_id
      from tasker.transition r
      where r.task_id = $1 and r.component_version_id is not null
      order by r.step_no, r.seq desc
    )
    select s.step_no, st.name, s.state::text as state, s.is_sink, s.attempt, s.uncounted,
           st.max_attempts,
           array(select d.from_no from tasker.dependency d
                 where d.template_version_id = t.template_version_id and d.to_no = s.step_no
                 order by d.from_no) as parents,
           nullif(s.ready_at, 'infinity') as ready_at, coalesce(s.ready_at = 'infinity', false) as is_parked,
           s.started_at, s.finished_at, s.result::text as result, s.error::text as error,
           n.name as component_namespace, c.name as component, cv.version, cv.digest, e.handler
    from tasker.task t
    join tasker.step s using (task_id)
    join tasker.step_template st
      on st.template_version_id = t.template_version_id and st.step_no = s.step_no
    join tasker.lock_entry e on e.lock_id = t.lock_id and e.step_no = s.step_no
    left join ran on ran.step_no = s.step_no and s.finished_at is not null
    left join tasker.superseded_attempt a
      on a.task_id = s.task_id and a.step_no = s.step_no and a.attempt = s.attempt and s.state = 'running'
    join tasker.component_version cv
      on cv.component_version_id
         = coalesce(ran.component_version_id, a.component_version_id, e.component_version_id)
    join tasker.component c using (component_id)
    join tasker.namespace n on n.namespace_id = c.namespace_id
    where t.task_id = $1
    order by s.step_no";

const TRANSITIONS: &str = "
    select r.seq, r.at, st.name as step, r.attempt, r.worker_id, r.to_state, r.event,
           r.detail::text as detail
    from tasker.task t
    join tasker.transition r using (task_id)
    left join tasker.step_template st
      on st.template_version_id = t.template_version_id and st.step_no = r.step_no
    where t.task_id = $1 and r.seq > $2 and (r.event is not null or not $4)
      and (t.finished_at is not null or r.xid < pg_snapshot_xmin(pg_current_snapshot()))
    order by r.seq
    limit $3";
