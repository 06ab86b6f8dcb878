use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::ids::WorkerId;
use tasker_engine::Engine;
use tasker_engine::claim::Claimed;
use tasker_engine::low_marks::LowMarks;
use tasker_engine::report::{Completed, ReleasedStep};

/// Bytes that a claim of a test may bring.
const CLAIM_BYTES: u64 = 16 << 20;

/// Report and claim one after the other, as a worker does with free slots.
pub trait Advance {
    /// Records results and claims up to `claim` steps, those first that the results release.
    async fn advance(
        &self,
        worker: WorkerId,
        completed: &[Completed],
        claim: usize,
    ) -> Result<Vec<Claimed>, DatabaseError>;
}

impl Advance for Engine {
    async fn advance(
        &self,
        worker: WorkerId,
        completed: &[Completed],
        claim: usize,
    ) -> Result<Vec<Claimed>, DatabaseError> {
        let released = match completed {
            [] => Vec::new(),
            completed => self.complete_steps(worker, completed, claim).await?.steps,
        };
        let left = claim - released.len();
        let mut claimed: Vec<Claimed> = released.into_iter().map(of_released).collect();
        claimed.extend(
            self.claim_ready(worker, left, CLAIM_BYTES, (0, 0), &LowMarks::default())
                .await?
                .steps,
        );
        Ok(claimed)
    }
}

/// What the reporter of its parents has already is left empty.
fn of_released(released: ReleasedStep) -> Claimed {
    Claimed {
        lease: released.lease,
        lock_id: released.lock_id,
        namespace_id: 0,
        correlation_id: String::new(),
        traceparent: None,
        input: String::new(),
        checkpoint: None,
        revision: released.revision,
        waited: Duration::ZERO,
    }
}
