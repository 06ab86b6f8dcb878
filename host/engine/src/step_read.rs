//! Reading steps, page by page, without what is large of them. Nothing here changes anything.

use super::Engine;
use super::task_read::MAX_INLINE_BYTES;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::listing::{Listing, RowCount};
use tasker_database::{DatabaseError, listing};
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::order::Seek;
use tasker_domain::state::StepState;

/// The most dependencies of a step that are named.
pub const MAX_PARENTS: i32 = 100;
/// The most sinks of which results are put together in the answer about their task.
pub const MAX_INLINE_SINKS: i64 = 100;

/// Which steps of a task to list.
#[derive(Clone, Debug, Default)]
pub struct StepFilter {
    /// Empty: in any state.
    pub states: Vec<StepState>,
}

impl StepFilter {
    fn state_names(&self) -> Option<Vec<&'static str>> {
        let names = self.states.iter().map(StepState::into_str);
        (!self.states.is_empty()).then(|| names.collect())
    }
}

/// A step with what its template and lock say of it; payloads as JSON text.
#[derive(Debug, FromRow)]
pub struct StepRow {
    pub step_no: i16,
    pub name: String,
    #[sqlx(try_from = "&'a str")]
    pub state: StepState,
    /// The newest attempt's number; 0 before the first.
    pub attempt: i32,
    /// Attempts that do not count against `max_attempts`.
    pub free_attempts: i32,
    pub max_attempts: i32,
    /// Names of the first [`MAX_PARENTS`] steps that it depends on.
    pub parents: Vec<String>,
    /// None for a suspended step too, which is due when somebody releases it.
    pub ready_at: Option<DateTime<Utc>>,
    /// Ready, but its code is quarantined.
    pub is_suspended: bool,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// `None` if it has more than [`MAX_INLINE_BYTES`].
    pub result: Option<String>,
    pub result_bytes: Option<i32>,
    pub checkpoint_bytes: Option<i32>,
    /// In short, as `tasker.brief_error` has it.
    pub error: Option<String>,
    pub error_bytes: Option<i32>,
    pub component_namespace: String,
    pub component: String,
    pub version: String,
    #[sqlx(try_from = "Vec<u8>")]
    pub digest: Digest,
    pub handler: String,
}

/// The result of a step that nothing depends on.
#[derive(Debug, FromRow)]
pub struct SinkRow {
    pub name: String,
    pub bytes: i32,
    /// JSON text; `None` if it was not asked for, or is too large.
    pub result: Option<String>,
}

impl Engine {
    /// Steps of a task by their numbers; none of a task that does not exist.
    pub async fn steps(
        &self,
        task_id: TaskId,
        filter: &StepFilter,
        seek: Seek<i16>,
    ) -> Result<Vec<StepRow>, DatabaseError> {
        let rows = sqlx::query_as(STEPS.rows(seek.direction))
            .bind(task_id.0)
            .bind(seek.after)
            .bind(filter.state_names())
            .bind(seek.limit)
            .bind(MAX_PARENTS)
            .bind(MAX_INLINE_BYTES)
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }

    /// How many steps a task has.
    pub async fn count_steps(
        &self,
        task_id: TaskId,
        filter: &StepFilter,
    ) -> Result<RowCount, DatabaseError> {
        let count = sqlx::query_scalar(
            "select count(*) from tasker.every_step s
             where s.task_id = $1 and ($2::text[] is null or s.state::text = any ($2))",
        )
        .bind(task_id.0)
        .bind(filter.state_names())
        .fetch_one(self.pool())
        .await?;
        Ok(RowCount::of(count))
    }

