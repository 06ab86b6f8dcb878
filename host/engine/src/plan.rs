//! What locks say of steps: read once per lock and host, since it never changes.

use super::Engine;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::digest::Digest;
use tasker_domain::ids::{LockId, TaskId};

/// One step of a lock, as it is stored.
#[derive(Clone, Debug, FromRow)]
pub struct StoredStep {
    pub step_no: i16,
    pub namespace: String,
    pub name: String,
    /// As the task's namespace names it: `name`, or `other/name`.
    pub component: String,
    pub component_version_id: i32,
    #[sqlx(try_from = "Vec<u8>")]
    pub digest: Digest,
    pub handler: String,
    /// JSON text.
    pub config: Option<String>,
    /// JSON text.
    pub result_schema: Option<String>,
    pub max_attempts: i32,
    pub timeout_ms: i32,
    /// What the step says of limits: JSON text.
    pub limits: Option<String>,
    /// The events that the component declares: JSON text, at the first step of each version only.
    pub component_events: Option<String>,
    /// The events that the template declares: JSON text, at the first step only.
    pub template_events: Option<String>,
    /// No host starts its code, as of now.
    pub is_quarantined: bool,
}

const STEPS_OF_LOCK: &str = "
    select le.step_no, n.name as namespace, st.name, cv.component_version_id, cv.digest, le.handler,
           case when c.namespace_id = t.namespace_id then c.name
                else cn.name || '/' || c.name end as component,
           st.config::text, st.result_schema::text, st.max_attempts, st.timeout_ms,
           st.limits::text,
           case when row_number() over (partition by cv.component_version_id order by le.step_no) = 1
                then (cv.descriptor -> 'events')::text end as component_events,
           case when row_number() over (order by le.step_no) = 1
                then (tv.definition -> 'events')::text end as template_events,
           exists (select from tasker.quarantine q where q.digest = cv.digest) as is_quarantined
    from tasker.lock l
    join tasker.template_version tv on tv.template_version_id = l.template_version_id
    join tasker.template t on t.template_id = tv.template_id
    join tasker.namespace n on n.namespace_id = t.namespace_id
    join tasker.lock_entry le on le.lock_id = l.lock_id
    join tasker.step_template st
      on st.template_version_id = l.template_version_id and st.step_no = le.step_no
    join tasker.component_version cv on cv.component_version_id = le.component_version_id
    join tasker.component c on c.component_id = cv.component_id
    join tasker.namespace cn on cn.namespace_id = c.namespace_id
    where l.lock_id = $1
    order by le.step_no";

/// Direct dependencies are found by one look at an index; the others by a walk to the roots.
const ANCESTOR_RESULT: &str = "
    select case when r.bytes <= $4 then r.result end as result, r.bytes
    from (
      select s.result::text as result, octet_length(s.result::text)::bigint as bytes
      from tasker.task t
      join tasker.step_template st on st.template_version_id = t.template_version_id
      join tasker.step s on s.task_id = t.task_id and s.step_no = st.step_no
      where t.task_id = $1 and st.name = $3 and s.state = 'complete'
        and (exists (
          select from tasker.dependency d
          where d.template_version_id = t.template_version_id
            and d.from_no = st.step_no and d.to_no = $2)
        or exists (
          with recursive ancestor (step_no) as (
            select d.from_no from tasker.dependency d
            where d.template_version_id = t.template_version_id and d.to_no = $2
            union
            select d.from_no from ancestor a
            join tasker.dependency d on d.template_version_id = t.template_version_id and d.to_no = a.step_no
          )
          select from ancestor a where a.step_no = st.step_no))) r";

/// The result of an earlier step.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct AncestorResult {
    /// JSON text; `None` if it is larger than was asked for.
    pub result: Option<String>,
    pub bytes: i64,
}

impl Engine {
    /// The steps of a lock, by number; their versions count as used now.
    pub async fn steps_of_lock(&self, lock: LockId) -> Result<Vec<StoredStep>, DatabaseError> {
        let steps: Vec<StoredStep> = sqlx::query_as(STEPS_OF_LOCK)
            .bind(lock.0)
            .fetch_all(self.pool())
            .await?;
        self.uses
            .run_by(steps.iter().map(|step| step.component_version_id));
        Ok(steps)
    }

    /// The result of a step by name, if the step number `of` depends on it, directly or not; its text
    /// only where that is not larger than `bytes_max`.
    pub async fn ancestor_result(
        &self,
        task: TaskId,
        of: i16,
        name: &str,
        bytes_max: u64,
    ) -> Result<Option<AncestorResult>, DatabaseError> {
        let result = sqlx::query_as(ANCESTOR_RESULT)
            .bind(task.0)
            .bind(of)
            .bind(name)
            .bind(i64::try_from(bytes_max).unwrap_or(i64::MAX))
            .fetch_optional(self.pool())
            .await?;
        Ok(result)
    }
}
