//! Hints from the database that it is worth looking: never the thing itself.
//!
//! A hint can be lost (a connection ends, a pooler swallows it), so whoever waits for one also looks
//! by itself from time to time.

use super::{Store, StoreError};
use crate::domain::chain::Chain;
use crate::domain::ids::TaskId;
use sqlx::postgres::PgListener;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;

/// Ended tasks that a slow receiver may fall behind before it misses some.
const ENDED_CAPACITY: usize = 1024;

/// How long to wait before listening again after the connection failed.
const RELISTEN_DELAY: Duration = Duration::from_secs(1);

/// Where hints arrive; cheap to clone.
#[derive(Clone, Debug)]
pub struct Wake {
    ready: Arc<Notify>,
    ended: broadcast::Sender<TaskId>,
    /// Moves with each hint.
    registry: watch::Sender<u64>,
}

impl Default for Wake {
    fn default() -> Self {
        Self {
            ready: Arc::default(),
            ended: broadcast::Sender::new(ENDED_CAPACITY),
            registry: watch::Sender::new(0),
        }
    }
}

impl Wake {
    /// Returns once some step may have become ready since the last call.
    pub async fn ready(&self) {
        self.ready.notified().await;
    }

    /// Watched tasks that ended, from now on. Subscribe first, then look.
    pub fn ended(&self) -> broadcast::Receiver<TaskId> {
        self.ended.subscribe()
    }

    /// Changes when the registry may have changed: a publish, a pin, a grant, a quarantine.
    pub fn registry(&self) -> watch::Receiver<u64> {
        self.registry.subscribe()
    }

    /// Passes hints on from the database until `stop`, through lost connections. Uses one connection
    /// of its own.
    pub async fn listen(self, store: Store, stop: CancellationToken) {
        let listening = async {
            loop {
                if let Err(error) = self.pass_on(&store).await {
                    tracing::debug!(error = %Chain(&error), "cannot listen for notifications; polling goes on");
                }
                tokio::time::sleep(RELISTEN_DELAY).await;
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = listening => {}
        }
    }

    async fn pass_on(&self, store: &Store) -> Result<(), StoreError> {
        let mut listener = PgListener::connect_with(&store.pool).await?;
        listener
            .listen_all(["tasker_ready", "tasker_ended", "tasker_registry"])
            .await?;
        // Whatever happened while nobody listened.
        self.ready.notify_one();
        self.registry.send_modify(|hints| *hints += 1);
        while let Some(hint) = listener.try_recv().await? {
            match (hint.channel(), hint.payload().parse()) {
                ("tasker_ended", Ok(task)) => drop(self.ended.send(task)),
                ("tasker_registry", _) => self.registry.send_modify(|hints| *hints += 1),
                _ => self.ready.notify_one(),
            }
        }
        Ok(())
    }
}
