//! Why something is changed, in the words of who changes it.

/// The longest reason, in bytes.
pub const MAX_REASON_BYTES: usize = 1_000;

/// True where the reason can be kept.
pub fn is_kept(reason: &str) -> bool {
    reason.len() <= MAX_REASON_BYTES && !reason.contains('\0')
}
