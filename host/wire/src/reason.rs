//! The reason of a change, as the caller states it.

use serde::{Deserialize, Serialize};

/// What a change asks for that needs nothing but a reason.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", schemars(example = serde_json::json!({"reason": "as agreed with operations"})))]
pub struct OnlyReason {
    /// Recorded in the audit log; one line.
    #[serde(default)]
    pub reason: String,
}
