//! Parts of a host that run beside its API and its worker.

use std::path::{Path, PathBuf};
use tasker_api::AppState;
use tasker_api::tls::Certificates;
use tasker_database::Database;
use tasker_database::notifications::Notifications;
use tasker_egress::InnerAddresses;
use tasker_engine::Engine;
use tasker_events::Feed;
use tasker_otlp::Exports;
use tasker_registry::Registry;
use tasker_registry::maintenance::Maintenance;
use tasker_sandbox::{Compiler, Sandbox, SandboxConfig, SandboxError};
use tasker_subscribers::{Components, Subscribers, SubscribersConfig};
use tasker_worker::WorkerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Where attempts run, as many at the same time as the worker has slots.
pub(super) fn open_sandbox(
    data_dir: &Path,
    compiler: Compiler,
    worker: Option<&WorkerConfig>,
) -> Result<Sandbox, SandboxError> {
    Sandbox::new(SandboxConfig {
        cache_dir: data_dir.join("cache"),
        max_concurrent: worker.map_or(1, |worker| worker.slots),
        compiler,
    })
}

/// Begins what keeps up with the database: hints, which it returns, the share of its connections, its read replica.
pub(super) fn follow_database(database: &Database, closing: &CancellationToken) -> Notifications {
    let notifications = Notifications::default();
    let hints = notifications.clone();
    tokio::spawn(hints.listen(database.clone(), closing.clone()));
    tokio::spawn(database.clone().share_connections(closing.clone()));
    tokio::spawn(database.clone().watch_replica(closing.clone()));
    notifications
}

/// What subscribers run on, held to the same limits as steps; a host without a worker runs none.
pub(super) fn components_for(
    worker: Option<&WorkerConfig>,
    registry: &Registry,
    sandbox: &Sandbox,
) -> Option<Components> {
    let worker = worker?;
    Some(Components {
        registry: registry.clone(),
        sandbox: sandbox.clone(),
        limits: worker.limits.clone(),
        log_handlers: worker.log_handlers,
    })
}

/// Begins what publishes a watched folder, if there is one, and what keeps the registry in bounds.
pub(super) fn keep_registry(
    registry: Registry,
    (watch, maintenance): (Option<PathBuf>, Maintenance),
    notifications: &Notifications,
    draining: &CancellationToken,
) {
    if let Some(dir) = watch {
        tokio::spawn(registry.clone().watch(dir, draining.clone()));
    }
    let hints = notifications.clone();
    tokio::spawn(registry.maintain(maintenance, hints, draining.clone()));
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
    components: Option<Components>,
    config: SubscribersConfig,
    exports: &Exports,
    draining: &CancellationToken,
) -> Deliveries {
    let feed = Feed::new(engine.clone(), exports.tracer(), draining.clone());
    let webhook_addresses = config.addresses();
    let subscribers = Subscribers::new(engine.clone(), feed.clone(), components, config);
    Deliveries {
        feed,
        webhook_addresses,
        task: tokio::spawn(subscribers.run(draining.clone())),
    }
}

/// Answers requests until `closing`.
pub(super) async fn serve(
    listener: TcpListener,
    certificates: Option<Certificates>,
    state: AppState,
    closing: CancellationToken,
) -> std::io::Result<()> {
    match certificates {
        Some(certificates) => tasker_api::serve_tls(listener, certificates, state, closing).await,
        None => {
            tasker_api::serve(listener, state, closing).await;
            Ok(())
        }
    }
}
