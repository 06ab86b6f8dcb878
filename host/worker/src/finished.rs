//! Attempts that ended.

use super::held::TaskText;
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::effects::Effects;
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::{Failure, Outcome};
use tasker_engine::usage::VersionUsage;

/// An attempt that ended, not yet reported.
#[derive(Clone, Debug)]
pub(super) struct Finished {
    pub(super) lease: Lease,
    pub(super) outcome: Outcome,
    /// `None` if nothing ran.
    pub(super) usage: Option<VersionUsage>,
    /// Recorded with a result or checkpoint, or not at all.
    pub(super) effects: Effects,
    /// Reported instead where the step was given back too often; none: it may be again and again.
    pub(super) at_last: Option<Failure>,
}

impl Finished {
    /// Of an attempt that never ran, or of which nothing but its end is known.
    pub(super) fn unrun(lease: Lease, outcome: Outcome) -> Self {
        Self {
            lease,
            outcome,
            usage: None,
            effects: Effects::default(),
            at_last: None,
        }
    }

    /// Has the step given back in place of the failure that its attempt came to, for `why`; too often in
    /// a row, and the failure is reported after all.
    pub(super) fn forgiven(self, why: Failure, delay: Duration) -> Self {
        let Outcome::Failed(failure) = self.outcome else {
            return self;
        };
        Self {
            outcome: Outcome::GivenBack {
                failure: why,
                delay,
            },
            at_last: Some(failure),
            ..self
        }
    }

    /// About how many bytes a report of it has.
    pub(super) fn bytes(&self) -> u64 {
        let failure = |failure: &Failure| {
            failure.message.len() + failure.details.as_ref().map_or(0, String::len)
        };
        let outcome = match &self.outcome {
            Outcome::Completed(text) | Outcome::Checkpointed(text) => text.len(),
            Outcome::Failed(failed)
            | Outcome::GivenBack {
                failure: failed, ..
            } => failure(failed),
            Outcome::Quarantined => 0,
        };
        let events = self.effects.events.iter().map(|event| event.payload.len());
        let writes = self.effects.writes.iter();
        let writes = writes.map(|write| write.value.as_ref().map_or(0, String::len));
        (outcome + events.sum::<usize>() + writes.sum::<usize>()) as u64
    }
}

/// An outcome until it is recorded, with what the following steps have in common with it.
#[derive(Clone, Debug)]
pub(super) struct Unrecorded {
    pub(super) finished: Finished,
    pub(super) task: Arc<TaskText>,
}
