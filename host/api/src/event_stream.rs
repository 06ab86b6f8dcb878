//! A stream of events as the body of an answer: server-sent events.
//!
//! The connection has a minimum transfer rate like any other, so a reader that takes nothing is cut off. One that takes
//! less than comes is cut off by the feed, whose queue for it is bounded.

use super::Api;
use super::access::Access;
use super::auth::Credentials;
use axum::body::{Body, Bytes};
use futures::stream;
use std::convert::Infallible;
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tasker_events::cloud_event::rendered;
use tasker_events::follow::{Next, Stream};
use tasker_events::{Event, Position, Wants};
use tasker_wire::event::{END, StreamEnd};
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

/// How often a stream without events says that it is there, and up to where it has looked.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often the caller of a stream is authenticated anew.
const AUTHENTICATE_EVERY: Duration = Duration::from_secs(3);

struct EventStream {
    events: Stream,
    access: Access,
    credentials: Option<Credentials>,
    heartbeats: tokio::time::Interval,
    checks: tokio::time::Interval,
    shutdown: CancellationToken,
    is_over: bool,
}

/// Events from a position on, until the host ends or the caller may no longer read them.
pub(crate) fn body(
    api: &Api,
    from: Position,
    wants: Wants,
    access: Access,
    credentials: Option<Credentials>,
) -> Body {
    let ticks = |period| {
        let mut ticks = interval_at(Instant::now() + period, period);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    };
    let stream = EventStream {
        events: api.feed.follow(from, wants),
        access,
        credentials,
        heartbeats: ticks(HEARTBEAT),
        checks: ticks(AUTHENTICATE_EVERY),
        shutdown: api.shutdown.clone(),
        is_over: false,
    };
    // The answer begins at once, before anything happens.
    let begin = Bytes::from(format!(": from {from}\nid: {from}\n\n"));
    let rest = stream::unfold(stream, EventStream::next);
    let all = futures::StreamExt::chain(stream::once(async { Ok::<_, Infallible>(begin) }), rest);
    Body::from_stream(all)
}

impl EventStream {
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        if self.is_over {
            return None;
        }
        let message = self.message().await;
        Some((Ok(message), self))
    }

    async fn message(&mut self) -> Bytes {
        loop {
            tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return self.end("shutdown"),
                _ = self.checks.tick() => {
                    if !self.may_go_on().await {
                        return self.end("access_changed");
                    }
                }
                next = self.events.next() => match next {
                    Ok(Next::Event(event)) => {
                        self.heartbeats.reset();
                        return of_event(&event);
                    }
                    Ok(Next::End(reason)) => return self.end(reason.into()),
                    Err(error) => {
                        tracing::warn!(error = %ErrorChain(&error), "a stream of events ends");
                        return self.end("unavailable");
                    }
                },
                _ = self.heartbeats.tick() => {
                    let position = self.events.position();
                    return format!(": heartbeat\nid: {position}\n\n").into();
                }
            }
        }
    }

    /// False once the key is revoked or expired, or permits something else. While the database does not answer, nothing
    /// is known to have changed.
    async fn may_go_on(&self) -> bool {
        let Some(credentials) = &self.credentials else {
            return true;
        };
        match credentials.access().await {
            Some(Ok(access)) => access.permissions() == self.access.permissions(),
            Some(Err(())) => false,
            None => true,
        }
    }

    fn end(&mut self, reason: &str) -> Bytes {
        self.is_over = true;
        let next = self.events.position().to_string();
        let reason = reason.to_owned();
        let data = serde_json::to_string(&StreamEnd { reason, next }).unwrap_or_default();
        format!("event: {END}\ndata: {data}\n\n").into()
    }
}

fn of_event(event: &Event) -> Bytes {
    let (json, name) = (rendered(event), event.full_type());
    let mut message = format!("id: {}\nevent: {name}\ndata: ", event.position).into_bytes();
    message.extend_from_slice(&json);
    message.extend_from_slice(b"\n\n");
    message.into()
}
