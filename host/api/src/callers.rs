//! Bounds per caller, so that no one takes what others need.
//!
//! A caller is an authenticated key or the subject of a token. Unauthenticated callers are distinguished
//! by the address of the connection.

use super::body_slot::BodySlot;
use super::bounds::Bounds;
use super::caller_id::CallerId;
use super::rate::{Allowance, CallerRate};
use super::slots::Slots;
use super::too_many::{CallerLimit, TooMany, TooOften};
use axum::extract::{MatchedPath, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, Uri};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tasker_domain::request_rate::RequestRate;
use tasker_wire::endpoint::Endpoint as _;
use tasker_wire::event::StreamEvents;
use tokio::sync::OwnedSemaphorePermit;

/// Callers that are kept in memory before those without anything under way are forgotten.
const MAX_IDLE_CALLERS: usize = 1_024;

/// What all callers have under way; cheap to clone.
#[derive(Clone)]
pub(crate) struct Callers(Arc<Inner>);

struct Inner {
    bounds: Bounds,
    by_id: Mutex<HashMap<CallerId, Arc<CallerLoad>>>,
    all_waits: Slots,
    all_streams: Slots,
    all_large_bodies: Slots,
}

/// What one caller may still begin.
struct CallerLoad {
    /// Of a caller with a rate.
    rate: Mutex<Option<Arc<CallerRate>>>,
    requests: Slots,
    waits: Slots,
    streams: Slots,
    components: Slots,
    large_bodies: Slots,
}

/// A request under way; what it takes is free again when this is dropped.
#[derive(Default)]
pub(crate) struct UnderWay {
    /// For the body of the request; none on routes that are open to everyone.
    pub body_slot: Option<BodySlot>,
    _permits: Vec<OwnedSemaphorePermit>,
    _load: Option<Arc<CallerLoad>>,
}

/// What a request asks for beside an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Ordinary,
    /// A long poll: the host answers when something happens.
    Wait,
    /// The host answers as long as the caller listens.
    Stream,
    /// A component is in memory, or compiled, while it is answered.
    Component,
}

impl Weight {
    pub(crate) fn of(request: &Request) -> Self {
        if has_component(request) {
            Self::Component
        } else if asks_for_task(request) && waits(request.uri()) {
            Self::Wait
        } else if route(request) == StreamEvents::PATH {
            Self::Stream
        } else {
            Self::Ordinary
        }
    }
}

/// The only route with long polls.
const TASK: &str = "/v1/tasks/{id}";

/// True if the route reads `wait_ms`; other routes ignore it.
fn asks_for_task(request: &Request) -> bool {
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    reads && route(request) == TASK
}

/// The path as the router has it; empty where no route matches.
fn route(request: &Request) -> &str {
    let path = request.extensions().get::<MatchedPath>();
    path.map_or("", MatchedPath::as_str)
}

/// True if the query asks for a long poll.
fn waits(uri: &Uri) -> bool {
    let parameters = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let is_wait = |(name, value): &(String, String)| name == "wait_ms" && value != "0";
    parameters.is_ok_and(|all| all.iter().any(is_wait))
}

fn has_component(request: &Request) -> bool {
    const PATHS: [&str; 3] = ["/plan", "/diff", "/bytes"];
    let path = route(request);
    let media_type = request.headers().get(CONTENT_TYPE);
    let is_text = media_type.is_none_or(|it| {
        let it = it.as_bytes();
        it.starts_with(b"application/json") || it.starts_with(b"application/yaml")
    });
    let is_upload = path.ends_with("/versions/{version}") && !is_text;
    is_upload || PATHS.iter().any(|end| path.ends_with(end))
}

impl Callers {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self(Arc::new(Inner {
            bounds,
            by_id: Mutex::default(),
            all_waits: Slots::new(CallerLimit::AllWaits, bounds.max_waits),
            all_streams: Slots::new(CallerLimit::AllStreams, bounds.max_streams),
            all_large_bodies: Slots::new(CallerLimit::LargeBodies, bounds.max_large_bodies),
        }))
    }

    /// Takes a request from the rate of the caller: its own, or that of the host. None if it has none.
    pub(crate) fn charge(
        &self,
        caller: &CallerId,
        own: Option<RequestRate>,
    ) -> Result<Option<Allowance>, TooOften> {
        let Some(rate) = own.or(self.0.bounds.default_rate) else {
            return Ok(None);
        };
        self.load(caller).rate(rate).take(caller).map(Some)
    }

    /// Begins a request. Ordinary requests above the bound wait for a slot for a while; waits are refused at
    /// once.
    pub(crate) async fn begin(
        &self,
        caller: &CallerId,
        weight: Weight,
    ) -> Result<UnderWay, TooMany> {
        let (load, bounds) = (self.load(caller), &self.0.bounds);
        let request = || load.requests.take(caller, bounds.request_slot_timeout);
        let permits = match weight {
            Weight::Ordinary => vec![request().await?],
            Weight::Wait => vec![
                load.waits.take_now(caller)?,
                self.0.all_waits.take_now(caller)?,
            ],
            Weight::Stream => vec![
                load.streams.take_now(caller)?,
                self.0.all_streams.take_now(caller)?,
                self.0.all_waits.take_now(caller)?,
            ],
            Weight::Component => {
                let request = request().await?;
                let component = load.components.take(caller, bounds.slot_timeout);
                vec![component.await?, request]
            }
        };
        let all = &self.0.all_large_bodies;
        let body_slot = BodySlot::new(caller, &load.large_bodies, all, bounds.slot_timeout);
        Ok(UnderWay {
            body_slot: Some(body_slot),
            _permits: permits,
            _load: Some(load),
        })
    }

    fn load(&self, caller: &CallerId) -> Arc<CallerLoad> {
        let mut by_id = self.0.by_id.lock().unwrap_or_else(PoisonError::into_inner);
        if by_id.len() > MAX_IDLE_CALLERS {
            by_id.retain(|_, load| Arc::strong_count(load) > 1 || load.is_counted());
        }
        let new = || Arc::new(CallerLoad::new(&self.0.bounds));
        by_id.entry(caller.clone()).or_insert_with(new).clone()
    }
}

