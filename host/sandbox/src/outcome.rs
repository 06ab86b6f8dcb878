//! From what a guest did to an outcome, with words for its author.

mod answer;
mod backtrace;
mod over_limit;

use super::engine::GUEST_STACK_BYTES;
use super::meter::OverLimit;
use super::services::SecretUnavailable;
use super::state::AttemptState;
use super::stopped::{EventMismatch, Stopped};
pub(super) use answer::of_answer;
use over_limit::{event_too_large, memory_limit, over, raise, too_many_events};
use std::ops::RangeInclusive;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::limits::Limit;
use tasker_domain::outcome::{Failure, FailureKind, Outcome, Retry};
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};
use wasmtime_wasi::I32Exit;

/// The codes of failures that are this host's alone: it does not have the key of a secret; it had no place
/// for one more instance.
const SECRET_KEY_MISSING: &str = "secret_key_missing";
const NO_INSTANCE: &str = "no_instance";

/// The words of the engine before the address at which a guest faulted.
const FAULT_WORDS: &str = "memory fault at wasm address 0x";
/// Addresses that are taken for negative ones: 16 MiB on both sides of 4 GiB, since the engine adds
/// an offset without wrapping. No limit lets a guest use them.
const BELOW_MEMORY: RangeInclusive<u64> = 0xff00_0000..=0x1_00ff_ffff;

/// The outcome of an error that ended a guest.
pub(super) fn of_end(error: &wasmtime::Error, state: &AttemptState) -> Outcome {
    let stopped = error.downcast_ref::<Stopped>();
    match stopped.is_some_and(|stopped| matches!(stopped, Stopped::Quarantined)) {
        true => Outcome::Quarantined,
        false => Outcome::Failed(of_error(error, state)),
    }
}

/// True if the failure is this host's alone, so that another may run the step.
pub fn is_of_this_host(failure: &Failure) -> bool {
    let codes = [SECRET_KEY_MISSING, NO_INSTANCE];
    failure.kind == FailureKind::Host && codes.contains(&&*failure.code)
}

/// The failure behind an error that ended a guest.
pub(super) fn of_error(error: &wasmtime::Error, state: &AttemptState) -> Failure {
    let trace = error.downcast_ref::<WasmBacktrace>();
    let failure = match (
        error.downcast_ref::<Stopped>(),
        error.downcast_ref::<Trap>(),
    ) {
        (Some(stopped), _) => of_stop(stopped, state),
        (None, Some(Trap::StackOverflow)) => stack_overflow(),
        (None, Some(Trap::MemoryOutOfBounds)) if is_stack_overflow(error, trace) => {
            stack_overflow()
        }
        (None, Some(trap)) => of_trap(*trap, state),
        (None, None) => of_other(error, state),
    };
    let failure = Failure {
        backtrace: trace.map(backtrace::lines).unwrap_or_default(),
        ..failure
    };
    with_refusal(failure, state)
}

/// The failure, with what the host had refused the attempt: more often than not it came of that.
fn with_refusal(failure: Failure, state: &AttemptState) -> Failure {
    let may_come_of_it = matches!(failure.kind, FailureKind::Failed | FailureKind::Trapped);
    match state.log.refusal().filter(|_| may_come_of_it) {
        Some(refusal) => Failure {
            message: format!("{}; {refusal}", failure.message),
            ..failure
        },
        None => failure,
    }
}

fn of_stop(stopped: &Stopped, state: &AttemptState) -> Failure {
    let limits = state.limits();
    match stopped {
        Stopped::Computing => failure(
            FailureKind::TimedOut,
            "deadline_exceeded",
            format!(
                "the handler was still computing when its deadline of {:?} passed; look for a loop without end, do less in one attempt and leave a checkpoint, or {}",
                limits.deadline,
                raise(Limit::Timeout, state)
            ),
        ),
        Stopped::Waiting => failure(
            FailureKind::TimedOut,
            "deadline_exceeded",
            format!(
                "the handler was waiting for the host (a request, a clock, a result) when its deadline of {:?} passed; wait for less, or {}",
                limits.deadline,
                raise(Limit::Timeout, state)
            ),
        ),
        Stopped::Cpu => failure(
            FailureKind::OverLimit,
            "cpu_limit",
            format!(
                "the handler took more than {:?} of processor time, its limit; do less in one attempt and leave a checkpoint, or {}",
                limits.cpu,
                raise(Limit::Cpu, state)
            ),
        ),
        Stopped::HostCalls => failure(
            FailureKind::OverLimit,
            "host_call_limit",
            format!(
                "the handler called the host more than {} times in one attempt; ask once and keep the answer, log less, read and write larger pieces, or {}",
                limits.host_calls,
                raise(Limit::HostCalls, state)
            ),
        ),
        Stopped::Limit(limit) => over(*limit, state),
        Stopped::Input(bytes) => over_limit::too_much_input(*bytes, state),
        Stopped::EventSize(bytes) => event_too_large(*bytes, state),
        Stopped::Events => too_many_events(state),
        Stopped::EventSchema(mismatch) => event_mismatch(mismatch),
        Stopped::Quarantined => failure(
            FailureKind::Host,
            "quarantined",
            "the component was quarantined while the handler ran".to_owned(),
        ),
        Stopped::Diverged(why) => failure(FailureKind::Host, "replay_diverged", why.clone()),
        Stopped::Host(error) => failure(
            FailureKind::Host,
            "host_unavailable",
            ErrorChain(error).to_string(),
        ),
        Stopped::Kv(error) => failure(
            FailureKind::Host,
            "kv_unavailable",
            ErrorChain(error).to_string(),
        ),
        Stopped::Secret(error) => failure(
            FailureKind::Host,
            match error {
                SecretUnavailable::Unreadable(_) => "secret_unavailable",
                SecretUnavailable::NoKey(_) => SECRET_KEY_MISSING,
            },
            ErrorChain(error).to_string(),
        ),
    }
}

