//! Exports traces.
//!
//! The spans of tasks, steps and attempts are read from the log, with the times that it has, by one host at a time; how far
//! it is, is stored. So nothing is added to what runs tasks, a host that dies takes no span with it, and what is exported
//! again has the same ids. Spans of what happens within an attempt come from the host that runs it.

use super::delivery::{Delivered, Delivery};
use super::error::OtlpError;
use super::log_reader::{LogReader, Pass};
use super::settings::{Batching, TraceSettings};
use super::spans;
use opentelemetry_proto::tonic::resource::v1::Resource;
use std::pin::pin;
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tasker_telemetry::{ExportHealth, Span, SpanQueue, TraceSampler, Tracer};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long the last exports may take once the host ends.
const LAST_EXPORTS: Duration = Duration::from_secs(3);

/// Exports the traces of a host.
pub(crate) struct TraceExport {
    delivery: Delivery,
    batching: Batching,
    sampler: TraceSampler,
    tracer: Tracer,
    resource: Resource,
}

impl TraceExport {
    pub(crate) fn new(
        settings: TraceSettings,
        resource: Resource,
        health: &ExportHealth,
    ) -> Result<Self, OtlpError> {
        let TraceSettings {
            endpoint,
            batching,
            sampler,
        } = settings;
        let queue = SpanQueue::new(batching.queue, batching.batch);
        Ok(Self {
            delivery: Delivery::new(&endpoint, batching.timeout, health)?,
            batching,
            sampler,
            tracer: Tracer::new(sampler, queue),
            resource,
        })
    }

    /// Where the parts of the host put their spans.
    pub(crate) fn tracer(&self) -> Tracer {
        self.tracer.clone()
    }

    /// Exports until `stop`, then once more within a bound, and leaves the log to other hosts.
    pub(crate) async fn run(mut self, engine: Engine, stop: CancellationToken) {
        let mut reader = LogReader::new(engine, self.sampler, self.batching.delay);
        let tracer = self.tracer.clone();
        let Some(queue) = tracer.queue() else { return };
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.batching.delay) => {}
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
            let rest = spans.split_off(spans.len().min(self.batching.batch));
            let count = spans.len();
            if self.rests() || !self.send(spans, queue).await {
                queue.counts().count_dropped(count);
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
                let rest = spans.split_off(spans.len().min(self.batching.batch));
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
        self.delivery.rest().is_some()
    }

    async fn send(&mut self, spans: Vec<Span>, queue: &SpanQueue) -> bool {
        let count = spans.len();
        let request = spans::request(&self.resource, spans);
        let delivered = self.delivery.send(&request, count, queue.counts()).await;
        delivered == Delivered::Taken
    }
}