impl CallerLoad {
    fn rate(&self, rate: RequestRate) -> Arc<CallerRate> {
        let mut own = self.rate.lock().unwrap_or_else(PoisonError::into_inner);
        match &*own {
            Some(same) if same.rate() == rate => same.clone(),
            // A key of the same name was made anew.
            _ => own.insert(Arc::new(CallerRate::new(rate))).clone(),
        }
    }

    /// True if its rate would be forgotten with it.
    fn is_counted(&self) -> bool {
        let rate = self.rate.lock().unwrap_or_else(PoisonError::into_inner);
        rate.as_ref().is_some_and(|rate| !rate.is_whole())
    }

    fn new(bounds: &Bounds) -> Self {
        use CallerLimit::{ComponentRequests, LargeBodies, Requests, Streams, Waits};
        Self {
            rate: Mutex::default(),
            requests: Slots::new(Requests, bounds.max_requests_per_caller),
            waits: Slots::new(Waits, bounds.max_waits_per_caller),
            streams: Slots::new(Streams, bounds.max_streams_per_caller),
            components: Slots::new(ComponentRequests, bounds.max_components_per_caller),
            large_bodies: Slots::new(LargeBodies, bounds.max_large_bodies_per_caller),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn callers() -> Callers {
        Callers::new(Bounds {
            max_requests_per_caller: 1,
            max_waits_per_caller: 1,
            max_waits: 2,
            request_slot_timeout: Duration::from_millis(10),
            ..Bounds::default()
        })
    }

    fn named(name: &str) -> CallerId {
        CallerId::Named(name.to_owned())
    }

    async fn begins(
        callers: &Callers,
        name: &str,
        weight: Weight,
    ) -> Result<UnderWay, CallerLimit> {
        let begun = callers.begin(&named(name), weight).await;
        begun.map_err(|refused| refused.what)
    }

    #[tokio::test]
    async fn a_caller_at_its_bound_keeps_no_other_from_anything() {
        let callers = callers();
        let first = begins(&callers, "a", Weight::Ordinary).await;
        assert!(first.is_ok());
        let second = begins(&callers, "a", Weight::Ordinary).await;
        assert_eq!(second.err(), Some(CallerLimit::Requests));
        assert!(begins(&callers, "b", Weight::Ordinary).await.is_ok());
        drop(first);
        assert!(begins(&callers, "a", Weight::Ordinary).await.is_ok());
    }

    #[tokio::test]
    async fn waits_are_bounded_per_caller_and_in_all_and_are_no_requests() {
        let callers = callers();
        let a = begins(&callers, "a", Weight::Wait).await;
        let again = begins(&callers, "a", Weight::Wait).await;
        assert_eq!(again.err(), Some(CallerLimit::Waits));
        let b = begins(&callers, "b", Weight::Wait).await;
        assert!(a.is_ok() && b.is_ok());
        let c = begins(&callers, "c", Weight::Wait).await;
        assert_eq!(c.err(), Some(CallerLimit::AllWaits));
        assert!(begins(&callers, "a", Weight::Ordinary).await.is_ok());
        drop(a);
        assert!(begins(&callers, "c", Weight::Wait).await.is_ok());
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one_caller() {
        let at = |text: &str| CallerId::at(text.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:1"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("::ffff:10.0.0.1"), at("10.0.0.1"));
        assert_ne!(at("10.0.0.2"), at("10.0.0.1"));
    }

    #[test]
    fn a_request_waits_where_it_says_for_how_long() {
        let waits = |uri: &str| waits(&uri.parse().unwrap());
        assert!(waits("/v1/tasks/1?since=3&wait_ms=500") && waits("/?wait%5Fms=1"));
        assert!(!waits("/v1/tasks/1?wait_ms=0") && !waits("/v1/tasks/1"));
    }
}
