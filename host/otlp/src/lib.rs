//! Exports traces, metrics and logs over OTLP.
//!
//! Each signal becomes messages in its own way: spans from the log of the database and from a queue of this host, values
//! from what is sampled for Prometheus too, lines from a queue that the log of the process fills. All are delivered in one
//! way, which knows both protocols, repeats, rests while a collector fails, and counts.

mod data_points;
mod delivery;
mod ended;
mod endpoint;
mod environment;
mod error;
mod grpc;
mod http;
mod log_layer;
mod log_line;
mod log_lines;
mod log_reader;
mod log_records;
mod logs;
mod message;
mod metrics;
mod request;
mod sender;
mod settings;
mod signal;
mod spans;
mod traces;

pub use environment::SettingsError;
pub use error::OtlpError;
pub use log_layer::LogLayer;
pub use log_lines::LogLines;

use logs::LogExport;
use metrics::{MetricCounts, MetricExport};
use settings::Settings;
use std::sync::Arc;
use tasker_engine::Engine;
use tasker_telemetry::{ExportHealth, Sampler, Samples, Tracer};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use traces::TraceExport;

/// What a host exports, before it does. The default one exports nothing.
#[derive(Default)]
pub struct Exports {
    traces: Option<TraceExport>,
    metrics: Option<MetricExport>,
    logs: Option<LogExport>,
    lines: LogLines,
    health: ExportHealth,
}

/// What a host exports, while it does.
pub struct RunningExports {
    traces: Option<JoinHandle<()>>,
    metrics: Option<JoinHandle<()>>,
    logs: Option<JoinHandle<()>>,
    /// Ends the export of traces and metrics.
    stop: CancellationToken,
    /// Ends that of logs, after all else.
    stop_logs: CancellationToken,
}

impl Exports {
    /// As the variables of OpenTelemetry say; nothing where these name no endpoint, or without `lines` of the log. To be
    /// called within a runtime.
    pub fn from_env(lines: Option<&LogLines>) -> Result<Self, OtlpError> {
        let Some(lines) = lines else {
            return Ok(Self::default());
        };
        let settings = Settings::from_env()?;
        let (resource, health) = (message::resource(), ExportHealth::default());
        let traces = settings.traces;
        let traces = traces.map(|traces| TraceExport::new(traces, resource.clone(), &health));
        let metrics = settings.metrics;
        let metrics = metrics.map(|metrics| MetricExport::new(&metrics, resource.clone(), &health));
        let logs = settings.logs.zip(lines.queue());
        let logs =
            logs.map(|(logs, queue)| LogExport::new(&logs, queue.clone(), resource, &health));
        Ok(Self {
            traces: traces.transpose()?,
            metrics: metrics.transpose()?,
            logs: logs.transpose()?,
            lines: lines.clone(),
            health,
        })
    }

    /// Where the parts of the host put their spans.
    pub fn tracer(&self) -> Tracer {
        let traces = self.traces.as_ref();
        traces.map(TraceExport::tracer).unwrap_or_default()
    }

    /// Whether collectors take what is exported.
    pub fn health(&self) -> ExportHealth {
        self.health.clone()
    }

    /// What became of what was to be exported.
    pub fn samplers(&self) -> [Arc<dyn Sampler>; 3] {
        let metrics = self.metrics.as_ref().map(MetricExport::counts);
        [
            Arc::new(self.tracer()),
            Arc::<MetricCounts>::new(metrics.unwrap_or_default()),
            Arc::new(self.lines.clone()),
        ]
    }

    /// Begins to export, metrics as `sample` gives them.
    pub fn start<S, F>(self, engine: &Engine, sample: S) -> RunningExports
    where
        S: Fn() -> F + Send + Sync + 'static,
        F: Future<Output = Samples> + Send + 'static,
    {
        let (stop, stop_logs) = (CancellationToken::new(), CancellationToken::new());
        let traces = self.traces.map(|it| it.run(engine.clone(), stop.clone()));
        let metrics = self.metrics.map(|it| it.run(sample, stop.clone()));
        let logs = self.logs.map(|it| it.run(stop_logs.clone()));
        RunningExports {
            traces: traces.map(tokio::spawn),
            metrics: metrics.map(tokio::spawn),
            logs: logs.map(tokio::spawn),
            stop,
            stop_logs,
        }
    }
}

impl RunningExports {
    /// Exports the last spans and values, while the host still has its database.
    pub async fn stop_traces_and_metrics(&mut self) {
        self.stop.cancel();
        let (traces, metrics) = (self.traces.take(), self.metrics.take());
        tokio::join!(ended("traces", traces), ended("metrics", metrics));
    }

    /// Exports the last lines, once everything else has ended.
    pub async fn stop_logs(self) {
        self.stop_logs.cancel();
        ended("logs", self.logs).await;
    }
}

async fn ended(signal: &'static str, task: Option<JoinHandle<()>>) {
    let Some(task) = task else { return };
    if let Err(error) = task.await {
        tracing::error!(%error, "the export of {signal} ended by itself");
    }
}
