//! What keeps a version in use: open tasks, pins, templates, and when it ran last.

use super::Store;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::DatabaseError;
use uuid::Uuid;

/// How many of the open tasks with a version are named.
const MAX_NAMED_TASKS: i32 = 10;

/// Open tasks that have a version in their lock.
#[derive(Debug, Default, FromRow)]
pub struct OpenTasks {
    pub count: i64,
    /// The oldest of them, the oldest first.
    pub oldest: Vec<Uuid>,
}

/// When a version was used last.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct LastUse {
    /// To within two minutes; `None` if it never was.
    pub at: Option<DateTime<Utc>>,
    /// An attempt of it runs.
    pub is_running: bool,
    /// No task ever took it.
    pub is_unused: bool,
}

impl Store {
    /// Open tasks whose lock names this version of a component, or that still run an attempt of it.
    /// Those of the readable namespaces are named; without any of these, all.
    pub async fn open_tasks_of_component(
        &self,
        component_version_id: i32,
        readable: Option<&[&str]>,
    ) -> Result<OpenTasks, DatabaseError> {
        let open = sqlx::query_as(OPEN_OF_COMPONENT)
            .bind(component_version_id)
            .bind(MAX_NAMED_TASKS)
            .bind(readable)
            .fetch_one(self.pool())
            .await?;
        Ok(open)
    }

    /// Open tasks of this version of a template.
    pub async fn open_tasks_of_template(
        &self,
        template_version_id: i32,
    ) -> Result<OpenTasks, DatabaseError> {
        let open = sqlx::query_as(OPEN_OF_TEMPLATE)
            .bind(template_version_id)
            .bind(MAX_NAMED_TASKS)
            .fetch_one(self.pool())
            .await?;
        Ok(open)
    }

    /// When a task took this version of a component last, or an attempt of it ended.
    pub async fn last_use_of_component(
        &self,
        component_version_id: i32,
    ) -> Result<LastUse, DatabaseError> {
        self.engine.write_uses().await?;
        let last = sqlx::query_as(LAST_USE)
            .bind(component_version_id)
            .fetch_one(self.pool())
            .await?;
        Ok(last)
    }

    /// When a task of this version of a template was created last.
    pub async fn last_use_of_template(
        &self,
        template_version_id: i32,
    ) -> Result<LastUse, DatabaseError> {
        self.engine.write_uses().await?;
        let last = sqlx::query_as(LAST_TASK)
            .bind(template_version_id)
            .fetch_one(self.pool())
            .await?;
        Ok(last)
    }
}

const OPEN_OF_COMPONENT: &str = "
    with open as (
      select t.task_id from tasker.task t
      where t.finished_at is null
        and t.lock_id in (select e.lock_id from tasker.lock_entry e where e.component_version_id = $1)
      union
      select a.task_id from tasker.superseded_attempt a
      join tasker.step s on s.task_id = a.task_id and s.step_no = a.step_no and s.attempt = a.attempt
      where s.state = 'running' and a.component_version_id = $1
    )
    select (select count(*) from open) as count,
           array(select o.task_id from open o
                 where $3::text[] is null
                    or exists (select from tasker.task t join tasker.namespace n using (namespace_id)
                               where t.task_id = o.task_id and n.name = any ($3))
                 order by o.task_id limit $2) as oldest";

const OPEN_OF_TEMPLATE: &str = "
    with open as (
      select t.task_id from tasker.task t
      where t.finished_at is null and t.template_version_id = $1
    )
    select (select count(*) from open) as count,
           array(select o.task_id from open o order by o.task_id limit $2) as oldest";

// What exists since before a use was noted counts as used when that began: only with a lock was it used.
const LAST_TASK: &str = "
    with used as (
      select max(l.created_at) as at from tasker.lock l where l.template_version_id = $1
    )
    select case when u.at is not null then
             greatest(u.at, (select r.used_at from tasker.last_use r
                             where r.kind = 'template' and r.version_id = $1)) end as at,
           false as is_running, u.at is null as is_unused
    from used u";

const LAST_USE: &str = "
    with lock as materialized (
      select l.lock_id, l.created_at, e.step_no
      from tasker.lock_entry e
      join tasker.lock l using (lock_id)
      where e.component_version_id = $1
    ), open as materialized (
      select t.task_id, t.created_at, l.step_no
      from tasker.task t
      join lock l using (lock_id)
      where t.finished_at is null
    ), superseded as (
      select a.task_id, a.step_no
      from tasker.superseded_attempt a
      join tasker.step s on s.task_id = a.task_id and s.step_no = a.step_no and s.attempt = a.attempt
      where s.state = 'running'
    ), used as (
      select max(l.created_at) as at from lock l
    )
    select case when u.at is not null then
             greatest(u.at, (select max(o.created_at) from open o),
                      (select r.used_at from tasker.last_use r
                       where r.kind = 'component' and r.version_id = $1)) end as at,
           exists (select from open o
                   join tasker.step s on s.task_id = o.task_id and s.step_no = o.step_no
                   where s.state = 'running'
                     and not exists (select from superseded a
                                     where a.task_id = s.task_id and a.step_no = s.step_no))
           or exists (select from tasker.superseded_attempt a
                      join superseded r using (task_id, step_no)
                      where a.component_version_id = $1) as is_running,
           u.at is null as is_unused
    from used u";
