//! The timeout for a connection, request by request, though all share one client.

use futures::future::BoxFuture;
use std::error::Error as StdError;
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;
use tower_layer::Layer;
use tower_service::Service;

/// How long a connection may take to come about, where the request does not say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

tokio::task_local! {
    /// Of the request that is being sent by this task.
    static TIMEOUT: Duration;
}

/// Sends a request, which may wait for a connection as long as this.
pub async fn within_connect_timeout<T>(timeout: Duration, sending: impl Future<Output = T>) -> T {
    TIMEOUT.scope(timeout, sending).await
}

/// Ends connecting when the timeout of the request is over that asked for the connection.
#[derive(Clone)]
pub(super) struct ConnectTimeout;

impl<S> Layer<S> for ConnectTimeout {
    type Service = Within<S>;

    fn layer(&self, inner: S) -> Within<S> {
        Within(inner)
    }
}

/// A connector that gives up.
#[derive(Clone)]
pub(super) struct Within<S>(S);

type BoxError = Box<dyn StdError + Send + Sync>;

impl<S, Target> Service<Target> for Within<S>
where
    S: Service<Target>,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    S::Response: 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<S::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, target: Target) -> Self::Future {
        let timeout = TIMEOUT.try_with(|timeout| *timeout);
        let timeout = timeout.unwrap_or(CONNECT_TIMEOUT);
        let connecting = self.0.call(target);
        Box::pin(async move {
            match tokio::time::timeout(timeout, connecting).await {
                Ok(connected) => connected.map_err(Into::into),
                Err(_) => {
                    let late = format!("no connection within {timeout:?}");
                    Err(io::Error::new(io::ErrorKind::TimedOut, late).into())
                }
            }
        })
    }
}
