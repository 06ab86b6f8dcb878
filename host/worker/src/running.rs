//! An attempt under way.

use super::finished::Finished;
use super::host_side::HostSide;
use super::watchdog::{OutageClock, Watchdog};
use super::{Worker, WorkerStats, attempt};
use std::sync::Arc;
use tasker_domain::digest::Digest;
use tasker_domain::invocation::Invocation;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// An attempt under way, and the ways to end it.
pub(super) struct Running {
    digest: Digest,
    cancelled: CancellationToken,
    quarantined: CancellationToken,
    task: AbortHandle,
    _watchdog: AbortOnDropHandle<()>,
    _counted: Counted,
}

/// Counts an attempt as under way.
struct Counted(Arc<WorkerStats>);

impl Counted {
    fn new(stats: &Arc<WorkerStats>) -> Self {
        stats.metrics().begin();
        Self(stats.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.metrics().end();
    }
}

impl Running {
    /// Starts the attempt on the threads of guests; its outcome is sent to `reports`.
    pub(super) fn start(
        worker: &Worker,
        invocation: Invocation,
        reports: UnboundedSender<Finished>,
    ) -> Self {
        let digest = invocation.step.digest;
        let (cancelled, quarantined) = (CancellationToken::new(), CancellationToken::new());
        let outage = OutageClock::start();
        let host = HostSide::here(worker.engine.for_guests(), outage.clone());
        let invocation = Arc::new(invocation);
        let stops = (cancelled.clone(), quarantined.clone());
        let services = attempt::services(worker, &host, &invocation, stops.0, stops.1);
        let watchdog = Watchdog {
            lease: invocation.lease,
            timeout: invocation.step.limits.deadline,
            grace: worker.config.deadline_grace,
            begun: services.begun.clone(),
            outage: outage.clone(),
            reports: reports.clone(),
        };
        let attempt = attempt::run(worker.clone(), host, invocation, services, outage, reports);
        let task = worker.sandbox.guest_threads().spawn(attempt);
        let task = task.abort_handle();
        // Not on the threads of guests, which the guest may be blocking.
        let watchdog = tokio::spawn(watchdog.watch(task.clone()));
        Self {
            digest,
            cancelled,
            quarantined,
            task,
            _watchdog: AbortOnDropHandle::new(watchdog),
            _counted: Counted::new(&worker.stats),
        }
    }

    /// What it runs.
    pub(super) fn digest(&self) -> &Digest {
        &self.digest
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
