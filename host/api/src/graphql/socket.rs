//! Subscriptions over a WebSocket. It ends when its key is revoked, and when the host drains.

use super::{Asker, Served};
use crate::callers::UnderWay;
use crate::connection_limiter::{Busy, ConnectionPermit};
use crate::error::ApiError;
use crate::event_stream::Standing;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};
use std::sync::Arc;
use std::time::Duration;
use tasker_graphql::socket::{
    ACCESS_CHANGED, Close, Connection, GOING_AWAY, MAX_MESSAGE_BYTES, NOT_BEGUN, PROTOCOL,
};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep, timeout};

/// How long a client may take until it begins.
const BEGIN_WITHIN: Duration = Duration::from_secs(10);
/// How often the client is asked whether it is there.
const PING_EVERY: Duration = Duration::from_secs(15);

/// How long the answer to a client that closes may take.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// What the connection of a WebSocket takes until it ends.
struct Taken {
    _under_way: Option<Arc<UnderWay>>,
    _busy: Option<Busy>,
}

/// Has the connection speak the protocol from now on.
pub(super) async fn upgrade(served: Served, request: Request) -> Response {
    let asker = Asker::of(&request);
    let (mut parts, _) = request.into_parts();
    let connection = parts.extensions.get::<Arc<ConnectionPermit>>();
    let taken = Taken {
        _under_way: parts.extensions.get().cloned(),
        _busy: connection.map(ConnectionPermit::begin),
    };
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade.protocols([PROTOCOL]),
        Err(refused) => {
            return ApiError::parameter("upgrade", refused.body_text()).into_response();
        }
    };
    if upgrade.selected_protocol().is_none() {
        let message = format!("ask for the protocol `{PROTOCOL}`");
        return ApiError::parameter("sec-websocket-protocol", message).into_response();
    }
    let upgrade = upgrade.max_message_size(MAX_MESSAGE_BYTES);
    upgrade.on_upgrade(async move |socket| {
        serve(served, asker, socket).await;
        drop(taken);
    })
}

async fn serve(served: Served, asker: Asker, mut socket: WebSocket) {
    let standing = Standing::new(asker.access.clone(), asker.credentials.clone());
    let shutdown = served.api.shutdown.clone();
    let schema = (*served.schema).clone();
    let connection = Connection::new(schema, move || served.asking(asker.clone()));
    let ended = tokio::select! {
        biased;
        () = shutdown.cancelled() => Some(GOING_AWAY),
        refused = refused(standing) => Some(refused),
        ended = converse(connection, &mut socket) => ended,
    };
    if let Some(Close(code, reason)) = ended {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        // It may be gone already.
        let _ = socket.send(Message::Close(Some(frame))).await;
    }
}

async fn refused(mut standing: Standing) -> Close {
    standing.is_refused().await;
    ACCESS_CHANGED
}

/// Answers until the connection ends; why it is closed, unless the client did.
async fn converse(mut connection: Connection, socket: &mut WebSocket) -> Option<Close> {
    let mut pings = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut late = Box::pin(sleep(BEGIN_WITHIN));
    loop {
        let message = tokio::select! {
            received = socket.recv() => match received {
                Some(Ok(Message::Text(text))) => match connection.receive(&text) {
                    Ok(None) => continue,
                    Ok(Some(reply)) => Message::Text(reply.into()),
                    Err(close) => return Some(close),
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                Some(Ok(Message::Binary(_))) => return Some(Close(4400, "Invalid message")),
                Some(Ok(Message::Close(_))) => {
                    // Sends the answer, without which the client takes the connection for lost.
                    let _ = timeout(CLOSE_WITHIN, socket.recv()).await;
                    return None;
                }
                Some(Err(_)) | None => return None,
            },
            message = connection.next() => Message::Text(message.into()),
            _ = pings.tick() => Message::Ping(bytes::Bytes::new()),
            () = &mut late, if !connection.is_begun() => return Some(NOT_BEGUN),
        };
        if socket.send(message).await.is_err() {
            return None;
        }
    }
}
