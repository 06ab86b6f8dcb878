//! What a provider sends a browser back with.

use super::error::{SignInError, named};
use tasker_wire::session::OidcAnswer;

/// The longest code that is sent on, in bytes.
const MAX_CODE_BYTES: usize = 4 << 10;

/// The code of a sign-in whose state is right.
pub(super) fn code(answer: &OidcAnswer) -> Result<&str, SignInError> {
    match (answer.error.as_deref(), answer.code.as_deref()) {
        (Some("access_denied"), _) => Err(SignInError::Denied),
        (Some(error), _) => Err(SignInError::Refused {
            error: named(error),
        }),
        (None, Some(code)) if (1..=MAX_CODE_BYTES).contains(&code.len()) => Ok(code),
        (None, _) => Err(SignInError::Stale("the code is missing or too long")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_counts_where_there_is_no_error() {
        let answer = |code: Option<&str>, error: Option<&str>| OidcAnswer {
            code: code.map(str::to_owned),
            error: error.map(str::to_owned),
            ..OidcAnswer::default()
        };
        assert_eq!(code(&answer(Some("c"), None)).unwrap(), "c");
        let long = "c".repeat(MAX_CODE_BYTES + 1);
        for (given, error, wanted) in [
            (None, None, "stale"),
            (Some(""), None, "stale"),
            (Some(long.as_str()), None, "stale"),
            (Some("c"), Some("access_denied"), "denied"),
            (None, Some("server_error"), "refused"),
        ] {
            let refused = code(&answer(given, error)).unwrap_err();
            assert_eq!(refused.code(), wanted);
        }
        let strange = code(&answer(None, Some("\u{1b}[2J"))).unwrap_err();
        assert!(!strange.to_string().contains('\u{1b}'));
    }
}
