//! Waiting for a task without holding a connection.

use super::{Tasks, TasksError};
use crate::domain::ids::TaskId;
use crate::store::task_read::TaskProgress;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The longest wait of one request.
pub const MAX_WAIT: Duration = Duration::from_secs(60);
/// The first pause between two looks; each one is half as long again.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// The longest pause between two looks.
const MAX_PAUSE: Duration = Duration::from_millis(250);

impl Tasks {
    /// Returns once the task is final, or has a transition after `since` where that is given, or
    /// `wait` is over.
    pub async fn wait(
        &self,
        task_id: TaskId,
        since: Option<i64>,
        wait: Duration,
    ) -> Result<(), TasksError> {
        let deadline = Instant::now() + wait.min(MAX_WAIT);
        let mut pause = FIRST_PAUSE;
        loop {
            let progress = self.progress(task_id).await?;
            let now = Instant::now();
            if is_over(progress, since) || now >= deadline {
                return Ok(());
            }
            sleep_until(deadline.min(now + pause)).await;
            pause = MAX_PAUSE.min(pause * 3 / 2);
        }
    }

    /// How far a task is.
    pub(in crate::tasks) async fn progress(
        &self,
        task_id: TaskId,
    ) -> Result<TaskProgress, TasksError> {
        let progress = self.store.task_progress(task_id).await?;
        progress.ok_or(TasksError::UnknownTask { task_id })
    }
}

fn is_over(progress: TaskProgress, since: Option<i64>) -> bool {
    progress.is_final || since.is_some_and(|since| progress.seq > since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_over_at_the_end_or_at_something_new() {
        let open = TaskProgress { is_final: false, seq: 7 };
        assert!(!is_over(open, None));
        assert!(!is_over(open, Some(7)));
        assert!(is_over(open, Some(6)));
        assert!(is_over(TaskProgress { is_final: true, ..open }, Some(7)));
    }
}
