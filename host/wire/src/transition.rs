//! The log of a task: changes of state, and events that handlers sent.

use crate::endpoint::{JsonText, always, endpoint};
use crate::page::{Page, paged};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tasker_domain::ids::TaskId;

/// One change of state, of the task where `step` is none; or an event that a handler sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Transition {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub step: Option<String>,
    pub attempt: Option<u32>,
    pub worker_id: Option<i32>,
    /// `None` if it is an event.
    pub to_state: Option<String>,
    /// The event's name.
    pub event: Option<String>,
    /// Why; the payload of an event, `None` if it has more than 4 KiB.
    pub detail: Option<Box<RawValue>>,
    /// Of the whole detail.
    pub detail_bytes: Option<u64>,
}

/// Which part of a task's log is listed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TransitionQuery {
    /// Only what handlers sent.
    #[serde(default)]
    pub only_events: bool,
    /// Only what has a higher number.
    pub after: Option<String>,
    pub limit: Option<u32>,
}

paged!(TransitionQuery);

endpoint! {
    /// Lists the transitions of a task in order.
    GET "/v1/tasks/{id}/transitions" ListTransitions { id: TaskId }
    needs Read in Task;
    may lag if always;
    query TransitionQuery;
    counts items;
    orders Ascending by "seq";
    answers Page<Transition>;
    refuses NotFound "unknown_task";
}

endpoint! {
    /// Returns the whole detail of a transition.
    GET "/v1/tasks/{id}/transitions/{seq}/detail" ShowDetail { id: TaskId, seq: i64 }
    needs Read in Task;
    may lag if always;
    answers JsonText;
    refuses NotFound "no_payload", NotFound "unknown_task";
}
