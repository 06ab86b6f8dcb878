//! The metrics of a host, and their own address.

use super::HostError;
use std::net::SocketAddr;
use std::sync::Arc;
use tasker_api::bounds::Bounds;
use tasker_api::metrics::{Metrics, serve_metrics};
use tasker_engine::Engine;
use tasker_otlp::{Exports, RunningExports};
use tasker_sandbox::Sandbox;
use tasker_telemetry::Sampler;
use tasker_worker::WorkerStats;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Listens there, if anywhere. Returns the address, because port 0 takes a free port.
pub(super) async fn bind(
    listen: Option<SocketAddr>,
) -> Result<Option<(TcpListener, SocketAddr)>, HostError> {
    match listen {
        Some(listen) => super::bind(listen).await.map(Some),
        None => Ok(None),
    }
}

/// Of these parts; the API adds itself.
pub(super) fn of(
    engine: &Engine,
    sandbox: &Sandbox,
    stats: &Arc<WorkerStats>,
    exports: impl IntoIterator<Item = Arc<dyn Sampler>>,
) -> Metrics {
    let metrics = Metrics::new(engine.clone(), sandbox.clone());
    metrics.add(stats.clone());
    for counts in exports {
        metrics.add(counts);
    }
    metrics
}

/// Gives them to everyone who connects to the listener, if there is one. Returns where that is.
pub(super) fn serve(
    listener: Option<(TcpListener, SocketAddr)>,
    metrics: &Metrics,
    closing: &CancellationToken,
) -> Option<SocketAddr> {
    let (listener, address) = listener?;
    let (metrics, end) = (metrics.clone(), closing.clone());
    tokio::spawn(serve_metrics(listener, metrics, Bounds::default(), end));
    Some(address)
}

/// Begins to export, of metrics the same values.
pub(super) fn export(exports: Exports, engine: &Engine, metrics: &Metrics) -> RunningExports {
    let metrics = metrics.clone();
    exports.start(engine, move || {
        let metrics = metrics.clone();
        async move { metrics.samples().await }
    })
}
