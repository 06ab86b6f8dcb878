//! Delivers the events of one subscription, one after the other.

use super::Shared;
use super::lease::Lease;
use super::transport::{Failure, Message, Sent, Transport};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_database::backoff::Backoff;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::TaskId;
use tasker_domain::subscription::{TEST, subject};
use tasker_engine::subscription::{
    DeliveryLease, DeliveryRow, FailedTry, NewDeadLetter, ReplayRow, StoredCursor,
};
use tasker_events::filter::{Filter, parse_types};
use tasker_events::follow::{Next, Stream};
use tasker_events::{Event, Feed, FeedError, Position, Wants};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

/// How long it waits after an error of the database.
const RETRY_DELAY: Duration = Duration::from_millis(500);
const MAX_RETRY_DELAY: Duration = Duration::from_secs(10);
/// Dead letters that are read at a time.
const MAX_REPLAYS: i64 = 20;

/// It is to end, or the subscription is another host's, or was changed.
pub(crate) struct Stopped;

/// What comes after a try.
enum After {
    NextEvent,
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
            match self.deliver(&event).await? {
                After::NextEvent => {
                    self.at = event.position;
                    self.attempts = 0;
                    let is_last = stream.is_at_end();
                    self.note(1, (!is_last).then_some(event.at));
                    self.room().await?;
                }
                After::SameEvent(delay) => return Ok(delay),
            }
        }
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

    /// Tries once.
    async fn deliver(&mut self, event: &Event) -> Result<After, Stopped> {
        let sent = self.try_once(event).await?;
        if !matches!(sent, Sent::Accepted) {
            // A position that is stored later would take the count of failures back.
            self.all_stored().await?;
        }
        match sent {
            Sent::Accepted => Ok(After::NextEvent),
            Sent::CutOff => Ok(After::SameEvent(Duration::ZERO)),
            Sent::Gone => self.end().await,
            Sent::Failed(failure) => {
                self.attempts += 1;
                match self.attempts >= self.shared.config.retry.attempts {
                    true => self.give_up(event, &failure).await,
                    false => self.retry(event, &failure, true).await,
                }
            }
            Sent::Unable(reason) => self.retry(event, &Failure::of(reason), false).await,
        }
    }

    /// Sends the event once.
    async fn try_once(&mut self, event: &Event) -> Result<Sent, Stopped> {
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
                let permit = self.shared.in_flight.acquire().await;
                (self.lease.held().await, permit)
            } => held,
        };
        let (with, message) = (&self.shared.transports, Message::of(event));
        Ok(transport.send(with, &message, within).await)
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

    /// Delivers the dead letters once more that somebody asked for.
    async fn replay(&mut self) -> Result<(), Stopped> {
        let id = self.row.subscription_id;
        loop {
            let (engine, lease) = (self.shared.engine.clone(), self.lease());
            let letters = self.retried(|| engine.replays(id, MAX_REPLAYS)).await?;
            if letters.is_empty() {
                return Ok(());
            }
            for letter in letters {
                let failure = self.replay_one(letter).await?;
                let why = failure.as_ref().map(Failure::undelivered);
                let letter = letter.dead_letter_id;
                self.kept(|| engine.store_replay(lease, letter, why.as_ref()))
                    .await?;
            }
        }
    }

    async fn replay_one(&mut self, letter: ReplayRow) -> Result<Option<Failure>, Stopped> {
        let position = position(letter.seq, letter.seq_index);
        let feed = self.shared.feed.clone();
        let read = || event_at(&feed, position);
        let Some(event) = self.retried(read).await? else {
            return Ok(Some(Failure::of(
                "the event was deleted with its task, by the retention of the namespace",
            )));
        };
        loop {
            match self.try_once(&event).await? {
                Sent::Accepted => return Ok(None),
                Sent::CutOff => {}
                Sent::Gone => {
                    self.end().await?;
                }
                Sent::Failed(failure) => return Ok(Some(failure)),
                Sent::Unable(reason) => return Ok(Some(Failure::of(reason))),
            }
        }
    }

    fn lease(&self) -> DeliveryLease {
        DeliveryLease {
            subscriber_id: self.lease.subscriber_id,
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

async fn event_at(feed: &Feed, position: Position) -> Result<Option<Event>, DatabaseError> {
    match feed.event_at(position).await {
        Ok(event) => Ok(event),
        Err(FeedError::Database(error)) => Err(error),
        Err(FeedError::Cursor(_)) => Ok(None),
    }
}

fn position(seq: i64, index: i16) -> Position {
    Position {
        seq,
        index: u8::try_from(index).unwrap_or(u8::MAX),
    }
}

/// Which events a subscription is of. Types that this release does not know match nothing.
fn wants(row: &DeliveryRow) -> Wants {
    let types = row.types.as_deref().map(parse_types);
    let is_unknown = matches!(types, Some(Err(_)));
    let filter = Filter {
        types: types.and_then(Result::ok).unwrap_or_default(),
        template: row.template.clone(),
        task: row.task_id.map(TaskId),
        step: row.step.clone(),
        handler: row.handler.clone(),
        ..Filter::default()
    };
    let since = row.since;
    let own = subject(&row.name);
    let is_test =
        move |event: &Event| event.name == TEST && event.data.subject.as_deref() == Some(&own);
    Arc::new(move |event| {
        let is_wanted = !is_unknown && filter.matches(event);
        since.is_none_or(|since| event.at >= since) && (is_wanted || is_test(event))
    })
}
