//! What attempts saw of their hosts.

use crate::endpoint::endpoint;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;

/// What one attempt saw of its host: enough to run it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AttemptRecording {
    pub attempt: u32,
    pub recorded_at: DateTime<Utc>,
    /// The namespace of the component that ran.
    pub namespace: String,
    pub component: String,
    pub version: String,
    /// Of the bytes that ran.
    pub digest: Digest,
    /// Why it cannot be replayed, such as its size; none: it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
    /// The number of the format of `recording`.
    pub format: u32,
    /// What the attempt was called with, the answers of the host in the order of the calls, and how it ended. Secrets are
    /// left out. Programs of the release of the host read it.
    pub recording: Value,
}

/// Which recording of a step.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordingQuery {
    /// Without it, that of the last attempt that was recorded.
    pub attempt: Option<u32>,
}

endpoint! {
    /// Returns what an attempt of a step saw of its host, if it was recorded.
    GET "/v1/tasks/{id}/steps/{step}/recording" ShowRecording { id: TaskId, step: String }
    needs Operate in Task;
    query RecordingQuery;
    answers AttemptRecording;
    refuses
        Conflict "secret_keys_unusable",
        NotFound "not_recorded",
        NotFound "unknown_step",
        NotFound "unknown_task";
}
