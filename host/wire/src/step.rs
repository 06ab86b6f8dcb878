//! Steps of a task, and requests for single payloads.

use crate::comma_list;
use crate::endpoint::{JsonText, always, endpoint};
use crate::failure::Failure;
use crate::page::{Page, paged};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::state::StepState;

/// One step of a task.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Step {
    pub name: String,
    pub state: StepState,
    /// The newest attempt's number; 0 before the first.
    pub attempts: u32,
    /// Those of them that count against `max_attempts`: not what was given back without a failure of
    /// the handler, when its host was lost or its code quarantined, or for another call after a
    /// checkpoint.
    pub counted_attempts: u32,
    pub max_attempts: u32,
    /// The first 100.
    pub depends_on: Vec<String>,
    /// When the next attempt is due.
    pub ready_at: Option<DateTime<Utc>>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// From the start of the newest attempt to the end.
    pub duration_ms: Option<f64>,
    /// What it runs, or ran: `namespace/name`.
    pub component: String,
    pub version: String,
    pub digest: Digest,
    pub handler: String,
    /// `None` if it has more than 4 KiB; see `result_bytes`.
    pub result: Option<Box<RawValue>>,
    pub result_bytes: Option<u64>,
    pub checkpoint_bytes: Option<u64>,
    /// See [`Failure`]; without what makes it larger than 4 KiB, of which `error_bytes` has the size.
    pub error: Option<Box<RawValue>>,
    pub error_bytes: Option<u64>,
    /// Why it does not proceed, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Step {
    /// Why its newest attempt failed.
    pub fn failure(&self) -> Option<Failure> {
        self.error.as_deref().map(Failure::of)
    }
}

/// Which steps of a task are listed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepQuery {
    /// In one of these states; none: in any.
    #[serde(
        rename = "state",
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "comma_list"
    )]
    #[cfg_attr(feature = "openapi", schemars(with = "Vec<StepState>"))]
    pub states: Vec<StepState>,
    pub after: Option<String>,
    pub limit: Option<u32>,
}

paged!(StepQuery);

endpoint! {
    /// Lists the steps of a task in the order of their numbers.
    GET "/v1/tasks/{id}/steps" ListSteps { id: TaskId }
    needs Read in Task;
    may lag if always;
    query StepQuery;
    counts items;
    orders Ascending by "step";
    answers Page<Step>;
    refuses NotFound "unknown_task";
}

endpoint! {
    /// Returns the result of a step.
    GET "/v1/tasks/{id}/steps/{step}/result" ShowStepResult { id: TaskId, step: String }
    needs Read in Task;
    may lag if always;
    answers JsonText;
    refuses NotFound "no_payload", NotFound "unknown_step", NotFound "unknown_task";
}

endpoint! {
    /// Returns the checkpoint that a step keeps.
    GET "/v1/tasks/{id}/steps/{step}/checkpoint" ShowCheckpoint { id: TaskId, step: String }
    needs Read in Task;
    may lag if always;
    answers JsonText;
    refuses NotFound "no_payload", NotFound "unknown_step", NotFound "unknown_task";
}

endpoint! {
    /// Returns why a step failed.
    GET "/v1/tasks/{id}/steps/{step}/error" ShowStepError { id: TaskId, step: String }
    needs Read in Task;
    may lag if always;
    answers JsonText;
    refuses NotFound "no_payload", NotFound "unknown_step", NotFound "unknown_task";
}
