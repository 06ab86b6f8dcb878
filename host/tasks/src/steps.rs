//! Steps of a task, page by page.

use super::{Tasks, TasksError};
use std::collections::HashMap;
use tasker_database::listing::RowCount;
use tasker_domain::ids::TaskId;
use tasker_domain::order::Seek;
use tasker_domain::state::TaskState;
use tasker_engine::step_read::{StepFilter, StepRow};
use tasker_engine::task_read::TaskRow;

/// Some steps of a task.
#[derive(Debug)]
pub struct ShownSteps {
    pub rows: Vec<StepRow>,
    /// By step number, why an open step is in its state.
    pub explanations: HashMap<i16, String>,
}

impl Tasks {
    /// Steps of a task by their numbers.
    pub async fn steps(
        &self,
        task_id: TaskId,
        filter: &StepFilter,
        seek: Seek<i16>,
    ) -> Result<ShownSteps, TasksError> {
        let detail = self.detail(task_id).await?;
        self.steps_of(&detail.task, filter, seek).await
    }

    /// How many steps of a task the filter lets through.
    pub async fn count_steps(
        &self,
        task_id: TaskId,
        filter: &StepFilter,
    ) -> Result<RowCount, TasksError> {
        Ok(self.engine.count_steps(task_id, filter).await?)
    }

    pub(crate) async fn steps_of(
        &self,
        task: &TaskRow,
        filter: &StepFilter,
        seek: Seek<i16>,
    ) -> Result<ShownSteps, TasksError> {
        let rows = self.engine.steps(TaskId(task.task_id), filter, seek);
        let rows = rows.await?;
        let explanations = self.explanations(task, &rows).await?;
        Ok(ShownSteps { rows, explanations })
    }

    /// Nothing is left to explain about a complete task.
    async fn explanations(
        &self,
        task: &TaskRow,
        rows: &[StepRow],
    ) -> Result<HashMap<i16, String>, TasksError> {
        let open = rows.iter().filter(|row| row.finished_at.is_none());
        let open: Vec<i16> = open.map(|row| row.step_no).collect();
        if task.state == TaskState::Complete || open.is_empty() {
            return Ok(HashMap::new());
        }
        let task_id = TaskId(task.task_id);
        let explained = self.engine.explain_steps(task_id, &open).await?;
        Ok(explained.into_iter().collect())
    }
}
