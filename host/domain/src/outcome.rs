//! What came of an invocation.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The end of one attempt. A failure of a handler is an outcome, never an `Err`.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Done, with this result as JSON text.
    Completed(String),
    /// Not done: keep this (JSON text) and call again.
    Checkpointed(String),
    /// Failed: as the handler reported it, or as the host saw it end.
    Failed(Failure),
    /// Ended, or not begun: its code is quarantined. No attempt was used.
    Quarantined,
    /// Not begun, or without a result for reasons outside of the handler: it may be run again after a while.
    /// No attempt was used.
    GivenBack { failure: Failure, delay: Duration },
}

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum FailureKind {
    /// The handler returned a failure.
    Failed,
    /// The handler trapped: a panic, an exception, unreachable code, a stack overflow.
    Trapped,
    /// The deadline passed.
    TimedOut,
    /// The handler went over one of its limits.
    OverLimit,
    /// The host could not run it: not the handler's fault.
    Host,
}

/// Whether and when another attempt makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// As the step's policy says.
    Policy,
    /// Never: the failure is permanent.
    Never,
    /// Not before this long from now; the policy's attempts still count.
    After(Duration),
}

/// Why an attempt did not complete, for the author of the handler.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    /// Stable and machine-readable, such as `card_declined` or `deadline_exceeded`.
    pub code: String,
    pub message: String,
    /// JSON text.
    pub details: Option<String>,
    pub retry: Retry,
    /// Where a trap happened, symbolised, innermost frame first.
    pub backtrace: Vec<String>,
}
