//! The reason of a change, as the caller states it.

use super::super::error::ApiError;
use tasker_domain::reason::{MAX_REASON_BYTES, is_kept};

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
