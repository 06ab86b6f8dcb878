//! Cancelling a task.

use super::show::ShownTask;
use super::{Tasks, TasksError};
use tasker_domain::actor::Actor;
use tasker_domain::ids::TaskId;
use tasker_domain::reason::is_kept;

impl Tasks {
    /// Cancels an open task and returns it; a final one is returned unchanged.
    pub async fn cancel(
        &self,
        task_id: TaskId,
        reason: &str,
        actor: &Actor,
    ) -> Result<ShownTask, TasksError> {
        if !is_kept(reason) {
            return Err(TasksError::Reason);
        }
        self.progress(task_id).await?;
        let cancelled = self.engine.cancel_tasks(&[task_id], reason, actor).await?;
        let task = self.show(task_id).await?;
        match cancelled.contains(&task_id) {
            true => Ok(task),
            false => Err(TasksError::AlreadyFinal {
                task_id,
                state: task.detail.task.state,
            }),
        }
    }
}
