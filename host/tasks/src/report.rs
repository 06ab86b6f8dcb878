//! The report of a task: what ran, where its time went and why.

use super::{Tasks, TasksError};
use tasker_domain::ids::TaskId;
use tasker_domain::task_report::{TaskRecord, TaskReport};

impl Tasks {
    /// The report of an ended or a running task, from one read of what is recorded of it.
    pub async fn report(&self, task_id: TaskId) -> Result<TaskReport, TasksError> {
        let record = self.engine.task_record(task_id).await?;
        let record = record.ok_or(TasksError::UnknownTask { task_id })?;
        let record = TaskRecord::parse(&record).map_err(TasksError::StoredJson)?;
        Ok(record.report())
    }
}
