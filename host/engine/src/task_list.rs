//! Lists of tasks.

use super::Engine;
use super::task_read::TaskRow;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::state::TaskState;
use tasker_domain::tag::Tag;
use uuid::Uuid;

/// Which tasks to list.
#[derive(Debug, Default)]
pub struct TaskFilter {
    pub namespace: Option<Name>,
    pub template: Option<Name>,
    pub state: Option<TaskState>,
    /// Only tasks with this one.
    pub tag: Option<Tag>,
    /// Only tasks older than this one.
    pub after: Option<TaskId>,
}

impl Engine {
    /// Tasks from the newest to the oldest, `limit` at most.
    pub async fn list_tasks(
        &self,
        filter: &TaskFilter,
        limit: i64,
    ) -> Result<Vec<TaskRow>, DatabaseError> {
        let is_of_templates = filter.namespace.is_some() || filter.template.is_some();
        let statement = match (&filter.tag, is_of_templates) {
            (Some(_), _) => LIST_TAGGED,
            (None, true) => LIST_OF_TEMPLATES,
            (None, false) => LIST,
        };
        let rows = sqlx::query_as(statement)
            .bind(filter.namespace.as_ref().map(Name::as_str))
            .bind(filter.template.as_ref().map(Name::as_str))
            .bind(filter.state.as_ref().map(TaskState::into_str))
            .bind(filter.after.map_or(Uuid::max(), |id| id.0))
            .bind(limit)
            .bind(match &filter.tag {
                Some(tag) => tag.as_str(),
                None => Among::of(filter.state).into_str(),
            })
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// How many tasks a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct TaskCount {
    pub count: i64,
    /// False if it is estimated.
    pub is_exact: bool,
}

impl Engine {
    /// How many tasks the filter lets through, before and after its cursor: counted where at most `most` tasks have to
    /// be looked at, estimated otherwise.
    pub async fn count_tasks(
        &self,
        filter: &TaskFilter,
        most: i32,
    ) -> Result<TaskCount, DatabaseError> {
        let count = sqlx::query_as("select * from tasker.count_tasks($1, $2, $3, $4, $5)")
            .bind(filter.namespace.as_ref().map(Name::as_str))
            .bind(filter.template.as_ref().map(Name::as_str))
            .bind(filter.state.as_ref().map(TaskState::into_str))
            .bind(filter.tag.as_ref().map(Tag::as_str))
            .bind(most)
            .fetch_one(self.pool())
            .await?;
        Ok(count)
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
           t.lock_id, t.state::text as state, t.correlation_id, t.tags, t.lane / tasker.lane_width() as priority,
           t.created_at, t.finished_at,
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
           t.lock_id, t.state::text as state, t.correlation_id, t.tags, t.lane / tasker.lane_width() as priority,
           t.created_at, t.finished_at,
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

/// The same with a tag ($6), by namespaces. Each task of the tag is looked up by its id for the state and the template, so
/// that a page takes as long as it takes to find tasks that fit.
const LIST_TAGGED: &str = "
    with asked as materialized (
      select n.namespace_id, n.name from tasker.namespace n where $1::text is null or n.name = $1
    )
    select t.task_id, k.name as namespace, p.name as template, v.version, t.template_version_id,
           t.lock_id, t.state::text as state, t.correlation_id, t.tags, t.lane / tasker.lane_width() as priority,
           t.created_at, t.finished_at,
           tasker.brief_error(t.error)::text as error
    from asked k
    cross join lateral (
      select o.*
      from tasker.task_tag g
      cross join lateral (select e.* from tasker.every_task e where e.task_id = g.task_id) o
      where (g.namespace_id, g.tag, g.task_id) < (k.namespace_id, $6, $4)
        and (g.namespace_id, g.tag) >= (k.namespace_id, $6)
        and ($3::text is null or o.state = $3::tasker.task_state)
        and ($2::text is null or exists (select from tasker.template a where a.template_id = o.template_id and a.name = $2))
      order by g.namespace_id desc, g.tag desc, g.task_id desc
      limit $5
    ) t
    join tasker.template p using (template_id)
    join tasker.template_version v using (template_version_id)
    order by t.task_id desc
    limit $5";
