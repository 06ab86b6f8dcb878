//! Delivers the events of one subscription, one after the other.

mod handled;
mod replay;

use super::Shared;
use super::lease::Lease;
use super::transport::{Failure, Message, Sent, Transport};
use super::wants::wants;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_database::backoff::Backoff;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::subscription::{
    DeliveryLease, DeliveryRow, FailedTry, NewDeadLetter, StoredCursor,
};
use tasker_events::cloud_event::rendered;
use tasker_events::follow::{Next, Stream};
use tasker_events::{Event, FeedError, Position};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

/// How long it waits after an error of the database.
const RETRY_DELAY: Duration = Duration::from_millis(500);
const MAX_RETRY_DELAY: Duration = Duration::from_secs(10);

/// A batch has no further event once it has so many bytes.
const MAX_BATCH_BYTES: usize = 256 << 10;

/// It is to end, or the subscription is another host's, or was changed.
pub(crate) struct Stopped;

/// What comes after a try.
enum After {
    NextEvent,
    /// The same, and the position is stored.
    Stored,
    /// The same event again, after this time.
    SameEvent(Duration),
}

/// The deliveries of one subscription.
pub(crate) struct Delivery {
    shared: Arc<Shared>,
    lease: Arc<Lease>,
    row: DeliveryRow,
    idle_interval: Duration,
    stop: CancellationToken,
    /// Or why there is none.
    transport: Result<Transport, String>,
    /// Everything up to here is delivered or given up.
    at: Position,
    /// Failed tries of the event behind it.
    attempts: i32,
    /// Conflicts in a row, of a component with others that write the same entries.
    conflicts: i32,
}

impl Delivery {
    pub(crate) fn new(
        shared: Arc<Shared>,
        lease: Arc<Lease>,
        row: DeliveryRow,
        idle_interval: Duration,
        stop: CancellationToken,
    ) -> Self {
        Self {
            transport: shared.transports.to(&row),
            at: position(row.seq, row.seq_index),
            attempts: row.attempts,
            conflicts: 0,
            shared,
            lease,
            row,
            idle_interval,
            stop,
        }
    }

    /// Delivers until it is stopped.
    pub(crate) async fn run(mut self) {
        let Err(Stopped) = self.deliver_all().await;
    }

    async fn deliver_all(&mut self) -> Result<std::convert::Infallible, Stopped> {
        self.pause(Duration::from_millis(self.row.wait_ms.unsigned_abs()))
            .await?;
        self.replay().await?;
        loop {
            let wants = wants(&self.row);
            let stream = self.shared.feed.follow(self.at, wants);
            let stream = stream.of_namespace(self.row.namespace.clone());
            let delay = self.follow(stream).await?;
            // What was read is not kept meanwhile.
            self.pause(delay).await?;
        }
    }

    /// Delivers what the stream has until a try fails; the delay before the next.
    async fn follow(&mut self, mut stream: Stream) -> Result<Duration, Stopped> {
        let mut backoff = Backoff::new(RETRY_DELAY, MAX_RETRY_DELAY);
        loop {
            let event = match self.next(&mut stream).await? {
                Ok(Next::Event(event)) => event,
                // Its queue was full, or the host ends: then it is stopped as well.
                Ok(Next::End(_)) => return Ok(RETRY_DELAY),
                Err(error) => {
                    tracing::debug!(error = %ErrorChain(&error), "events for a subscription cannot be read; retrying");
                    self.pause(backoff.delay()).await?;
                    continue;
                }
            };
            backoff.reset();
            let events = self.batch(event, &mut stream);
            let last = &events[events.len() - 1];
            let pending_at = (!stream.is_at_end()).then_some(last.at);
            match self.deliver(&events, pending_at).await? {
                After::NextEvent => {
                    self.at = last.position;
                    self.attempts = 0;
                    let is_last = stream.is_at_end();
                    self.note(count(&events), (!is_last).then_some(last.at));
                    self.room().await?;
                }
                After::Stored => {
                    self.at = last.position;
                    self.attempts = 0;
                }
                After::SameEvent(delay) => return Ok(delay),
            }
        }
    }

