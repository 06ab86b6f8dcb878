//! Payloads of tasks, one at a time: input, results, checkpoints, errors, details of transitions.

use super::{Tasks, TasksError};
use tasker_domain::ids::TaskId;
use tasker_domain::state::TaskState;
use tasker_engine::payload_read::{FoundPayload, StepPayload, TaskPayload};

/// Results of a task's sinks, read one by one as they are taken.
pub struct SinkResults {
    tasks: Tasks,
    task_id: TaskId,
    last: Option<i16>,
}

impl Tasks {
    /// The input of a task, or why it did not complete.
    pub async fn task_payload(
        &self,
        task_id: TaskId,
        payload: TaskPayload,
    ) -> Result<String, TasksError> {
        let found = self.engine.task_payload(task_id, payload).await?;
        let text = found.ok_or(TasksError::UnknownTask { task_id })?;
        text.ok_or_else(|| nothing(format!("task {task_id} has no error")))
    }

    /// The outcome or checkpoint of a step.
    pub async fn step_payload(
        &self,
        task_id: TaskId,
        step: &str,
        payload: StepPayload,
    ) -> Result<String, TasksError> {
        let found = self.engine.step_payload(task_id, step, payload).await?;
        self.known_step(task_id, step, found)
            .await?
            .ok_or_else(|| nothing(format!("step `{step}` has no {payload}")))
    }

    /// The detail of the transition with this number.
    pub async fn transition_detail(&self, task_id: TaskId, seq: i64) -> Result<String, TasksError> {
        let found = self.engine.transition_detail(task_id, seq).await?;
        if found.is_none() {
            self.progress(task_id).await?;
        }
        let none = || {
            nothing(format!(
                "no transition {seq} of task {task_id} has a detail"
            ))
        };
        found.flatten().ok_or_else(none)
    }

    /// The results of all sinks of a complete task.
    pub async fn sink_results(&self, task_id: TaskId) -> Result<SinkResults, TasksError> {
        let task = self.detail(task_id).await?.task;
        match task.state {
            TaskState::Complete => Ok(SinkResults {
                tasks: self.clone(),
                task_id,
                last: None,
            }),
            state => Err(nothing(format!(
                "task {task_id} has no result: it is {state}"
            ))),
        }
    }

    async fn known_step(
        &self,
        task_id: TaskId,
        step: &str,
        found: FoundPayload,
    ) -> Result<Option<String>, TasksError> {
        match found {
            Some(text) => Ok(text),
            None => {
                self.progress(task_id).await?;
                let step = step.to_owned();
                Err(TasksError::UnknownStep { task_id, step })
            }
        }
    }
}

impl SinkResults {
    /// The next: the sink's name and its result as JSON text.
    pub async fn next(&mut self) -> Result<Option<(String, String)>, TasksError> {
        let Some(sink) = self.tasks.engine.next_sink(self.task_id, self.last).await? else {
            return Ok(None);
        };
        self.last = Some(sink.step_no);
        let missing = || nothing(format!("step `{}` has no result", sink.name));
        let result = sink.result.ok_or_else(missing)?;
        Ok(Some((sink.name, result)))
    }
}

fn nothing(what: String) -> TasksError {
    TasksError::NoPayload { what }
}
