//! Refusals, as RFC 9457 has them: `application/problem+json`.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
pub use tasker_domain::error_report::FieldError;
use tasker_domain::ids::TaskId;

/// The body of every refusal. All but `title` and `code` may be missing when it is read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Problem {
    #[serde(default)]
    pub r#type: Cow<'static, str>,
    /// Of the status.
    pub title: Cow<'static, str>,
    #[serde(default)]
    pub status: u16,
    /// Stable, in snake case.
    pub code: Cow<'static, str>,
    /// What is wrong, where, and what to do.
    #[serde(default)]
    pub detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The task that has the same identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_id: Option<TaskId>,
    /// After a semver violation: the lowest version number that allows the changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_version: Option<String>,
}
