//! A subscription that this host has, and the task that delivers to it.

use super::Shared;
use super::delivery::Delivery;
use super::lease::Lease;
use std::sync::Arc;
use std::time::Duration;
use tasker_engine::subscription::DeliveryRow;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Dropped, it is cut off.
pub(crate) struct Owned {
    pub(crate) revision: i32,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Owned {
    pub(crate) fn begin(
        shared: Arc<Shared>,
        lease: Arc<Lease>,
        row: DeliveryRow,
        idle_interval: Duration,
    ) -> Self {
        let (revision, stop) = (row.revision, CancellationToken::new());
        let delivery = Delivery::new(shared, lease, row, idle_interval, stop.clone());
        Self {
            revision,
            stop,
            task: tokio::spawn(delivery.run()),
        }
    }

    /// Ends it after the request that is under way.
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.task.is_finished()
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&mut self) {
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "a delivery ended by itself");
        }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        self.task.abort();
    }
}