    /// Why each of these open steps is in its state, for people:
    /// (step_no, why).
    pub async fn explain_steps(
        &self,
        task_id: TaskId,
        steps: &[i16],
    ) -> Result<Vec<(i16, String)>, DatabaseError> {
        let rows = sqlx::query_as(
            "select e.step_no, e.why from tasker.explain_steps($1, $2) e where e.why <> e.state::text",
        )
        .bind(task_id.0)
        .bind(steps)
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// The results of all sinks of a task, by step name; with their texts where all of them have
    /// `max_bytes` at most. `None` if there are more than [`MAX_INLINE_SINKS`].
    pub async fn sink_results(
        &self,
        task_id: TaskId,
        max_bytes: i32,
    ) -> Result<Option<Vec<SinkRow>>, DatabaseError> {
        let rows: Vec<SinkRow> = sqlx::query_as(SINKS)
            .bind(task_id.0)
            .bind(MAX_INLINE_SINKS)
            .bind(max_bytes)
            .fetch_all(self.pool())
            .await?;
        Ok((rows.len() as i64 <= MAX_INLINE_SINKS).then_some(rows))
    }
}

// What has run shows the version that it ran, whatever the lock says by now. The page is made first,
// so that no payload is looked at but those of its steps.
const STEPS: Listing = listing! {
    "with page as materialized (
      select s.task_id, s.step_no, t.template_version_id, t.lock_id
      from tasker.every_task t
      join tasker.every_step s using (task_id)
      where t.task_id = $1 and ($2::int2 is null or s.step_no " > " $2)
        and ($3::text[] is null or s.state::text = any ($3))
      order by s.step_no " asc "
      limit $4
    ), ran as (
      select distinct on (r.step_no) r.step_no, r.component_version_id
      from tasker.every_transition r
      where r.task_id = $1 and r.component_version_id is not null
        and r.step_no = any (array(select g.step_no from page g))
      order by r.step_no, r.seq desc
    )
    select s.step_no, st.name, s.state::text as state, s.attempt, s.free_attempts, st.max_attempts,
           array(select pst.name from tasker.dependency d
                 join tasker.step_template pst
                   on pst.template_version_id = d.template_version_id and pst.step_no = d.from_no
                 where d.template_version_id = g.template_version_id and d.to_no = s.step_no
                 order by d.from_no limit $5) as parents,
           s.ready_at, s.state = 'ready' and s.ready_at is null as is_suspended,
           s.started_at, s.finished_at,
           case when octet_length(s.result::text) <= $6 then s.result::text end as result,
           octet_length(s.result::text) as result_bytes,
           octet_length(s.checkpoint::text) as checkpoint_bytes,
           tasker.brief_error(s.error)::text as error, octet_length(s.error::text) as error_bytes,
           n.name as component_namespace, c.name as component, cv.version, cv.digest, e.handler
    from page g
    join tasker.every_step s on s.task_id = g.task_id and s.step_no = g.step_no
    join tasker.step_template st
      on st.template_version_id = g.template_version_id and st.step_no = s.step_no
    join tasker.lock_entry e on e.lock_id = g.lock_id and e.step_no = s.step_no
    left join ran on ran.step_no = s.step_no and s.finished_at is not null
    left join tasker.superseded_attempt a
      on a.task_id = s.task_id and a.step_no = s.step_no and a.attempt = s.attempt and s.state = 'running'
    join tasker.component_version cv
      on cv.component_version_id
         = coalesce(ran.component_version_id, a.component_version_id, e.component_version_id)
    join tasker.component c using (component_id)
    join tasker.namespace n on n.namespace_id = c.namespace_id
    order by s.step_no " asc
};

// Sizes are computed only if there are few sinks: for each, the database reads the whole result.
const SINKS: &str = "
    with sink as materialized (
      select s.task_id, s.step_no
      from tasker.every_step s
      where s.task_id = $1 and s.is_sink and s.result is not null
      order by s.step_no
      limit $2 + 1
    ), sized as (
      select k.*, st.name,
             case when (select count(*) from sink) <= $2 then octet_length(s.result::text) else 0 end as bytes
      from sink k
      join tasker.every_step s using (task_id, step_no)
      join tasker.step_template st using (template_version_id, step_no)
    )
    select z.name, z.bytes,
           case when sum(z.bytes) over () <= $3 and (select count(*) from sink) <= $2
                then s.result::text end as result
    from sized z
    join tasker.every_step s using (task_id, step_no)
    order by z.name collate \"C\"";