fn event_mismatch(mismatch: &EventMismatch) -> Failure {
    let EventMismatch {
        name,
        declared_by,
        violations,
    } = mismatch;
    let message = format!(
        "the payload of the event `{name}` does not match the schema that the {declared_by} declares: {violations}"
    );
    Failure {
        retry: Retry::Never,
        ..failure(FailureKind::Failed, "event_schema_mismatch", message)
    }
}

impl From<OverLimit> for Stopped {
    fn from(OverLimit(limit): OverLimit) -> Self {
        Self::Limit(limit)
    }
}

fn of_trap(trap: Trap, state: &AttemptState) -> Failure {
    if let Some(wanted_bytes) = state.memory.refused_bytes() {
        return memory_limit(wanted_bytes, state);
    }
    let message = format!("the handler trapped: {trap}{}", last_words(state));
    failure(FailureKind::Trapped, "trapped", message)
}

/// What a panic or an exception said before the trap.
fn last_words(state: &AttemptState) -> String {
    let said = state.log.last_words();
    said.map(|words| format!("; its last words: {words}"))
        .unwrap_or_default()
}

/// Compiled languages keep a second stack at the start of linear memory. Its overflow is an access out of
/// bounds, recognized by an address below 0 or, for a bulk copy without an address, by a recursion in the
/// backtrace.
fn is_stack_overflow(error: &wasmtime::Error, trace: Option<&WasmBacktrace>) -> bool {
    error
        .chain()
        .any(|cause| tells_negative_address(&cause.to_string()))
        || trace.is_some_and(backtrace::is_recursion)
}

/// The engine reports the address of a fault only in its message. One below 0 wraps around to the end of
/// the address space.
fn tells_negative_address(told: &str) -> bool {
    let address = told
        .strip_prefix(FAULT_WORDS)
        .and_then(|rest| rest.split(' ').next());
    let address = address.and_then(|address| u64::from_str_radix(address, 16).ok());
    address.is_some_and(|address| BELOW_MEMORY.contains(&address))
}

fn stack_overflow() -> Failure {
    failure(
        FailureKind::Trapped,
        "stack_overflow",
        format!(
            "the handler's stack overflowed; look for a recursion without end in the backtrace, or nest less deeply: the host allows {} KiB, and the component's own stack may be smaller (it is set when the component is linked)",
            GUEST_STACK_BYTES >> 10
        ),
    )
}

fn of_other(error: &wasmtime::Error, state: &AttemptState) -> Failure {
    if error.is::<I32Exit>() {
        let message =
            "the handler called `exit`; a handler ends by returning its result or a failure";
        return failure(FailureKind::Trapped, "exited", message.to_owned());
    }
    if error.is::<PoolConcurrencyLimitError>() {
        return failure(
            FailureKind::Host,
            NO_INSTANCE,
            "the host had no slot for another instance".to_owned(),
        );
    }
    if let Some(failure) = over_limit::of_engine(error, state) {
        return failure;
    }
    if let Some(wanted_bytes) = state.memory.refused_bytes() {
        return memory_limit(wanted_bytes, state);
    }
    let reason = error.root_cause().to_string();
    failure(
        FailureKind::Trapped,
        "trapped",
        format!("the handler was ended: {reason}"),
    )
}

fn failure(kind: FailureKind, code: &str, message: String) -> Failure {
    Failure {
        kind,
        code: code.to_owned(),
        message,
        details: None,
        retry: Retry::Policy,
        backtrace: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_around_the_end_of_the_address_space_is_negative() {
        let told = |address| {
            format!("memory fault at wasm address 0x{address:x} in linear memory of size 0x110000")
        };
        assert!(tells_negative_address(&told(0xffff_fe00_u64)));
        assert!(tells_negative_address(&told(0x1_0000_0010)));
        assert!(!tells_negative_address(&told(0x11_0000)));
        assert!(!tells_negative_address(
            "wasm trap: out of bounds memory access"
        ));
    }
}
