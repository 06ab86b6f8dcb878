//! Why something is changed, in the words of who changes it.

use super::sanitize::is_control;

/// The longest reason, in bytes.
pub const MAX_REASON_BYTES: usize = 1_000;

/// True if the reason can be kept: it is short, has one line, so that no part of it passes for an
/// entry of its own, and shows as it is wherever it is read.
pub fn is_kept(reason: &str) -> bool {
    reason.len() <= MAX_REASON_BYTES && !reason.chars().any(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_line_and_nothing_that_a_terminal_obeys() {
        assert!(is_kept("it rounds wrongly: 1,005 → 1,01"));
        for wrong in [
            "a\nb",
            "a\r\nb",
            "a\u{2028}b",
            "a\u{85}b",
            "a\0",
            "a\x1b[2J",
            "a\u{9b}2J",
            "a\rb",
            "a\u{202e}b",
        ] {
            assert!(!is_kept(wrong), "{wrong:?}");
        }
        assert!(is_kept(&"x".repeat(MAX_REASON_BYTES)));
        assert!(!is_kept(&"x".repeat(MAX_REASON_BYTES + 1)));
    }
}
