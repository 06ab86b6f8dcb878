//! What a run of a subscriber came to, for the ledger.

use super::super::Message;
use super::Component;
use std::time::Instant;
use tasker_domain::outcome::{Failure, Outcome, Retry};
use tasker_engine::subscription::{NewRun, RunFailure};
use tasker_engine::usage::VersionUsage;
use tasker_registry::subscriber::ResolvedSubscriber;
use tasker_sandbox::{Executed, LogLine};

/// The code by which the SDK and the engine name a conflict of writers.
const CONFLICT: &str = "kv_conflict";

/// True if another wrote the same entries of kv meanwhile.
pub(super) fn is_conflict(failure: &Failure) -> bool {
    failure.code == CONFLICT && failure.retry != Retry::Never
}

/// None of a run that the host ended.
pub(super) fn of(
    to: &Component,
    resolved: &ResolvedSubscriber,
    message: &Message<'_>,
    executed: &Executed,
) -> Option<NewRun> {
    let failure = match &executed.outcome {
        Outcome::Completed(_) => None,
        Outcome::Failed(failure) => Some(of_failure(failure)),
        Outcome::Checkpointed(_) | Outcome::GivenBack { .. } | Outcome::Quarantined => return None,
    };
    let at = message.event().position;
    Some(NewRun {
        subscription_id: to.subscription_id,
        ended: Instant::now(),
        seq: at.seq,
        seq_index: i16::from(at.index),
        attempt: message.attempt,
        rollouts: resolved.rollouts.clone(),
        usage: VersionUsage {
            component_version_id: resolved.component_version_id,
            usage: executed.usage,
        },
        failure,
        lines: lines(&executed.log),
    })
}

fn of_failure(failure: &Failure) -> RunFailure {
    RunFailure {
        kind: match is_conflict(failure) {
            true => "conflict",
            false => failure.kind.into_str(),
        },
        code: failure.code.clone(),
        message: failure.message.clone(),
    }
}

fn lines(log: &[LogLine]) -> Option<String> {
    let lines: Vec<String> = log.iter().map(LogLine::stored_json).collect();
    (!lines.is_empty()).then(|| format!("[{}]", lines.join(",")))
}
