//! Failures, as the log keeps them.

use serde::Serialize;
use serde_json::value::RawValue;
use tasker_domain::json_text;
use tasker_domain::outcome::{Failure, FailureKind};

#[derive(Serialize)]
struct ErrorJson {
    kind: FailureKind,
    code: String,
    message: String,
    details: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    backtrace: Vec<String>,
}

/// A failure with the details as they were written.
pub(crate) fn error_json(failure: &Failure) -> String {
    let backtrace = failure.backtrace.iter();
    let error = ErrorJson {
        kind: failure.kind,
        code: without_nul(&failure.code),
        message: without_nul(&failure.message),
        details: failure.details.as_deref().map(details_json),
        backtrace: backtrace.map(|frame| without_nul(frame)).collect(),
    };
    serde_json::to_string(&error).expect("texts and JSON are JSON")
}

/// The details as they are, or as a string where SQL could not read a member beside them as text:
/// PostgreSQL refuses the whole for a NUL or half a surrogate pair anywhere in it.
fn details_json(text: &str) -> Box<RawValue> {
    let kept = json_text::check_readable(text).map(|()| text.to_owned());
    let json = kept.unwrap_or_else(|_| serde_json::Value::from(without_nul(text)).to_string());
    RawValue::from_string(json).expect("it was checked, or is a string")
}

/// SQL reads `code` and `message` out of the JSON as text, which cannot hold a NUL.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
