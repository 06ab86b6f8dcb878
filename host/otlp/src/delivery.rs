//! Delivers to a collector that may fail: repeats, rests, counts, and says so once.

use super::endpoint::Endpoint;
use super::error::OtlpError;
use super::request::{Request, SendError};
use super::sender::Sender;
use super::signal::Signal;
use std::time::Duration;
use tasker_database::backoff::Backoff;
use tasker_telemetry::{ExportCounts, ExportHealth, SignalHealth};
use tokio::time::{Instant, sleep, timeout};

/// A call is repeated so often, after short delays.
const REPETITIONS: u32 = 2;
const REPEAT_DELAY: Duration = Duration::from_millis(100);
const MAX_REPEAT_DELAY: Duration = Duration::from_secs(1);
/// How long nothing is sent after a call that failed; longer with each.
const RETRY_DELAY: Duration = Duration::from_secs(1);
const MAX_RETRY_DELAY: Duration = Duration::from_secs(30);
/// A collector cannot ask for more.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivered {
    Taken,
    /// It may be taken later.
    Failed,
    /// It will not be taken.
    Refused,
}

/// The way to the collector of one signal.
pub(crate) struct Delivery {
    signal: Signal,
    sender: Sender,
    /// Of one call with its repetitions.
    timeout: Duration,
    health: SignalHealth,
    backoff: Backoff,
    /// Until then nothing is sent.
    rests_until: Option<Instant>,
}

impl Delivery {
    /// To be called within a runtime. Nothing is sent yet.
    pub(crate) fn new(
        endpoint: &Endpoint,
        timeout: Duration,
        health: &ExportHealth,
    ) -> Result<Self, OtlpError> {
        Ok(Self {
            signal: endpoint.signal,
            sender: Sender::new(endpoint)?,
            timeout,
            health: health.signal(endpoint.signal.name()),
            backoff: Backoff::new(RETRY_DELAY, MAX_RETRY_DELAY),
            rests_until: None,
        })
    }

    /// How long nothing is to be sent, since the last call failed.
    pub(crate) fn rest(&self) -> Option<Duration> {
        let rest = self.rests_until?.checked_duration_since(Instant::now())?;
        (!rest.is_zero()).then_some(rest)
    }

    /// Sends so many items. Counts those that are taken and those that are rejected, and calls that fail; says once
    /// that they do, and once that they do no longer.
    pub(crate) async fn send(
        &mut self,
        request: &Request,
        items: usize,
        counts: &ExportCounts,
    ) -> Delivered {
        let sent = match timeout(self.timeout, repeat(&self.sender, request)).await {
            Ok(sent) => sent,
            Err(_) => Err(SendError::network(format!(
                "no answer within {:?}",
                self.timeout
            ))),
        };
        match sent {
            Ok(rejected) => {
                let rejected = rejected.min(items);
                counts.count_exported(items - rejected);
                counts.count_dropped(rejected);
                self.succeeded();
                Delivered::Taken
            }
            Err(error) => {
                counts.count_failure();
                self.failed(&error);
                match error.is_retryable {
                    true => Delivered::Failed,
                    false => Delivered::Refused,
                }
            }
        }
    }

    fn succeeded(&mut self) {
        if self.health.succeeded() {
            let (signal, items) = (self.signal.name(), self.signal.items());
            tracing::info!("the collector of {signal} takes {items} again");
        }
        self.backoff.reset();
        self.rests_until = None;
    }

    fn failed(&mut self, error: &SendError) {
        if self.health.failed() {
            let (signal, items) = (self.signal.name(), self.signal.items());
            tracing::warn!(
                error = error.message,
                "the collector of {signal} takes no {items}; retrying, and counting what is dropped"
            );
        }
        let asked = error.retry_after.unwrap_or_default().min(MAX_RETRY_AFTER);
        self.rests_until = Some(Instant::now() + self.backoff.delay().max(asked));
    }
}

/// Sends, and again soon where that may help and the collector asks for no longer delay.
async fn repeat(sender: &Sender, request: &Request) -> Result<usize, SendError> {
    let mut backoff = Backoff::new(REPEAT_DELAY, MAX_REPEAT_DELAY);
    for _ in 0..REPETITIONS {
        let error = match sender.send(request).await {
            Ok(rejected) => return Ok(rejected),
            Err(error) => error,
        };
        let delay = backoff.delay().max(error.retry_after.unwrap_or_default());
        if !error.is_retryable || delay > MAX_REPEAT_DELAY {
            return Err(error);
        }
        sleep(delay).await;
    }
    sender.send(request).await
}
