//! One id from the request to every step of its task, and what the log says of requests.

use super::callers::Weight;
use super::request_counts::RequestCounts;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::time::{Duration, Instant};
use tasker_tasks::submit::is_correlation_id;
use tasker_wire::headers;
use tracing::{Instrument, Span, field::Empty};
use uuid::Uuid;

/// Slower requests are logged, unless they are long polls or uploads of components.
const SLOW_REQUEST: Duration = Duration::from_secs(1);

/// The header that carries the id, in and out.
pub const CORRELATION_HEADER: HeaderName = HeaderName::from_static(headers::CORRELATION);

/// The correlation id of a request: the caller's, or a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrelationId(String);

impl CorrelationId {
    /// The caller's id where it is usable; an unusable one is replaced, since no request should
    /// fail for it.
    pub fn of(headers: &HeaderMap) -> Self {
        let given = headers
            .get(CORRELATION_HEADER)
            .and_then(|value| value.to_str().ok());
        match given {
            Some(text) if is_correlation_id(text) => Self(text.to_owned()),
            Some(_) | None => Self(Uuid::new_v4().to_string()),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Runs the request in a span of its own, echoes its id, counts it and logs how it went.
pub(crate) async fn correlate(
    State(counts): State<RequestCounts>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = CorrelationId::of(request.headers());
    let span = request_span(&request, &id);
    let header = HeaderValue::from_str(id.as_str()).expect("the id is visible ASCII");
    request.extensions_mut().insert(id);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let may_take_long = Weight::of(&request) != Weight::Ordinary;
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    response.headers_mut().insert(CORRELATION_HEADER, header);
    let status = response.status();
    counts.count(status);
    let route = route.as_ref().map(MatchedPath::as_str);
    let metrics = counts.metrics();
    metrics.count(&method, route, status, started.elapsed());
    span.in_scope(|| log_response(&span, &response, started, may_take_long));
    response
}

fn request_span(request: &Request, id: &CorrelationId) -> Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str);
    tracing::info_span!(
        "request",
        method = %request.method(),
        route,
        correlation_id = id.as_str(),
        status = Empty,
        duration_ms = Empty,
    )
}

/// One line for what an operator has to know of; the others can be had by `RUST_LOG=tasker=debug`, and
/// are counted.
fn log_response(span: &Span, response: &Response, started: Instant, may_take_long: bool) {
    let took = started.elapsed();
    span.record("status", response.status().as_u16());
    span.record("duration_ms", took.as_secs_f64() * 1_000.0);
    if response.status().is_server_error() {
        tracing::error!("request failed");
    } else if took > SLOW_REQUEST && !may_take_long {
        tracing::warn!("request took long");
    } else {
        tracing::debug!("request answered");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id_for(given: &'static str) -> CorrelationId {
        CorrelationId::of(&HeaderMap::from_iter([(
            CORRELATION_HEADER,
            HeaderValue::from_static(given),
        )]))
    }

    #[test]
    fn a_usable_id_is_kept() {
        assert_eq!(id_for("order-17/retry").as_str(), "order-17/retry");
    }

    #[test]
    fn an_unusable_or_missing_id_is_replaced() {
        assert_ne!(id_for("two words").as_str(), "two words");
        assert!(is_correlation_id(
            CorrelationId::of(&HeaderMap::new()).as_str()
        ));
        assert!(!is_correlation_id(&"x".repeat(129)));
    }
}
