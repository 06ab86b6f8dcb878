//! Why something is changed, in the words of who changes it.

use super::super::error::ApiError;
use serde::Deserialize;

/// The longest reason, in bytes.
const MAX_REASON_BYTES: usize = 1_000;

/// The body of a change that needs nothing but a reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonBody {
    #[serde(default)]
    reason: String,
}

impl ReasonBody {
    /// The reason, within its bounds.
    pub fn reason(&self) -> Result<&str, ApiError> {
        check_reason(&self.reason).map(|()| self.reason.as_str())
    }
}

/// Ok where the reason can be kept.
pub fn check_reason(reason: &str) -> Result<(), ApiError> {
    match reason.len() > MAX_REASON_BYTES || reason.contains('\0') {
        true => Err(ApiError::parameter(
            "reason",
            format!("at most {MAX_REASON_BYTES} bytes without a NUL are kept"),
        )),
        false => Ok(()),
    }
}
