//! What attempts saw of their hosts.

use super::super::Api;
use super::super::routes::{Answer, Call, Reply, Routes};
use tasker_domain::recording::Recording;
use tasker_engine::recording::{KeptRecording, RanVersion};
use tasker_tasks::TasksError;
use tasker_wire::recording::{AttemptRecording, ShowRecording};

pub(crate) fn routes() -> Routes {
    Routes::default().on(show)
}

async fn show(api: Api, call: Call<ShowRecording>) -> Answer<ShowRecording> {
    let (task_id, step) = (call.path.id, call.path.step);
    if step.contains('\0') {
        return Err(TasksError::UnknownStep { task_id, step }.into());
    }
    // A number that no attempt has is beyond all that have one.
    let attempt = call.query.attempt;
    let attempt = attempt.map(|attempt| i32::try_from(attempt).unwrap_or(i32::MAX));
    let (kept, version) = api.tasks.recording(task_id, &step, attempt).await?;
    Ok(Reply::ok(answer(kept, version)?))
}

fn answer(kept: KeptRecording, version: RanVersion) -> Result<AttemptRecording, TasksError> {
    let Recording {
        format, incomplete, ..
    } = &kept.recording;
    Ok(AttemptRecording {
        attempt: kept.attempt.unsigned_abs(),
        recorded_at: kept.recorded_at,
        namespace: version.namespace,
        component: version.component,
        version: version.version,
        digest: kept.recording.attempt.digest,
        incomplete: incomplete.clone(),
        format: *format,
        recording: serde_json::to_value(&kept.recording).map_err(TasksError::StoredJson)?,
    })
}
