//! The codes with which attempts fail by the host, and not by a handler: each with what it means and what to do.

use crate::outcome::FailureKind::{self, Failed, Host, OverLimit, TimedOut, Trapped};

/// What a code says to the author of a handler or to an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailureCode {
    pub code: &'static str,
    pub kind: FailureKind,
    /// What happened.
    pub meaning: &'static str,
    /// What its reader can do.
    pub remedy: &'static str,
}

macro_rules! codes {
    ($($kind:ident $code:literal: $meaning:literal => $remedy:literal;)+) => {
        &[$(FailureCode { code: $code, kind: $kind, meaning: $meaning, remedy: $remedy }),+]
    };
}

/// All codes of the host, by kind. A handler has codes of its own.
pub const FAILURE_CODES: &[FailureCode] = codes! {
    Failed "failed": "The handler returned a failure without a code."
        => "Give failures a code.";
    Failed "invalid_code": "The handler returned a code with other characters than lower case, digits, `_` and `.`, or a long one."
        => "Correct the code in the handler.";
    Failed "internal": "The handler returned an error of its language without a code of its own (`?` in Rust)."
        => "Give it a code with `.or_permanent` or `.or_retryable`.";
    Failed "event_schema_mismatch": "The payload of an event does not match the schema that the component or template declares."
        => "Correct the payload, or declare what it is in a new version.";
    Failed "invalid_result": "The result or checkpoint is not JSON, or cannot be stored."
        => "Return JSON; a text needs quotes.";
    Failed "invalid_input": "The input does not match the type of the handler."
        => "Correct the input or the input schema of the template.";
    Failed "result_schema_mismatch": "The result does not match the `result_schema` of the step."
        => "Correct the result, or the schema of the template.";
    Failed "unknown_handler": "The component does not have the handler, although it describes it."
        => "Export it, and publish a new version.";
    Failed "unknown_subscriber": "The component does not have the subscriber, although it describes it."
        => "Export it, and publish a new version.";
    Failed "unsupported_outcome": "The handler returned an outcome that this release does not support."
        => "Return `complete`, `checkpoint` or a failure.";
    Trapped "trapped": "The handler panicked, threw an exception or reached unreachable code. The failure has a backtrace."
        => "Look at the message and the backtrace.";
    Trapped "stack_overflow": "The handler's stack overflowed."
        => "Look for a recursion without end; nest less deeply.";
    Trapped "exited": "The handler called `exit`."
        => "End a handler by its result or a failure.";
    TimedOut "deadline_exceeded": "The time of the attempt passed."
        => "Do less in one attempt and leave a checkpoint, or raise `timeout`.";
    OverLimit "cpu_limit": "The attempt took more processor time than `cpu` allows."
        => "Do less in one attempt, or raise the limit.";
    OverLimit "memory_limit": "The attempt wanted more memory than `memory` allows."
        => "Work in portions, or raise the limit.";
    OverLimit "host_memory_limit": "The host would have to store more for the attempt than `host_memory` allows."
        => "Send smaller pieces, or raise the limit.";
    OverLimit "host_call_limit": "The attempt called the host more often than `host_calls` allows."
        => "Ask once and keep the answer, or raise the limit.";
    OverLimit "resource_limit": "The attempt held more handles than `resources` allows."
        => "Drop requests and responses when they are done, or raise the limit.";
    OverLimit "input_limit": "The attempt read more of inputs and results than `input` allows."
        => "Read less, or raise the limit.";
    OverLimit "result_too_large": "The result, checkpoint or failure is larger than `result` allows."
        => "Store large data elsewhere and return its location, or raise the limit.";
    OverLimit "event_limit": "The attempt sent more events than `events` allows."
        => "Send fewer, or raise the limit.";
    OverLimit "event_too_large": "The payload of an event is larger than `event` allows."
        => "Send less, or raise the limit.";
    OverLimit "http_request_limit": "The attempt sent more requests than `http_requests` allows."
        => "Send fewer, or raise the limit.";
    OverLimit "http_in_limit": "The responses were larger than `http_in` allows."
        => "Read less, or raise the limit.";
    OverLimit "http_out_limit": "The requests were larger than `http_out` allows."
        => "Send less, or raise the limit.";
    OverLimit "too_many_attempts": "The step was begun, or left a checkpoint, as often as a step can."
        => "Do more between two checkpoints; look at the log of the task.";
    Host "quarantined": "The component was quarantined while the handler ran. The step is suspended, and no attempt was used."
        => "Release the version, migrate the task, or cancel it.";
    Host "component_unusable": "The component could not be loaded or compiled on the host."
        => "Look at the message and at the log of the host.";
    Host "host_unavailable": "The host could not answer a call of the handler."
        => "It is tried again; look at the log of the host.";
    Host "kv_unavailable": "The key-value store could not be read."
        => "It is tried again; look at the database.";
    Host "replay_diverged": "A replay, not an attempt of a host: the handler asked for something else than was recorded."
        => "The message has both; replay other code with `--component`.";
    Host "secret_unavailable": "A secret could not be read."
        => "Look at the message; set the secret anew.";
    Host "secret_key_missing": "The host does not have the key of a secret. Another host takes the step."
        => "Give all hosts the same `--secret-key-file`.";
    Host "no_instance": "The host had no slot for another instance. Another host takes the step."
        => "Lower `--slots`, or add hosts.";
    Host "host_panicked": "The host failed while it ran the attempt."
        => "Look at the log of the host, and report it.";
    Host "result_refused": "The database does not accept the result."
        => "Look at the message.";
    Host "plan_missing": "Rows of the lock or of the template of the task were lost."
        => "Restore them, and submit the task again.";
    Host "interrupted": "The attempt lost its time to an outage of the database or of its host. It does not count."
        => "Nothing.";
    Host "plan_unreadable": "What the step needs could not be read from the database."
        => "Look at the message and at the log of the host.";
    Host "lost_too_often": "Hosts ended a hundred times while they ran the step."
        => "Look for a handler that brings its host down; lower its limits.";
    Host "forgotten": "The worker had no record of the lease; the step is claimed again."
        => "Nothing.";
};
