//! Subscriptions as server-sent events: `next` for each answer, `complete` at the end (the protocol of GraphQL over SSE,
//! with a connection for each operation).

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::Response;
use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use std::convert::Infallible;
use std::time::Duration;
use tasker_graphql::Pushed;
use tasker_wire::endpoint::{EventStream, Media as _};
use tokio::time::timeout;

/// How often a stream without events says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What a subscription is sent, as the body of an answer.
pub(super) fn answer(pushed: BoxStream<'static, Pushed>) -> Response {
    // The answer begins at once, before anything happens.
    let begin = stream::once(async { Ok::<_, Infallible>(Bytes::from_static(b":\n\n")) });
    let rest = stream::unfold(Some(pushed), next);
    let mut response = Response::new(Body::from_stream(begin.chain(rest)));
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(EventStream::TYPES[0]),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

type Rest = Option<BoxStream<'static, Pushed>>;

async fn next(pushed: Rest) -> Option<(Result<Bytes, Infallible>, Rest)> {
    let mut pushed = pushed?;
    Some(match timeout(HEARTBEAT, pushed.next()).await {
        Err(_) => (Ok(Bytes::from_static(b":\n\n")), Some(pushed)),
        Ok(Some(Pushed::Answer(answer))) => (Ok(event(&answer)), Some(pushed)),
        Ok(Some(Pushed::Errors(errors))) => {
            let answer = [b"{\"errors\":", errors.as_slice(), b"}"].concat();
            (Ok(event(&answer)), Some(pushed))
        }
        Ok(None) => (Ok(Bytes::from_static(b"event: complete\ndata:\n\n")), None),
    })
}

fn event(answer: &[u8]) -> Bytes {
    [b"event: next\ndata: ", answer, b"\n\n"].concat().into()
}
