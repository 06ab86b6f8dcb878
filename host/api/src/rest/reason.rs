//! Why something is changed, in the words of who changes it.

use super::super::error::ApiError;
use serde::Deserialize;
use tasker_domain::reason::{MAX_REASON_BYTES, is_kept};

/// The body, or the query, of a change that needs nothing but a reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnlyReason {
    #[serde(default)]
    reason: String,
}

impl OnlyReason {
    /// The reason, within its bounds.
    pub fn reason(&self) -> Result<&str, ApiError> {
        check_reason(&self.reason)
    }
}

/// The reason, where it can be kept.
pub fn check_reason(reason: &str) -> Result<&str, ApiError> {
    match is_kept(reason) {
        true => Ok(reason),
        false => Err(ApiError::parameter(
            "reason",
            format!(
                "write one line of at most {MAX_REASON_BYTES} bytes, without line breaks and control characters"
            ),
        )),
    }
}
