//! Reading one payload of a task at a time: no answer holds more than one in memory.

use super::Engine;
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::ids::TaskId;

/// A payload of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum StepPayload {
    Result,
    Checkpoint,
    /// Why its newest attempt failed.
    Error,
}

/// A payload of a task itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskPayload {
    Input,
    /// Why it did not complete.
    Error,
}

/// The result of a step without dependents.
#[derive(Debug, FromRow)]
pub struct SinkPayload {
    pub step_no: i16,
    pub name: String,
    /// JSON text.
    pub result: Option<String>,
}

/// JSON text; `None` if there is nothing yet. None around it where nothing has that name.
pub type FoundPayload = Option<Option<String>>;

impl Engine {
    /// A payload of a task.
    pub async fn task_payload(
        &self,
        task_id: TaskId,
        payload: TaskPayload,
    ) -> Result<FoundPayload, DatabaseError> {
        let text = sqlx::query_scalar(match payload {
            TaskPayload::Input => {
                "select t.input::text from tasker.every_task t where t.task_id = $1"
            }
            TaskPayload::Error => {
                "select t.error::text from tasker.every_task t where t.task_id = $1"
            }
        });
        Ok(text.bind(task_id.0).fetch_optional(self.pool()).await?)
    }

    /// A payload of the step of this name.
    pub async fn step_payload(
        &self,
        task_id: TaskId,
        step: &str,
        payload: StepPayload,
    ) -> Result<FoundPayload, DatabaseError> {
        let text = sqlx::query_scalar(OF_STEP)
            .bind(task_id.0)
            .bind(step)
            .bind(payload.to_string());
        Ok(text.fetch_optional(self.pool()).await?)
    }

    /// The detail of the transition with this number: a reason, or the payload of an event.
    pub async fn transition_detail(
        &self,
        task_id: TaskId,
        seq: i64,
    ) -> Result<FoundPayload, DatabaseError> {
        let text = sqlx::query_scalar(
            "select r.detail::text from tasker.every_transition r where r.task_id = $1 and r.seq = $2",
        );
        let text = text.bind(task_id.0).bind(seq);
        Ok(text.fetch_optional(self.pool()).await?)
    }

    /// The first sink of a task behind the step of number `after`.
    pub async fn next_sink(
        &self,
        task_id: TaskId,
        after: Option<i16>,
    ) -> Result<Option<SinkPayload>, DatabaseError> {
        let row = sqlx::query_as(NEXT_SINK).bind(task_id.0).bind(after);
        Ok(row.fetch_optional(self.pool()).await?)
    }
}

// The step is chosen first, so that no other result is looked at.
const NEXT_SINK: &str = "
    select k.step_no, k.name, s.result::text as result
    from (
      select t.task_id, s.step_no, st.name
      from tasker.every_task t
      join tasker.every_step s using (task_id)
      join tasker.step_template st
        on st.template_version_id = t.template_version_id and st.step_no = s.step_no
      where t.task_id = $1 and s.is_sink and ($2::int2 is null or s.step_no > $2)
      order by s.step_no
      limit 1
    ) k
    join tasker.every_step s on s.task_id = k.task_id and s.step_no = k.step_no";

const OF_STEP: &str = "
    select (case $3 when 'result' then s.result when 'checkpoint' then s.checkpoint when 'error' then s.error end)::text
    from tasker.every_task t
    join tasker.step_template st using (template_version_id)
    join tasker.every_step s on s.task_id = t.task_id and s.step_no = st.step_no
    where t.task_id = $1 and st.name = $2";
