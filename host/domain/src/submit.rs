//! What a caller asks for: a task to be.

use super::name::Name;
use super::priority::Priority;
use super::requirement::Requirement;
use super::tag::Tags;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A task to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({
        "namespace": "shop",
        "template": "charge",
        "input": {"order_id": "o-9"},
        "priority": 7,
    })))]
pub struct Submit {
    pub namespace: Name,
    pub template: Name,
    /// None: the namespace's pin, else the highest stable version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Requirement>,
    /// JSON text; none is an empty object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Box<RawValue>>,
    /// The same key is the same task, where the template's identity is `caller`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// None: the request's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// None: the template's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// What the task is found by; they are no part of its identity.
    #[serde(default, skip_serializing_if = "Tags::is_empty")]
    pub tags: Tags,
}
