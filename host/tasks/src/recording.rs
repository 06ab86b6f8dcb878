//! What attempts saw of their hosts.

use super::{Tasks, TasksError};
use tasker_domain::ids::TaskId;
use tasker_engine::recording::{KeptRecording, RanVersion};

impl Tasks {
    /// The recording of an attempt of a step, or of the last attempt that has one, and the version that ran.
    pub async fn recording(
        &self,
        task_id: TaskId,
        step: &str,
        attempt: Option<i32>,
    ) -> Result<(KeptRecording, RanVersion), TasksError> {
        let progress = self.engine.log_progress(task_id, step, None).await?;
        let Some(progress) = progress else {
            self.progress(task_id).await?;
            let step = step.to_owned();
            return Err(TasksError::UnknownStep { task_id, step });
        };
        let not_recorded = || TasksError::NotRecorded {
            task_id,
            step: step.to_owned(),
        };
        let found = self.engine.recording(task_id, progress.step_no, attempt);
        let kept = found.await?.ok_or_else(not_recorded)?;
        let version = kept.recording.attempt.component_version_id;
        let version = self.engine.ran_version(version).await?;
        Ok((kept, version.ok_or_else(not_recorded)?))
    }
}
