//! The queue of steps that are to be claimed, by namespace.

use crate::endpoint::{Json, endpoint};
use crate::page::{NamespacePageQuery, Page};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use tasker_domain::name::Name;

/// How far steps are counted; a number as high as this means that there may be more.
pub const MAX_COUNTED_STEPS: i64 = 10_000;

/// What a namespace has in the queue, and how it takes its turns.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NamespaceQueue {
    pub namespace: String,
    /// Steps that could be claimed now, [`MAX_COUNTED_STEPS`] at most.
    pub due: i64,
    /// Steps that are due later, such as retries, and steps whose code is quarantined;
    /// [`MAX_COUNTED_STEPS`] at most.
    pub later: i64,
    /// Since when the oldest of the due steps waits.
    pub oldest_due_at: Option<DateTime<Utc>>,
    /// Steps that it gets in one claim for each that a namespace of weight 1 gets.
    pub weight: i16,
    /// How many of its steps run at the same time, on all hosts together; `None` without a limit.
    pub max_running: Option<i32>,
    /// No step of it is claimed.
    pub is_paused: bool,
    /// `None` if nothing was ever set.
    pub set_at: Option<DateTime<Utc>>,
    /// `None` if nothing was ever set.
    pub set_by: Option<String>,
    /// The entity tag of what is set, for `if-match`, without quotation marks.
    #[serde(default)]
    pub etag: String,
}

/// What changes; what is left out stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"weight": 5, "max_running": 20})))]
pub struct QueueChange {
    /// From 1 to 100.
    #[cfg_attr(feature = "openapi", schemars(range(min = 1, max = 100)))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<i16>,
    /// From 1 to 1,000; null removes the limit.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "present"
    )]
    pub max_running: Option<Option<i32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_paused: Option<bool>,
    /// Reason recorded in the audit log.
    #[serde(default)]
    pub reason: String,
}

/// What stands there, null too; a field that is left out is `None`.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<i32>>, D::Error> {
    Option::deserialize(from).map(Some)
}

endpoint! {
    /// Lists the namespaces that have steps in the queue, or a rule on it.
    GET "/v1/queue" ListQueue {}
    needs Read in Query;
    query NamespacePageQuery;
    counts items;
    orders Ascending by "namespace";
    answers Page<NamespaceQueue>;
}

endpoint! {
    /// Pauses or resumes a namespace, or sets its weight or its limit.
    PATCH "/v1/namespaces/{namespace}/queue"
    ChangeQueue { namespace: Name }
    needs Operate in Path;
    body Json<QueueChange>;
    answers NamespaceQueue;
    is idempotent;
    checks if_match;
    refuses NotFound "unknown_namespace";
}
