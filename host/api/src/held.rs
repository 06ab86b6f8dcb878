//! What is kept until an answer has been taken, and not only until it is ready.

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Keeps `kept` until the body of the answer was sent or dropped.
pub(super) fn hold<K: Send + Unpin + 'static>(response: Response, kept: K) -> Response {
    response.map(|body| match body.is_end_stream() {
        true => body,
        false => Body::new(HeldBody { body, _kept: kept }),
    })
}

struct HeldBody<K> {
    body: Body,
    _kept: K,
}

impl<K: Unpin> http_body::Body for HeldBody<K> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
