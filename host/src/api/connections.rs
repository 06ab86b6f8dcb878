//! Connections: how many at once, and how long each is waited for.
//!
//! Where all are taken, those that are idle are ended, and a few more connections are served all the
//! same: for health, and to tell others to come again. What comes beyond these is closed.

use super::bounds::{Bounds, MAX_HEAD_BYTES};
use super::crowd;
use super::patience::PatientStream;
use axum::Router;
use axum::middleware::from_fn;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Serves on `listener` until `closing`, then ends the requests under way.
pub(super) async fn serve<L: Listener>(
    mut listener: L,
    router: Router,
    bounds: Bounds,
    closing: CancellationToken,
) {
    let doors = Doors::new(router, bounds, closing.clone());
    let connections = TaskTracker::new();
    loop {
        let (stream, _) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closing.cancelled() => break,
        };
        match doors.admit() {
            Some(admitted) => drop(connections.spawn(doors.clone().attend(stream, admitted))),
            None => tracing::debug!("a connection beyond all bounds is closed"),
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

#[derive(Clone)]
struct Doors {
    router: Router,
    /// For those beyond the most that are served.
    spare_router: Router,
    bounds: Bounds,
    seats: Arc<Semaphore>,
    spare_seats: Arc<Semaphore>,
    /// Tells those who are idle to leave.
    crowded: Arc<Notify>,
    closing: CancellationToken,
}

/// A connection that is served, for as long as it lasts.
struct Admitted {
    router: Router,
    head_timeout: Duration,
    /// Whether more than one request is answered.
    keep_alive: bool,
    _seat: OwnedSemaphorePermit,
}

impl Doors {
    fn new(router: Router, bounds: Bounds, closing: CancellationToken) -> Self {
        Self {
            spare_router: router.clone().layer(from_fn(crowd::answer)),
            router,
            bounds,
            seats: Arc::new(Semaphore::new(bounds.max_connections)),
            spare_seats: Arc::new(Semaphore::new(bounds.max_spare_connections)),
            crowded: Arc::default(),
            closing,
        }
    }

    fn admit(&self) -> Option<Admitted> {
        if let Ok(seat) = self.seats.clone().try_acquire_owned() {
            return Some(Admitted {
                router: self.router.clone(),
                head_timeout: self.bounds.head_timeout,
                keep_alive: true,
                _seat: seat,
            });
        }
        self.crowded.notify_waiters();
        let seat = self.spare_seats.clone().try_acquire_owned().ok()?;
        Some(Admitted {
            router: self.spare_router.clone(),
            head_timeout: self.bounds.spare_head_timeout,
            keep_alive: false,
            _seat: seat,
        })
    }

    /// Answers one request after the other.
    async fn attend(self, stream: impl Stream, admitted: Admitted) {
        let stream = TokioIo::new(PatientStream::new(stream, self.bounds.patience));
        let service = TowerToHyperService::new(admitted.router);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(admitted.head_timeout)
            .keep_alive(admitted.keep_alive)
            .max_header_size(MAX_HEAD_BYTES)
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.has_to_leave() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    async fn has_to_leave(&self) {
        tokio::select! {
            () = self.closing.cancelled() => {}
            () = self.crowded.notified() => {}
        }
    }
}

/// What a connection is read from and written to.
trait Stream: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static {}

impl<S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static> Stream for S {}
