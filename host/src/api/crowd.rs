//! What is answered on a connection beyond the most that a host serves.

use super::error::ApiError;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

/// Whoever watches over the host is told how it is; all others are asked to come again.
pub(super) async fn answer(request: Request, next: Next) -> Response {
    match request.uri().path() {
        "/health/live" | "/health/ready" => next.run(request).await,
        _ => ApiError::Overloaded.into_response(),
    }
}
