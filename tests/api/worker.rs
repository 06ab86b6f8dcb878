//! A worker by hand: claims and reports over the engine, so that a test decides when a step ends.

use crate::harness::Advance;
use tasker_domain::ids::WorkerId;
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::{Failure, FailureKind, Retry};
use tasker_engine::Engine;
use tasker_engine::claim::Claimed;
use tasker_engine::lease::WorkerFacts;
use tasker_engine::report::{Completed, FailedAttempt};

pub struct Worker<'s> {
    engine: &'s Engine,
    id: WorkerId,
}

impl<'s> Worker<'s> {
    pub async fn register(engine: &'s Engine) -> Self {
        let id = engine
            .register_worker("by-hand", std::process::id(), WorkerFacts::default())
            .await
            .unwrap();
        Self { engine, id }
    }

    pub fn id(&self) -> i32 {
        self.id.0
    }

    /// Claims all that is ready.
    pub async fn claim(&self) -> Vec<Lease> {
        let claimed = self.engine.advance(self.id, &[], 1_000).await.unwrap();
        claimed.into_iter().map(|claimed| claimed.lease).collect()
    }

    /// The same with all that its attempts would be given.
    pub async fn claim_whole(&self) -> Vec<Claimed> {
        self.engine.advance(self.id, &[], 1_000).await.unwrap()
    }

    /// Completes these with one result; what that releases stays ready.
    pub async fn complete(&self, leases: &[Lease], result: &str) {
        let completed = |lease: &Lease| Completed {
            lease: *lease,
            result: result.to_owned(),
            usage: None,
            events: Vec::new(),
        };
        let completed: Vec<Completed> = leases.iter().map(completed).collect();
        self.engine.advance(self.id, &completed, 0).await.unwrap();
    }

    /// Gives back all that it holds, as a host does that lost its way to the database.
    pub async fn give_back(&self) {
        let release = self.engine.release_steps(self.id, &[], "in doubt");
        release.await.unwrap();
    }

    pub async fn fail(&self, lease: Lease, code: &str, retry: Retry) {
        let failure = Failure {
            kind: FailureKind::Failed,
            code: code.to_owned(),
            message: "no".to_owned(),
            details: None,
            retry,
            backtrace: Vec::new(),
        };
        self.engine
            .fail_steps(
                self.id,
                &[FailedAttempt {
                    lease,
                    failure,
                    usage: None,
                }],
            )
            .await
            .unwrap();
    }
}
