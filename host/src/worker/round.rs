//! One round with the database: report what ended, claim what is next.

use super::Worker;
use super::plan::PlanCache;
use crate::domain::effects::Effects;
use crate::domain::ids::WorkerId;
use crate::domain::invocation::{Invocation, Lease};
use crate::domain::outcome::{Failure, FailureKind, Outcome, Retry};
use crate::store::StoreError;
use crate::store::engine::{Completed, Failed, GivenBack, VersionUsage};
use crate::store::kv::CompletedWithKv;
use std::sync::Arc;
use std::time::Duration;

/// An attempt that ended, not yet reported.
#[derive(Clone, Debug)]
pub(super) struct Finished {
    pub(super) lease: Lease,
    pub(super) outcome: Outcome,
    /// None where nothing ran.
    pub(super) usage: Option<VersionUsage>,
    /// Recorded with a result or checkpoint, or not at all.
    pub(super) effects: Effects,
}

/// What a round brought.
pub(super) struct Round {
    pub(super) claimed: Vec<Invocation>,
    /// When the first of the failed attempts is due again.
    pub(super) retry_in: Option<Duration>,
}

/// A batch by kind of outcome.
#[derive(Default)]
struct Sorted {
    completed: Vec<Completed>,
    checkpointed: Vec<Completed>,
    failed: Vec<Failed>,
    quarantined: Vec<Lease>,
    given_back: Vec<GivenBack>,
    with_kv: Vec<CompletedWithKv>,
}

/// Reports `batch` and claims up to `claim` steps. Repeatable as a whole: what was recorded before an
/// error is void the second time.
pub(super) async fn round(
    worker: &Worker,
    id: WorkerId,
    plans: &Arc<PlanCache>,
    batch: &[Finished],
    claim: usize,
) -> Result<Round, StoreError> {
    let sorted = sorted(batch);
    let mut retry_in = None;
    if !sorted.failed.is_empty() {
        worker.stats.count_call();
        retry_in = worker.store.fail_steps(id, &sorted.failed).await?;
    }
    if !sorted.checkpointed.is_empty() {
        worker.stats.count_call();
        worker
            .store
            .checkpoint_steps(id, &sorted.checkpointed)
            .await?;
    }
    if !sorted.quarantined.is_empty() {
        worker.stats.count_call();
        worker.store.park_steps(id, &sorted.quarantined).await?;
    }
    if !sorted.given_back.is_empty() {
        worker.stats.count_call();
        worker.store.give_back_steps(id, &sorted.given_back).await?;
        let due = sorted.given_back.iter().map(|given_back| given_back.delay);
        retry_in = due.chain(retry_in).min();
    }
    for ended in &sorted.with_kv {
        worker.stats.count_call();
        let due = worker.store.complete_with_kv(id, ended).await?;
        retry_in = [retry_in, due].into_iter().flatten().min();
    }
    worker.stats.count_call();
    let claimed = worker.store.advance(id, &sorted.completed, claim).await?;
    let claimed = plans
        .invocations(&worker.store.for_guests(), claimed)
        .await?;
    Ok(Round { claimed, retry_in })
}

fn sorted(batch: &[Finished]) -> Sorted {
    let mut sorted = Sorted::default();
    for Finished {
        lease,
        outcome,
        usage,
        effects,
    } in batch
    {
        let (lease, usage) = (*lease, *usage);
        let ended = |result| Completed {
            lease,
            result,
            usage,
            events: effects.events.clone(),
        };
        let with_kv = |result, is_checkpoint| CompletedWithKv {
            completed: ended(result),
            is_checkpoint,
            writes: effects.writes.clone(),
        };
        match (outcome.clone(), effects.writes.is_empty()) {
            (Outcome::Completed(result), true) => sorted.completed.push(ended(result)),
            (Outcome::Completed(result), false) => sorted.with_kv.push(with_kv(result, false)),
            (Outcome::Checkpointed(result), true) => sorted.checkpointed.push(ended(result)),
            (Outcome::Checkpointed(result), false) => sorted.with_kv.push(with_kv(result, true)),
            (Outcome::Failed(failure), _) => sorted.failed.push(Failed {
                lease,
                failure,
                usage,
            }),
            (Outcome::Quarantined, _) => sorted.quarantined.push(lease),
            (Outcome::GivenBack { failure, delay }, _) => sorted.given_back.push(GivenBack {
                lease,
                delay,
                failure,
            }),
        }
    }
    sorted
}

/// What is reported instead of an attempt that must not begin.
pub(super) fn quarantined(lease: Lease) -> Finished {
    Finished {
        lease,
        outcome: Outcome::Quarantined,
        usage: None,
        effects: Effects::default(),
    }
}

const RESULT_REFUSED: &str = "result_refused";

/// True for what [`refused`] made.
pub(super) fn is_refusal(finished: &Finished) -> bool {
    matches!(&finished.outcome, Outcome::Failed(failure) if failure.code == RESULT_REFUSED)
}

/// What is reported instead of an outcome that the database refuses to record.
pub(super) fn refused(lease: Lease, error: &StoreError) -> Finished {
    let failure = Failure {
        kind: FailureKind::Host,
        code: RESULT_REFUSED.to_owned(),
        message: format!("the database does not take what the handler returned: {error}"),
        details: None,
        retry: Retry::Never,
        backtrace: Vec::new(),
    };
    Finished {
        lease,
        outcome: Outcome::Failed(failure),
        usage: None,
        effects: Effects::default(),
    }
}
