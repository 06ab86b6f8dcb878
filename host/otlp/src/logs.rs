//! Exports the lines of the host's log, from the queue in which they wait.

use super::delivery::{Delivered, Delivery};
use super::error::OtlpError;
use super::log_line::{LogLine, LogQueue};
use super::log_records;
use super::settings::LogSettings;
use opentelemetry_proto::tonic::resource::v1::Resource;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tasker_telemetry::ExportHealth;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How long the last exports may take once the host ends.
const LAST_EXPORTS: Duration = Duration::from_secs(3);
/// After so many failures lines that cannot be exported are dropped: they may be why it fails.
const MAX_TRIES: u32 = 10;
/// The most bytes of one message, about: collectors take 4 MiB by gRPC.
const MAX_BATCH_BYTES: usize = 1 << 20;

/// Exports the log of a host.
pub(crate) struct LogExport {
    delivery: Delivery,
    queue: Arc<LogQueue>,
    resource: Resource,
    delay: Duration,
    /// Lines of one message at most.
    batch: usize,
    /// Taken from the queue and not exported.
    pending: Vec<LogLine>,
    /// How often the first of these could not be exported.
    failures: u32,
}

impl LogExport {
    pub(crate) fn new(
        settings: &LogSettings,
        queue: Arc<LogQueue>,
        resource: Resource,
        health: &ExportHealth,
    ) -> Result<Self, OtlpError> {
        let batching = &settings.batching;
        Ok(Self {
            delivery: Delivery::new(&settings.endpoint, batching.timeout, health)?,
            queue,
            resource,
            delay: batching.delay,
            batch: batching.batch,
            pending: Vec::new(),
            failures: 0,
        })
    }

    /// Exports until `stop`, then what is left, within a bound.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let queue = self.queue.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(self.delay) => {}
                () = queue.due() => {}
            }
            if self.delivery.rest().is_some() {
                continue;
            }
            let mut pass = pin!(self.export());
            tokio::select! {
                () = &mut pass => {}
                () = stop.cancelled() => {
                    timeout(LAST_EXPORTS, pass).await.ok();
                    break;
                }
            }
        }
        let last = timeout(LAST_EXPORTS, self.export()).await;
        if last.is_err() || !self.pending.is_empty() {
            tracing::warn!("the last lines of this log were not exported");
        }
    }

    /// Sends what waits, until there is no more or a call fails.
    async fn export(&mut self) {
        loop {
            if self.pending.is_empty() {
                self.pending = self.queue.take();
            }
            let lines = self.lines_of_batch();
            if lines == 0 {
                return;
            }
            let request = log_records::request(&self.resource, &self.pending[..lines]);
            let counts = self.queue.counts();
            let delivered = self.delivery.send(&request, lines, counts).await;
            self.failures += 1;
            match delivered {
                Delivered::Taken => {}
                Delivered::Failed if self.failures < MAX_TRIES => return,
                Delivered::Failed | Delivered::Refused => counts.count_dropped(lines),
            }
            self.pending.drain(..lines);
            self.failures = 0;
            if delivered != Delivered::Taken {
                return;
            }
        }
    }

    /// How many of those that are pending go into one message.
    fn lines_of_batch(&self) -> usize {
        let lines = self.pending.iter().take(self.batch);
        let bytes = lines.scan(0, |bytes, line| {
            *bytes += line.content.bytes();
            Some(*bytes)
        });
        let within = bytes.take_while(|bytes| *bytes <= MAX_BATCH_BYTES).count();
        within.max(1).min(self.pending.len())
    }
}
