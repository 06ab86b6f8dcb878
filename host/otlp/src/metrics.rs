//! Exports the values of the host's metrics.

use super::data_points;
use super::delivery::{Delivered, Delivery};
use super::error::OtlpError;
use super::settings::MetricSettings;
use opentelemetry_proto::tonic::resource::v1::Resource;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tasker_telemetry::catalog::{METRIC_EXPORT_FAILURES, METRIC_POINTS};
use tasker_telemetry::{ExportCounts, ExportHealth, Sampler, Samples, process_start};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long the last export may take once the host ends.
const LAST_EXPORT: Duration = Duration::from_secs(3);

/// Exports the metrics of a host.
pub(crate) struct MetricExport {
    delivery: Delivery,
    interval: Duration,
    resource: Resource,
    /// Since when the host counts.
    start: SystemTime,
    counts: Arc<ExportCounts>,
}

/// What became of values; the default one is of none.
#[derive(Clone, Debug, Default)]
pub(crate) struct MetricCounts(pub(crate) Option<Arc<ExportCounts>>);

impl Sampler for MetricCounts {
    fn sample(&self, samples: &mut Samples) {
        let counts = self.0.as_deref();
        ExportCounts::sample(counts, samples, &METRIC_POINTS, &METRIC_EXPORT_FAILURES);
    }
}

impl MetricExport {
    pub(crate) fn new(
        settings: &MetricSettings,
        resource: Resource,
        health: &ExportHealth,
    ) -> Result<Self, OtlpError> {
        let now = SystemTime::now();
        Ok(Self {
            delivery: Delivery::new(&settings.endpoint, settings.timeout, health)?,
            interval: settings.interval,
            resource,
            start: process_start().map_or(now, |start| start.min(now)),
            counts: Arc::default(),
        })
    }

    pub(crate) fn counts(&self) -> MetricCounts {
        MetricCounts(Some(self.counts.clone()))
    }

    /// Exports what `sample` gives until `stop`, then once more within a bound.
    pub(crate) async fn run<S, F>(mut self, sample: S, stop: CancellationToken)
    where
        S: Fn() -> F,
        F: Future<Output = Samples>,
    {
        loop {
            // Values are of all that was counted, so that those of an export that failed need not wait for the next.
            let wait = self.delivery.rest().unwrap_or(self.interval);
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(wait.min(self.interval)) => {}
            }
            if self.delivery.rest().is_some() {
                continue;
            }
            let mut pass = pin!(self.export(&sample));
            tokio::select! {
                _ = &mut pass => {}
                () = stop.cancelled() => {
                    timeout(LAST_EXPORT, pass).await.ok();
                    break;
                }
            }
        }
        let last = timeout(LAST_EXPORT, self.export(&sample)).await;
        if last != Ok(Delivered::Taken) {
            tracing::warn!("the last values of the metrics were not exported");
        }
    }

    /// Values that are not taken are dropped.
    async fn export<F: Future<Output = Samples>>(&mut self, sample: &impl Fn() -> F) -> Delivered {
        let samples = sample().await;
        let now = SystemTime::now();
        let (request, points) = data_points::request(&self.resource, &samples, self.start, now);
        let delivered = self.delivery.send(&request, points, &self.counts).await;
        if delivered != Delivered::Taken {
            self.counts.count_dropped(points);
        }
        delivered
    }
}
