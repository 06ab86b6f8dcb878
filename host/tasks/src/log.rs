//! What the attempts of a step logged, and waiting for more of it.

use super::wait::MAX_WAIT;
use super::{Tasks, TasksError};
use std::time::Duration;
use tasker_domain::ids::TaskId;
use tasker_engine::attempt_log::{LogChunkRow, LogCursor};
use tokio::time::{Instant, sleep_until};

/// The most chunks that are read for one answer; each has at least one line.
const MAX_READ_CHUNKS: i32 = 100;

/// Which part of the log of a step.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogPart {
    /// `None`: of all attempts.
    pub attempt: Option<i32>,
    pub after: LogCursor,
}

/// A part of the log of a step.
#[derive(Debug)]
pub struct ReadLog {
    /// In order; the first may begin with lines before the place that was asked for.
    pub chunks: Vec<LogChunkRow>,
    /// The step or the attempt had ended, and what it logged was stored, before the chunks were read.
    pub has_ended: bool,
}

impl Tasks {
    /// Chunks of lines of the log of a step. Returns once there is one, or the step or attempt has ended, or `wait` has passed.
    pub async fn attempt_log(
        &self,
        task_id: TaskId,
        step: &str,
        part: LogPart,
        wait: Duration,
    ) -> Result<ReadLog, TasksError> {
        let deadline = Instant::now() + wait.min(MAX_WAIT);
        let mut pauses = self.waiters.pauses();
        loop {
            let permit = match wait.is_zero() {
                true => None,
                false => self.waiters.look(deadline).await,
            };
            let read = self.read_log(task_id, step, part).await?;
            drop(permit);
            let now = Instant::now();
            if !read.chunks.is_empty() || read.has_ended || now >= deadline {
                return Ok(read);
            }
            sleep_until(deadline.min(now + pauses.next())).await;
        }
    }

    async fn read_log(
        &self,
        task_id: TaskId,
        step: &str,
        part: LogPart,
    ) -> Result<ReadLog, TasksError> {
        let progress = self
            .engine
            .log_progress(task_id, step, part.attempt)
            .await?;
        let Some(progress) = progress else {
            self.progress(task_id).await?;
            let step = step.to_owned();
            return Err(TasksError::UnknownStep { task_id, step });
        };
        let chunks = self
            .engine
            .attempt_log(
                task_id,
                progress.step_no,
                part.attempt,
                part.after,
                MAX_READ_CHUNKS,
            )
            .await?;
        Ok(ReadLog {
            chunks,
            has_ended: progress.is_complete,
        })
    }
}
