//! What every request has to keep to before a route sees it, by whomever it is.

use super::bounds::{Bounds, LARGE_BODY_BYTES};
use super::error::ApiError;
use super::patience::PatientBody;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::header::CONTENT_ENCODING;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body::Body as _;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What the requests of a host share.
#[derive(Clone)]
pub(super) struct Intake {
    bounds: Bounds,
    large_bodies: Arc<Semaphore>,
}

impl Intake {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            large_bodies: Arc::new(Semaphore::new(bounds.max_large_bodies)),
        }
    }

    /// Bodies are read whole into memory, so that only so many large ones are taken at once. One
    /// without a length may be large.
    async fn turn(&self, most: Option<u64>) -> Result<Option<OwnedSemaphorePermit>, ApiError> {
        if most.is_some_and(|bytes| bytes <= LARGE_BODY_BYTES) {
            return Ok(None);
        }
        let turn = self.large_bodies.clone().acquire_owned();
        let turn = timeout(self.bounds.turn_timeout, turn).await;
        let turn = turn.map_err(|_| ApiError::Overloaded)?;
        Ok(Some(turn.expect("nobody closes the semaphore")))
    }
}

/// Refuses what no route could take, and waits with a large body for its turn.
pub(super) async fn take_in(
    State(intake): State<Intake>,
    request: Request,
    next: Next,
) -> Response {
    let turn = match check(&request) {
        Ok(()) => intake.turn(request.body().size_hint().upper()).await,
        Err(refusal) => Err(refusal),
    };
    match turn {
        Ok(_turn) => {
            let most = intake.bounds.patience;
            let request = request.map(|body| PatientBody::wrap(body, most));
            next.run(request).await
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn check(request: &Request) -> Result<(), ApiError> {
    if has_nul(request.uri()) {
        let message = "a NUL character is in no name and no text here".to_owned();
        return Err(ApiError::parameter("url", message));
    }
    match request.headers().get(CONTENT_ENCODING) {
        Some(given) if !given.as_bytes().eq_ignore_ascii_case(b"identity") => {
            Err(ApiError::BodyEncoded {
                given: String::from_utf8_lossy(given.as_bytes()).into_owned(),
            })
        }
        Some(_) | None => Ok(()),
    }
}

/// PostgreSQL keeps no such text. As it is in no URI, it can only be there percent-encoded.
fn has_nul(uri: &Uri) -> bool {
    let has = |part: &str| part.contains("%00");
    has(uri.path()) || uri.query().is_some_and(has)
}