    /// The event with those behind it that are at hand, as many as the subscription takes at a time. After a failure the
    /// event goes alone: another one of the batch may be what the receiver does not take.
    fn batch(&self, first: Arc<Event>, stream: &mut Stream) -> Vec<Arc<Event>> {
        let most = match self.attempts {
            0 => self.row.max_batch.unwrap_or(1),
            _ => 1,
        };
        let mut bytes = rendered(&first).len();
        let mut events = vec![first];
        while count(&events) < i32::from(most) && bytes < MAX_BATCH_BYTES {
            let Some(event) = stream.at_hand() else { break };
            bytes += rendered(&event).len();
            events.push(event);
        }
        events
    }

    /// The next event. Those who read what is behind them do so a few at a time; others ask nothing of the database.
    async fn next(&mut self, stream: &mut Stream) -> Result<Result<Next, FeedError>, Stopped> {
        let mut idle = interval(self.idle_interval);
        idle.set_missed_tick_behavior(MissedTickBehavior::Delay);
        idle.reset();
        loop {
            while !stream.is_near() {
                let advanced = tokio::select! {
                    () = self.stop.cancelled() => return Err(Stopped),
                    advanced = advance(&self.shared, stream) => advanced,
                };
                if let Err(error) = advanced {
                    return Ok(Err(error));
                }
                self.pass(stream);
            }
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(Stopped),
                next = stream.next() => return Ok(next),
                _ = idle.tick() => self.pass(stream),
            }
        }
    }

    /// Notes that there is nothing to deliver up to where the stream is.
    fn pass(&mut self, stream: &Stream) {
        let through = stream.position();
        if through > self.at {
            self.at = through;
            self.note(0, None);
        }
    }

    fn note(&self, delivered: i32, pending_at: Option<DateTime<Utc>>) {
        self.shared.cursors.note(StoredCursor {
            subscription_id: self.row.subscription_id,
            moves: self.row.moves,
            seq: self.at.seq,
            seq_index: i16::from(self.at.index),
            delivered,
            pending_at,
        });
    }

    async fn room(&self) -> Result<(), Stopped> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Stopped),
            () = self.shared.cursors.room(self.row.subscription_id) => Ok(()),
        }
    }

    async fn all_stored(&self) -> Result<(), Stopped> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Stopped),
            () = self.shared.cursors.all_stored(self.row.subscription_id) => Ok(()),
        }
    }

    async fn pause(&self, delay: Duration) -> Result<(), Stopped> {
        tokio::select! {
            () = self.stop.cancelled() => Err(Stopped),
            () = sleep(delay) => Ok(()),
        }
    }

    /// Tries once; `pending_at` is the time of what waits behind the events.
    async fn deliver(
        &mut self,
        events: &[Arc<Event>],
        pending_at: Option<DateTime<Utc>>,
    ) -> Result<After, Stopped> {
        let sent = self.try_once(events, self.attempts + 1).await?;
        let event = &events[0];
        if !matches!(sent, Sent::Accepted) {
            // A position that is stored later would take the count of failures back.
            self.all_stored().await?;
        }
        match sent {
            Sent::Accepted => Ok(After::NextEvent),
            Sent::CutOff => Ok(After::SameEvent(Duration::ZERO)),
            Sent::Gone => self.end().await,
            Sent::Handled(handled) => self.handled(event, &handled, pending_at).await,
            // Its events are tried one by one.
            Sent::Failed(failure) if events.len() > 1 => {
                self.attempts += 1;
                self.retry(event, &failure, true).await
            }
            Sent::Failed(failure) => self.failed(event, &failure).await,
            Sent::Unable(reason) => self.retry(event, &Failure::of(reason), false).await,
        }
    }

    async fn failed(&mut self, event: &Event, failure: &Failure) -> Result<After, Stopped> {
        if let Some(delay) = self.conflict(failure) {
            return Ok(After::SameEvent(delay));
        }
        self.attempts += 1;
        let is_last = self.attempts >= self.shared.config.retry.attempts;
        match is_last || failure.is_permanent {
            true => self.give_up(event, failure).await,
            false => self.retry(event, failure, true).await,
        }
    }

    /// Sends the events once.
    async fn try_once(&mut self, events: &[Arc<Event>], attempt: i32) -> Result<Sent, Stopped> {
        let transport = match &mut self.transport {
            Ok(transport) => transport,
            Err(reason) => return Ok(Sent::Unable(reason.clone())),
        };
        if let Err(reason) = transport.prepare(&self.shared.engine).await {
            return Ok(Sent::Unable(reason));
        }
        let (within, _permit) = tokio::select! {
            () = self.stop.cancelled() => return Err(Stopped),
            held = async {
                let permit = transport.permit(&self.shared.transports).await;
                (self.lease.held().await, permit)
            } => held,
        };
        let (with, message) = (&self.shared.transports, Message { events, attempt });
        Ok(tokio::select! {
            sent = transport.send(with, &message, within) => sent,
            () = self.lease.expired() => Sent::CutOff,
        })
    }

    /// Stores that a try failed. What is not the receiver's fault does not count.
    async fn retry(
        &mut self,
        event: &Event,
        failure: &Failure,
        counts: bool,
    ) -> Result<After, Stopped> {
        let schedule = &self.shared.config.retry;
        let delay = schedule.delay(self.attempts.max(1), failure.retry_after);
        let failed = FailedTry {
            attempts: self.attempts,
            delay,
            error: &failure.reason,
            pending_at: event.at,
            counts,
        };
        let (engine, lease) = (self.shared.engine.clone(), self.lease());
        self.kept(|| engine.store_failure(lease, &failed)).await?;
        Ok(After::SameEvent(delay))
    }

    async fn give_up(&mut self, event: &Event, failure: &Failure) -> Result<After, Stopped> {
        let letter = NewDeadLetter {
            seq: event.position.seq,
            seq_index: i16::from(event.position.index),
            event_type: &event.full_type(),
            attempts: self.attempts,
            why: failure.undelivered(),
        };
        let (engine, lease) = (self.shared.engine.clone(), self.lease());
        self.kept(|| engine.add_dead_letter(lease, &letter)).await?;
        self.at = event.position;
        self.attempts = 0;
        // No event was delivered, so the next is read anew.
        Ok(After::SameEvent(Duration::ZERO))
    }

    async fn end(&mut self) -> Result<After, Stopped> {
        let reason = "the receiver answered 410 Gone";
        let (engine, lease) = (self.shared.engine.clone(), self.lease());
        self.kept(|| engine.end_subscription(lease, reason)).await?;
        Err(Stopped)
    }

    fn lease(&self) -> DeliveryLease {
        DeliveryLease {
            delivery_host_id: self.lease.delivery_host_id,
            subscription_id: self.row.subscription_id,
            moves: self.row.moves,
        }
    }

    /// Has the database store something, and stops where the subscription is not this host's any more, or was moved.
    async fn kept<F>(&self, store: impl Fn() -> F) -> Result<(), Stopped>
    where
        F: Future<Output = Result<bool, DatabaseError>>,
    {
        match self.retried(store).await? {
            true => Ok(()),
            false => Err(Stopped),
        }
    }

    /// Asks the database until it answers.
    async fn retried<T, F>(&self, ask: impl Fn() -> F) -> Result<T, Stopped>
    where
        F: Future<Output = Result<T, DatabaseError>>,
    {
        let mut backoff = Backoff::new(RETRY_DELAY, MAX_RETRY_DELAY);
        loop {
            match ask().await {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    tracing::debug!(error = %ErrorChain(&error), "a delivery waits for the database");
                    self.pause(backoff.delay()).await?;
                }
            }
        }
    }
}

async fn advance(shared: &Shared, stream: &mut Stream) -> Result<(), FeedError> {
    let _permit = shared.catching_up.acquire().await;
    stream.advance().await
}

fn count(events: &[Arc<Event>]) -> i32 {
    i32::try_from(events.len()).unwrap_or(i32::MAX)
}

fn position(seq: i64, index: i16) -> Position {
    Position {
        seq,
        index: u8::try_from(index).unwrap_or(u8::MAX),
    }
}
