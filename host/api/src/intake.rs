//! What every request has to keep to before a route sees it, by whomever it is.

use super::bounds::Bounds;
use super::error::ApiError;
use super::min_rate::RatedBody;
use axum::extract::{Request, State};
use axum::http::Uri;
use axum::http::header::CONTENT_ENCODING;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Refuses what no route could take, and has a body waited for only as long as it comes.
pub(super) async fn take_in(
    State(bounds): State<Bounds>,
    request: Request,
    next: Next,
) -> Response {
    match check(&request) {
        Ok(()) => {
            let request = request.map(|body| RatedBody::wrap(body, bounds.rate_timeout));
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
