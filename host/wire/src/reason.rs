//! The reason of a change, as the caller states it.

use serde::{Deserialize, Serialize};

/// What a change asks for that needs nothing but a reason.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnlyReason {
    /// Recorded in the audit log; one line.
    #[serde(default)]
    pub reason: String,
}
