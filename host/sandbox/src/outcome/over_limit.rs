//! What went over a limit, who set it, and how it is raised.

use super::{failure, last_words};
use crate::state::AttemptState;
use tasker_domain::limits::{Limit, LimitSource};
use tasker_domain::outcome::{Failure, FailureKind};
use wasmtime::WasmBacktrace;

/// Bytes in a MiB.
const MIB: f64 = 1_048_576.0;
/// The messages of the engine if a guest passed too much in one call, or if the table of
/// handles is full, and that there are too many handles in all. Its errors have no types of their own.
const TOO_MUCH_AT_ONCE: &str = "fuel allocated for hostcalls has been exhausted";
const NO_HANDLES: [&str; 2] = [
    "resource table has no free keys",
    "store handle limit exceeded",
];

/// What an error of the engine means that comes of a limit which was set there.
pub(super) fn of_engine(error: &wasmtime::Error, state: &AttemptState) -> Option<Failure> {
    let tells = |words: &str| error.chain().any(|cause| cause.to_string().contains(words));
    if tells(TOO_MUCH_AT_ONCE) {
        // A call to the host fails within the guest, which has a stack then; its answer comes after it.
        return Some(match error.downcast_ref::<WasmBacktrace>() {
            Some(_) => over(Limit::HostMemory, state),
            None => answer_too_large(state),
        });
    }
    let is_full = NO_HANDLES.into_iter().any(tells);
    is_full.then(|| over(Limit::Resources, state))
}

fn answer_too_large(state: &AttemptState) -> Failure {
    let most = state.limits().result_bytes;
    let message = format!(
        "the answer has far more bytes than the limit of {most}; store large data elsewhere and return its location, or {}",
        raise(Limit::Result, state)
    );
    failure(FailureKind::OverLimit, "result_too_large", message)
}

/// What a guest used too much of, on the network or of the host.
pub(super) fn over(limit: Limit, state: &AttemptState) -> Failure {
    let most = limit.show(state.limits().value(limit));
    let (code, message) = match limit {
        Limit::HttpRequests => (
            "http_request_limit",
            format!(
                "the handler sent more than {most} HTTP requests in one attempt; ask for more at once, leave a checkpoint"
            ),
        ),
        Limit::HttpOut => (
            "http_out_limit",
            format!(
                "the handler sent more than {most} in the bodies of HTTP requests in one attempt; send smaller pieces, leave a checkpoint"
            ),
        ),
        Limit::HttpIn => (
            "http_in_limit",
            format!(
                "the handler received more than {most} in the bodies of HTTP responses in one attempt; ask for smaller pieces, leave a checkpoint"
            ),
        ),
        Limit::Resources => (
            "resource_limit",
            format!(
                "the handler had more than {most} resources open at a time (HTTP fields, requests, streams, timers); drop them when they are done"
            ),
        ),
        _ => (
            "host_memory_limit",
            format!(
                "the handler made the host store more than {most} (HTTP fields, requests in flight, writes to kv, events, the arguments of one call); write smaller pieces, keep fewer requests in flight"
            ),
        ),
    };
    let message = format!("{message}, or {}", raise(limit, state));
    failure(FailureKind::OverLimit, code, message)
}

/// Too much was handed to the handler.
pub(super) fn too_much_input(bytes: u64, state: &AttemptState) -> Failure {
    let message = format!(
        "the handler was handed {bytes} bytes in all (the task's input, its checkpoint, results of earlier steps) where the limit is {}; read fewer results, store large data elsewhere and pass on its location, or {}",
        state.limits().input_bytes,
        raise_to(
            Limit::Input,
            usize::try_from(bytes).unwrap_or(usize::MAX),
            state
        )
    );
    failure(FailureKind::OverLimit, "input_limit", message)
}

/// To be said after "or": such as ``raise `cpu`, which namespace orders sets: tasker limit set orders
/// cpu=4s``.
pub(super) fn raise(limit: Limit, state: &AttemptState) -> String {
    raise_to(limit, 0, state)
}

/// The same where it is known how much is needed, in the limit's unit.
pub(super) fn raise_to(limit: Limit, needed: usize, state: &AttemptState) -> String {
    let step = &state.invocation.step;
    let (namespace, component) = (&step.namespace, &step.component);
    let more = more(limit, step.limits.value(limit), needed as u64);
    match step.limits.set_by(limit) {
        LimitSource::Host => {
            format!("raise `{limit}`, which this host sets: tasker serve --limit {limit}={more}")
        }
        LimitSource::Namespace => format!(
            "raise `{limit}`, which namespace {namespace} sets: tasker limit set {namespace} {limit}={more}"
        ),
        LimitSource::Component => format!(
            "raise `{limit}`, which namespace {namespace} sets for {component}: tasker limit set {} {limit}={more}",
            named(namespace, component)
        ),
        LimitSource::Step if limit == Limit::Timeout => {
            format!("give the step a longer `timeout` in its template, such as `timeout: {more}`")
        }
        LimitSource::Step => format!(
            "raise `{limit}`, which the step sets in its template: `limits: {{{limit}: {more}}}`"
        ),
    }
}

/// Twice as much, or a round number that is enough, as far as that can be said.
fn more(limit: Limit, value: u64, needed: u64) -> String {
    let (least, most) = limit.range().into_inner();
    let enough = needed.checked_next_power_of_two().unwrap_or(most);
    let more = value.saturating_mul(2).max(enough);
    limit.show(more.clamp(least.max(1), most))
}

/// As a command takes it.
fn named(namespace: &str, component: &str) -> String {
    match component.contains('/') {
        true => format!("{component} --in {namespace}"),
        false => format!("{namespace}/{component}"),
    }
}

pub(super) fn too_many_events(state: &AttemptState) -> Failure {
    let message = format!(
        "the handler sent more than {} events in one attempt; put more into one event, return a checkpoint, or {}",
        state.limits().events,
        raise(Limit::Events, state)
    );
    failure(FailureKind::OverLimit, "event_limit", message)
}

pub(super) fn event_too_large(bytes: usize, state: &AttemptState) -> Failure {
    let message = format!(
        "the handler sent an event of {bytes} bytes where the limit is {}; store large data elsewhere and send its location, or {}",
        state.limits().event_bytes,
        raise_to(Limit::Event, bytes, state)
    );
    failure(FailureKind::OverLimit, "event_too_large", message)
}

pub(super) fn memory_limit(wanted_bytes: usize, state: &AttemptState) -> Failure {
    failure(
        FailureKind::OverLimit,
        "memory_limit",
        format!(
            "the handler asked for {:.1} MiB of memory in all where its limit is {:.1} MiB; work on smaller pieces, or {}{}",
            wanted_bytes as f64 / MIB,
            state.limits().memory_bytes as f64 / MIB,
            raise_to(Limit::Memory, wanted_bytes, state),
            last_words(state)
        ),
    )
}
