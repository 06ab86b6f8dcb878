//! Parts of a host that run beside its API and its worker.

use std::path::Path;
use tasker_archive::Archive;
use tasker_domain::error_chain::ErrorChain;
use tasker_egress::InnerAddresses;
use tasker_engine::Engine;
use tasker_events::Feed;
use tasker_sandbox::{Compiler, Sandbox, SandboxConfig, SandboxError};
use tasker_subscribers::{Subscribers, SubscribersConfig};
use tasker_tasks::retention::Retention;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Where attempts run, so many at the same time.
pub(super) fn open_sandbox(
    data_dir: &Path,
    compiler: Compiler,
    max_concurrent: usize,
) -> Result<Sandbox, SandboxError> {
    Sandbox::new(SandboxConfig {
        cache_dir: data_dir.join("cache"),
        max_concurrent,
        compiler,
    })
}

/// The deliveries of a host.
pub(super) struct Deliveries {
    /// Which the API follows too.
    pub feed: Feed,
    pub webhook_addresses: InnerAddresses,
    pub task: JoinHandle<()>,
}

/// Begins to deliver events to subscriptions.
pub(super) fn deliver(
    engine: &Engine,
    config: SubscribersConfig,
    draining: &CancellationToken,
) -> Deliveries {
    let feed = Feed::new(engine.clone(), draining.clone());
    let webhook_addresses = config.addresses();
    let subscribers = Subscribers::new(engine.clone(), feed.clone(), config);
    Deliveries {
        feed,
        webhook_addresses,
        task: tokio::spawn(subscribers.run(draining.clone())),
    }
}

/// Begins what is done now and then: the uses of versions, partitions of the log, deleting finished tasks.
pub(super) fn keep_in_bounds(
    engine: &Engine,
    archive: Option<Archive>,
    draining: &CancellationToken,
) {
    tokio::spawn(engine.clone().keep_uses(draining.clone()));
    let database = engine.database().clone();
    tokio::spawn(database.keep_partitions(archive.is_some(), draining.clone()));
    if let Some(archive) = archive.clone() {
        tokio::spawn(warn_without(archive));
    }
    tokio::spawn(Retention::new(engine.clone(), archive).run(draining.clone()));
}

/// A store that is away for a while does not keep a host from starting: nothing is deleted until it is back.
async fn warn_without(archive: Archive) {
    if let Err(error) = archive.check().await {
        tracing::warn!(error = %ErrorChain(&error), "finished tasks are not deleted until they can be archived");
    }
}
