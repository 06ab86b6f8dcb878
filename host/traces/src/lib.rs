//! Exports traces over OTLP.
//!
//! The spans of tasks, steps and attempts are read from the log, with the times that it has, by one host at a time; how far
//! it is, is stored. So nothing is added to what runs tasks, a host that dies takes no span with it, and what is exported
//! again has the same ids. Spans of what happens within an attempt come from the host that runs it.

mod collector;
mod ended;
mod log_reader;
mod settings;

pub use settings::SettingsError;

use collector::Collector;
use log_reader::{LogReader, Pass};
use settings::Settings;
use std::pin::pin;
use std::time::Duration;
use tasker_database::backoff::Backoff;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tasker_telemetry::{Span, SpanQueue, Tracer};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// How long the last exports may take once the host ends.
const LAST_EXPORTS: Duration = Duration::from_secs(3);
/// How long nothing is sent after a failure; longer with each.
const RETRY_DELAY: Duration = Duration::from_secs(1);
const MAX_RETRY_DELAY: Duration = Duration::from_secs(30);

/// Why traces cannot be exported as the environment says.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("the file of OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read")]
    Certificate(#[source] std::io::Error),
    #[error("the client of the collector of traces cannot be set up")]
    Client(#[source] reqwest::Error),
    #[error("the exporter of traces cannot be set up")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
}

/// Exports the traces of a host.
pub struct Traces {
    collector: Collector,
    settings: Settings,
    tracer: Tracer,
    state: State,
}

/// How the last call to the collector went.
struct State {
    is_failing: bool,
    backoff: Backoff,
    /// Until then nothing is sent.
    rests_until: Option<Instant>,
}

impl Traces {
    /// As the variables of OpenTelemetry say; none if these name no endpoint. To be called within a runtime.
    pub fn from_env() -> Result<Option<Self>, TracesError> {
        let Some(settings) = Settings::from_env()? else {
            return Ok(None);
        };
        let queue = SpanQueue::new(settings.queue, settings.batch);
        Ok(Some(Self {
            collector: Collector::new(&settings)?,
            tracer: Tracer::new(settings.sampler, queue),
            settings,
            state: State {
                is_failing: false,
                backoff: Backoff::new(RETRY_DELAY, MAX_RETRY_DELAY),
                rests_until: None,
            },
        }))
    }

    /// Where the parts of the host put their spans.
    pub fn tracer(&self) -> Tracer {
        self.tracer.clone()
    }

    /// Exports until `stop`, then once more within a bound, and leaves the log to other hosts.
    pub async fn run(mut self, engine: Engine, stop: CancellationToken) {
        let mut reader = LogReader::new(engine, &self.settings);
        let tracer = self.tracer.clone();
        let Some(queue) = tracer.queue() else { return };
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.settings.delay) => {}
                () = queue.due() => {}
            }
            let mut pass = pin!(self.export(&mut reader, queue));
            tokio::select! {
                () = &mut pass => {}
                () = stop.cancelled() => {
                    timeout(LAST_EXPORTS, pass).await.ok();
                    break;
                }
            }
        }
        let last = self.export(&mut reader, queue);
        if timeout(LAST_EXPORTS, last).await.is_err() {
            tracing::warn!("the last spans of this host were not exported in time");
        }
        reader.leave().await;
    }

    async fn export(&mut self, reader: &mut LogReader, queue: &SpanQueue) {
        self.export_own(queue).await;
        self.export_log(reader, queue).await;
    }

    /// Sends the spans that this host measured. Those that cannot be sent are dropped.
    async fn export_own(&mut self, queue: &SpanQueue) {
        if self.rests() {
            return;
        }
        let mut spans = queue.take();
        while !spans.is_empty() {
            let rest = spans.split_off(spans.len().min(self.settings.batch));
            let count = spans.len();
            if self.rests() || !self.send(spans, queue).await {
                queue.count_dropped(count);
            }
            spans = rest;
        }
    }

    /// Sends the spans of what ended since the last time, if this host is the one that does.
    async fn export_log(&mut self, reader: &mut LogReader, queue: &SpanQueue) {
        while !self.rests() {
            let mut spans = match reader.next().await {
                Ok(Pass::Spans(spans)) => spans,
                Ok(Pass::End) => return,
                Err(error) => {
                    tracing::debug!(error = %ErrorChain(&error), "the log cannot be read for traces; retrying");
                    return;
                }
            };
            let mut is_sent = true;
            while !spans.is_empty() && is_sent {
                let rest = spans.split_off(spans.len().min(self.settings.batch));
                is_sent = self.send(spans, queue).await;
                spans = rest;
            }
            match is_sent {
                true => reader.advance(),
                false => reader.retry(queue),
            }
        }
    }

    fn rests(&self) -> bool {
        let until = self.state.rests_until;
        until.is_some_and(|until| Instant::now() < until)
    }

    /// Sends one batch; says once that it fails, and once that it works again.
    async fn send(&mut self, spans: Vec<Span>, queue: &SpanQueue) -> bool {
        let count = spans.len();
        match self.collector.send(spans).await {
            Ok(()) => {
                queue.count_exported(count);
                if std::mem::take(&mut self.state.is_failing) {
                    tracing::info!("the collector of traces takes spans again");
                }
                self.state.backoff.reset();
                self.state.rests_until = None;
                true
            }
            Err(error) => {
                queue.count_failure();
                if !std::mem::replace(&mut self.state.is_failing, true) {
                    tracing::warn!(
                        error,
                        "the collector of traces takes no spans; retrying, and counting what is dropped"
                    );
                }
                self.state.rests_until = Some(Instant::now() + self.state.backoff.delay());
                false
            }
        }
    }
}
