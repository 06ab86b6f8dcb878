//! Attempts that ended, and what is reported of them.

use super::server::TaskError;
use crate::case::{FakeAttempt, FakeEnd};
use std::time::Duration;
use tasker_domain::effects::Effects;
use tasker_domain::ids::WorkerId;
use tasker_domain::invocation::{Lease, StepPlan};
use tasker_domain::outcome::{Failure, FailureKind, Outcome, Retry};
use tasker_engine::Engine;
use tasker_engine::kv::CompletedWithKv;
use tasker_engine::report::{Completed, FailedAttempt};

/// An attempt that ended and is reported when its time is over.
pub(super) struct Ended {
    pub(super) lease: Lease,
    pub(super) outcome: Outcome,
    /// None if it failed.
    pub(super) effects: Effects,
}

/// What the case says of an attempt, held to what the template says of the step; and how long it takes.
pub(super) fn of_fake(fake: &FakeAttempt, plan: &StepPlan) -> (Outcome, Duration) {
    let deadline = plan.limits.deadline;
    if fake.takes > deadline {
        let message = format!("the attempt takes longer than its deadline of {deadline:?}");
        let failure = failure(
            FailureKind::TimedOut,
            "deadline_exceeded",
            message,
            Retry::Policy,
        );
        return (Outcome::Failed(failure), deadline);
    }
    let outcome = match &fake.end {
        FakeEnd::Result(result) => {
            let schema = plan.result_schema.as_ref();
            match schema.and_then(|schema| schema.check(result).err()) {
                None => Outcome::Completed(result.to_string()),
                Some(errors) => {
                    let errors = errors
                        .iter()
                        .map(|it| format!("at `{}`: {}", it.path, it.message));
                    let message = format!(
                        "the result does not match the `result_schema` of step `{}`: {}",
                        plan.name,
                        errors.collect::<Vec<_>>().join("; ")
                    );
                    let code = "result_schema_mismatch";
                    Outcome::Failed(failure(FailureKind::Failed, code, message, Retry::Never))
                }
            }
        }
        FakeEnd::Checkpoint(checkpoint) => Outcome::Checkpointed(checkpoint.to_string()),
        FakeEnd::Failure {
            code,
            message,
            retry,
        } => {
            let (kind, retry) = (FailureKind::Failed, Retry::from(*retry));
            Outcome::Failed(failure(kind, code, message.clone(), retry))
        }
    };
    (outcome, fake.takes)
}

pub(super) fn failure(kind: FailureKind, code: &str, message: String, retry: Retry) -> Failure {
    Failure {
        kind,
        code: code.to_owned(),
        message,
        details: None,
        retry,
        backtrace: Vec::new(),
    }
}

impl Ended {
    /// Reports it, as a worker does; false if its writes were not recorded, because others were faster, so that the step
    /// is due again.
    pub(super) async fn report(
        &self,
        engine: &Engine,
        worker: WorkerId,
    ) -> Result<bool, TaskError> {
        let completed = |result: &str| Completed {
            lease: self.lease,
            result: result.to_owned(),
            usage: None,
            events: self.effects.events.clone(),
        };
        let has_writes = !self.effects.writes.is_empty();
        match &self.outcome {
            Outcome::Completed(text) | Outcome::Checkpointed(text) if has_writes => {
                let ended = CompletedWithKv {
                    completed: completed(text),
                    is_checkpoint: matches!(self.outcome, Outcome::Checkpointed(_)),
                    writes: self.effects.writes.clone(),
                };
                let recorded = engine.complete_with_kv(worker, &ended).await?;
                return Ok(recorded.due_in.is_none());
            }
            Outcome::Completed(result) => {
                engine
                    .complete_steps(worker, &[completed(result)], 0)
                    .await?;
            }
            Outcome::Checkpointed(checkpoint) => {
                engine
                    .checkpoint_steps(worker, &[completed(checkpoint)])
                    .await?;
            }
            Outcome::Failed(failure) | Outcome::GivenBack { failure, .. } => {
                let failed = FailedAttempt {
                    lease: self.lease,
                    failure: failure.clone(),
                    usage: None,
                };
                engine.fail_steps(worker, &[failed]).await?;
            }
            Outcome::Quarantined => unreachable!("no component of a test is quarantined"),
        }
        Ok(true)
    }
}
