//! An attempt under way.

use super::host_side::HostSide;
use super::round::Finished;
use super::{Worker, attempt};
use crate::domain::digest::Digest;
use crate::domain::invocation::Invocation;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

/// An attempt under way, and the ways to end it.
pub(super) struct Running {
    since: Instant,
    digest: Digest,
    cancelled: CancellationToken,
    quarantined: CancellationToken,
    task: AbortHandle,
}

impl Running {
    /// Starts the attempt on the guests' threads; what came of it is sent to `reports`.
    pub(super) fn start(
        worker: &Worker,
        invocation: Invocation,
        reports: UnboundedSender<Finished>,
    ) -> Self {
        let digest = invocation.step.digest;
        let (cancelled, quarantined) = (CancellationToken::new(), CancellationToken::new());
        let (host, invocation) = (HostSide::here(worker.store.clone()), Arc::new(invocation));
        let surroundings =
            attempt::surroundings(&host, &invocation, cancelled.clone(), quarantined.clone());
        let attempt = attempt::run(worker.clone(), host, invocation, surroundings, reports);
        let task = worker.sandbox.guest_threads().spawn(attempt);
        Self {
            since: Instant::now(),
            digest,
            cancelled,
            quarantined,
            task: task.abort_handle(),
        }
    }

    /// What it runs.
    pub(super) fn digest(&self) -> &Digest {
        &self.digest
    }

    pub(super) fn is_older_than(&self, age: Duration) -> bool {
        self.since.elapsed() >= age
    }

    /// Has the guest end soon and report that its code is quarantined.
    pub(super) fn quarantine(&self) {
        self.quarantined.cancel();
    }

    /// Ends it now; nothing is reported.
    pub(super) fn end(self) {
        self.cancelled.cancel();
        self.task.abort();
    }
}
