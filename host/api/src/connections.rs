//! Connections: their number and their timeouts.
//!
//! If all are taken, the idle one of the caller with the most connections is closed. If none is idle, a few
//! more connections are served for health checks and for callers with few connections. Further ones are
//! closed.

use super::bounds::{Bounds, MAX_HEAD_BYTES};
use super::connection_limiter::{ConnectionLimiter, ConnectionPermit};
use super::held::hold;
use super::min_rate::RatedStream;
use axum::Router;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Serves on `listener` until `closing`, then ends the requests under way.
pub(super) async fn serve<L: Listener<Addr = SocketAddr>>(
    mut listener: L,
    router: Router,
    bounds: Bounds,
    closing: CancellationToken,
) {
    let limiter = ConnectionLimiter::new(bounds);
    let server = Server {
        router,
        bounds,
        closing: closing.clone(),
    };
    let connections = TaskTracker::new();
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closing.cancelled() => break,
        };
        match limiter.admit(address.ip()) {
            Some(connection) => {
                drop(connections.spawn(server.clone().serve_connection(stream, connection)));
            }
            None => tracing::debug!(%address, "a connection beyond all bounds is closed"),
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Marks the connection as busy until the answer has been taken.
pub(super) async fn occupy(request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<Arc<ConnectionPermit>>();
    match connection.map(ConnectionPermit::begin) {
        Some(busy) => hold(next.run(request).await, busy),
        None => next.run(request).await,
    }
}

#[derive(Clone)]
struct Server {
    router: Router,
    bounds: Bounds,
    closing: CancellationToken,
}

impl Server {
    /// Serves requests one after the other; a spare connection serves only one.
    async fn serve_connection(self, stream: impl Stream, connection: ConnectionPermit) {
        let connection = Arc::new(connection);
        let is_spare = connection.is_spare();
        let head_timeout = match is_spare {
            true => self.bounds.spare_head_timeout,
            false => self.bounds.head_timeout,
        };
        let (router, of) = (TowerToHyperService::new(self.router), connection.clone());
        // Each request carries its connection.
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(of.clone());
            router.call(request)
        });
        let stream = RatedStream::new(stream, self.bounds.rate_timeout, connection.clone());
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_timeout)
            .keep_alive(!is_spare)
            .max_header_size(MAX_HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut serving = pin!(serving);
        let ended = tokio::select! {
            ended = serving.as_mut() => ended,
            () = self.closing.cancelled() => {
                serving.as_mut().graceful_shutdown();
                serving.await
            }
            () = connection.has_to_leave() => {
                // A connection without a request loses nothing.
                if !connection.has_asked() {
                    return;
                }
                serving.as_mut().graceful_shutdown();
                serving.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// What a connection is read from and written to.
trait Stream: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static {}

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static> Stream for S {}
