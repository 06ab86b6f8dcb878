//! Events as they happen, for as long as the caller may read them; and such a stream as the body of an answer:
//! server-sent events.
//!
//! The connection has a minimum transfer rate like any other, so a reader that takes nothing is cut off. One that takes
//! less than comes is cut off by the feed, whose queue for it is bounded.

use super::Api;
use super::access::Access;
use super::auth::Credentials;
use axum::body::{Body, Bytes};
use futures::stream;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tasker_events::cloud_event::rendered;
use tasker_events::follow::{Next, Stream};
use tasker_events::{Event, Position, Wants};
use tasker_wire::event::{END, LIMIT, StreamEnd};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

/// How often a stream without events says that it is there, and up to where it has looked.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often the caller of a stream is authenticated anew.
const AUTHENTICATE_EVERY: Duration = Duration::from_secs(3);

/// Events that are at hand are sent together, in chunks of about so many bytes.
const CHUNK_BYTES: usize = 16 * 1_024;

/// Events from a position on, until the host ends or the caller may no longer read them.
pub(crate) struct EventStream {
    events: Stream,
    caller: Standing,
    heartbeats: Interval,
    shutdown: CancellationToken,
    /// How many events may still come; none: as many as there are.
    left: Option<usize>,
}

/// Whether a caller may still do what they could when something long began.
pub(crate) struct Standing {
    access: Access,
    credentials: Option<Credentials>,
    checks: Interval,
}

/// What comes next of a stream.
pub(crate) enum Message {
    Event(Arc<Event>),
    /// Nothing happened for a while.
    Heartbeat(Position),
    /// Nothing follows.
    End(StreamEnd),
}

impl EventStream {
    pub fn new(
        api: &Api,
        from: Position,
        wants: Wants,
        access: Access,
        credentials: Option<Credentials>,
    ) -> Self {
        Self {
            events: api.feed.follow(from, wants),
            caller: Standing::new(access, credentials),
            heartbeats: ticks(HEARTBEAT),
            shutdown: api.shutdown.clone(),
            left: None,
        }
    }

    /// The same, which ends behind so many events; without a limit, as it was.
    pub fn limited_to(self, events: Option<usize>) -> Self {
        Self {
            left: events,
            ..self
        }
    }

    /// What comes next. Nothing is to be asked for behind an end.
    pub async fn next(&mut self) -> Message {
        if self.left == Some(0) {
            return self.end(LIMIT);
        }
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => self.end("shutdown"),
            () = self.caller.is_refused() => self.end("access_changed"),
            next = self.events.next() => match next {
                Ok(Next::Event(event)) => {
                    self.heartbeats.reset();
                    self.count();
                    Message::Event(event)
                }
                Ok(Next::End(reason)) => self.end(reason.into()),
                Err(error) => {
                    tracing::warn!(error = %ErrorChain(&error), "a stream of events ends");
                    self.end("unavailable")
                }
            },
            _ = self.heartbeats.tick() => Message::Heartbeat(self.events.position()),
        }
    }

    /// The next event, if it is at hand.
    fn at_hand(&mut self) -> Option<Arc<Event>> {
        if self.left == Some(0) {
            return None;
        }
        let event = self.events.at_hand()?;
        self.count();
        Some(event)
    }

    fn count(&mut self) {
        self.left = self.left.map(|left| left - 1);
    }

    fn end(&self, reason: &str) -> Message {
        Message::End(StreamEnd {
            reason: reason.to_owned(),
            next: self.events.position().to_string(),
        })
    }
}

impl Standing {
    pub fn new(access: Access, credentials: Option<Credentials>) -> Self {
        Self {
            access,
            credentials,
            checks: ticks(AUTHENTICATE_EVERY),
        }
    }

    /// Ready once the key is revoked or expired, or permits something else. While the database does not answer, nothing
    /// is known to have changed.
    pub async fn is_refused(&mut self) {
        loop {
            self.checks.tick().await;
            let Some(credentials) = &self.credentials else {
                continue;
            };
            match credentials.access().await {
                Some(Ok(access)) if access.permissions() == self.access.permissions() => {}
                Some(_) => return,
                None => {}
            }
        }
    }
}

fn ticks(period: Duration) -> Interval {
    let mut ticks = interval_at(Instant::now() + period, period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// The same as the body of an answer.
pub(crate) fn body(stream: EventStream) -> Body {
    // The answer begins at once, before anything happens.
    let from = stream.events.position();
    let begin = Bytes::from(format!(": from {from}\nid: {from}\n\n"));
    let rest = stream::unfold(Some(stream), next_bytes);
    let all = futures::StreamExt::chain(stream::once(async { Ok::<_, Infallible>(begin) }), rest);
    Body::from_stream(all)
}

async fn next_bytes(
    stream: Option<EventStream>,
) -> Option<(Result<Bytes, Infallible>, Option<EventStream>)> {
    let mut stream = stream?;
    Some(match stream.next().await {
        Message::Event(event) => {
            let mut chunk = Vec::new();
            write_event(&mut chunk, &event);
            while chunk.len() < CHUNK_BYTES
                && let Some(event) = stream.at_hand()
            {
                write_event(&mut chunk, &event);
            }
            (Ok(chunk.into()), Some(stream))
        }
        Message::Heartbeat(position) => {
            let heartbeat = format!(": heartbeat\nid: {position}\n\n");
            (Ok(heartbeat.into()), Some(stream))
        }
        Message::End(end) => {
            let data = serde_json::to_string(&end).unwrap_or_default();
            (Ok(format!("event: {END}\ndata: {data}\n\n").into()), None)
        }
    })
}

fn write_event(chunk: &mut Vec<u8>, event: &Event) {
    let name = event.full_type();
    let head = format!("id: {}\nevent: {name}\ndata: ", event.position);
    chunk.extend_from_slice(head.as_bytes());
    chunk.extend_from_slice(&rendered(event));
    chunk.extend_from_slice(b"\n\n");
}
