//! From what a handler returned to an outcome.

use super::over_limit::raise_to;
use super::{failure, with_refusal};
use crate::attempt_log::printable;
use crate::bindings::tasker::step::types as wit;
use crate::log_line::LogLevel;
use crate::state::AttemptState;
use schema_compat::{InputError, Schema};
use std::time::Duration;
use tasker_domain::json_text::{self, JsonTextError};
use tasker_domain::limits::Limit;
use tasker_domain::outcome::{Failure, FailureKind, Outcome, Retry};

/// The longest code of a failure, in bytes.
const CODE_BYTES: usize = 100;
/// The longest message of a failure, in bytes.
const MESSAGE_BYTES: usize = 8 << 10;
/// The most violations of a result schema that a failure lists.
const SCHEMA_ERRORS: usize = 5;
/// The codes by which a component says that it has no handler or subscriber of the name.
const UNKNOWN: [&str; 2] = ["unknown_handler", "unknown_subscriber"];
/// The code of a failure whose own code is invalid.
const INVALID_CODE: &str = "invalid_code";
/// The code where a failure came without one.
const NO_CODE: &str = "failed";

/// The outcome behind what a handler returned.
pub(crate) fn of_answer(
    answer: Result<wit::Outcome, wit::Failure>,
    state: &AttemptState,
) -> Outcome {
    let outcome = match answer {
        Ok(wit::Outcome::Complete(result)) => completed(result, state),
        Ok(wit::Outcome::Checkpoint(checkpoint)) => {
            kept("checkpoint", checkpoint, state).map(Outcome::Checkpointed)
        }
        Ok(wit::Outcome::Choose(_)) => Err(unsupported("choose")),
        Ok(wit::Outcome::FanOut(_)) => Err(unsupported("fan-out")),
        Ok(wit::Outcome::Extension((name, _))) => Err(unsupported(&name)),
        Err(failure) => Err(reported(failure, state)),
    };
    let failed = |failure| with_refusal(confidential(failure, state), state);
    outcome.unwrap_or_else(|failure| Outcome::Failed(failed(failure)))
}

/// The JSON text without the attempt's secrets, where it is JSON of an allowed size.
fn kept(what: &str, json: String, state: &AttemptState) -> Result<String, Failure> {
    checked(what, &json, state)?;
    if state.attempt_secrets.is_empty() {
        return Ok(json);
    }
    let redacted = state.attempt_secrets.redacted_json(json);
    checked(what, &redacted, state).map(|()| redacted)
}

/// The failure without the attempt's secrets.
fn confidential(failure: Failure, state: &AttemptState) -> Failure {
    let redacted = |text: &str| state.attempt_secrets.redacted(text).into_owned();
    Failure {
        code: redacted(&failure.code),
        message: redacted(&failure.message),
        ..failure
    }
}

fn completed(result: String, state: &AttemptState) -> Result<Outcome, Failure> {
    let result = kept("result", result, state)?;
    let Some(schema) = &state.invocation.step.result_schema else {
        return Ok(Outcome::Completed(result));
    };
    match mismatch(schema, &result) {
        None => Ok(Outcome::Completed(result)),
        Some(errors) => Err(permanent(
            "result_schema_mismatch",
            format!(
                "the result does not match the `result_schema` of step `{}`: {errors}",
                state.invocation.step.name
            ),
        )),
    }
}

/// Ok where the text is JSON of an allowed size.
fn checked(what: &str, json: &str, state: &AttemptState) -> Result<(), Failure> {
    let limit_bytes = state.limits().result_bytes;
    if json.len() > limit_bytes {
        let failed = permanent(
            "result_too_large",
            format!(
                "the {what} has {} bytes where the limit is {}; store large data elsewhere and return its location, or {}",
                json.len(),
                limit_bytes,
                raise_to(Limit::Result, json.len(), state)
            ),
        );
        return Err(Failure {
            kind: FailureKind::OverLimit,
            ..failed
        });
    }
    json_text::check(json).map_err(|error| {
        let message = match error {
            JsonTextError::Malformed(reason) => {
                format!("the {what} is not JSON: {reason}; a text needs quotes: `\"done\"`")
            }
            JsonTextError::TooDeep(_)
            | JsonTextError::NoText
            | JsonTextError::DuplicateMember(_)
            | JsonTextError::ReservedMember(_) => format!("the {what} cannot be stored: {error}"),
        };
        permanent("invalid_result", message)
    })
}

fn mismatch(schema: &Schema, json: &str) -> Option<String> {
    let value = serde_json::from_str(json).ok()?;
    let errors = schema.check(&value).err()?.into_iter().take(SCHEMA_ERRORS);
    let errors = errors.map(|InputError { path, message }| format!("at `{path}`: {message}"));
    Some(errors.collect::<Vec<_>>().join("; "))
}

fn unsupported(name: &str) -> Failure {
    permanent(
        "unsupported_outcome",
        format!(
            "the handler returned `{name}`, which this version of the host does not support; return `complete`, `checkpoint` or a failure"
        ),
    )
}

fn permanent(code: &str, message: String) -> Failure {
    Failure {
        retry: Retry::Never,
        ..failure(FailureKind::Failed, code, message)
    }
}

/// The failure that the handler returned, within bounds.
fn reported(told: wit::Failure, state: &AttemptState) -> Failure {
    let (code, about_code) = code_of(&told.code, state);
    let retry = if UNKNOWN.contains(&&*code) {
        Retry::Never
    } else {
        told.retry.into()
    };
    let details = told
        .details
        .and_then(|details| kept_details(details, state));
    Failure {
        retry,
        details,
        ..failure(
            FailureKind::Failed,
            &code,
            about_code + &cut(&told.message, MESSAGE_BYTES, state),
        )
    }
}

/// The code, and a note on it that precedes the message. An invalid code is replaced, so that nobody
/// matches on it; the failure keeps its message, details and retry.
fn code_of(code: &str, state: &AttemptState) -> (String, String) {
    if code.is_empty() {
        return (NO_CODE.to_owned(), String::new());
    }
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_.".contains(c);
    if code.len() <= CODE_BYTES && code.chars().all(is_plain) {
        return (code.to_owned(), String::new());
    }
    let shown = cut(code, CODE_BYTES, state);
    let about = format!(
        "(invalid failure code {shown:?}: a code has lower case letters, digits, `_` and `.`, at most {CODE_BYTES} bytes) "
    );
    state.log.remark(LogLevel::Warn, about.trim());
    (INVALID_CODE.to_owned(), about)
}

/// A failure stays the same if its details are invalid; the log states what was done with them.
fn kept_details(details: String, state: &AttemptState) -> Option<String> {
    match kept("failure's `details`", details, state) {
        Ok(details) => Some(details),
        Err(wrong) => {
            state
                .log
                .remark(LogLevel::Warn, &format!("dropped: {}", wrong.message));
            None
        }
    }
}

fn cut(text: &str, max_bytes: usize, state: &AttemptState) -> String {
    let (kept, _) = state.attempt_secrets.redacted_within(text, max_bytes);
    printable(&kept)
}

impl From<wit::Retry> for Retry {
    fn from(retry: wit::Retry) -> Self {
        match retry {
            wit::Retry::Policy => Self::Policy,
            wit::Retry::Never => Self::Never,
            wit::Retry::AfterMs(ms) => Self::After(Duration::from_millis(ms)),
        }
    }
}
