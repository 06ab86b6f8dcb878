//! What sends the requests that grants admit.

use super::timeouts::HttpTimeouts;
use futures::future::BoxFuture;
use tasker_egress::{AddressRefused, Client, last_cause, within_connect_timeout};
use wasmtime_wasi_http::Error;

/// Sends the requests of attempts after the grants have admitted them, with secrets in the place of their
/// placeholders. The client of the sandbox sends them to the network.
pub trait HttpTransport: Send + Sync {
    /// The response, once its head is there. The timeout between the pieces of its body is kept by its reader.
    fn send(
        &self,
        request: reqwest::Request,
        timeouts: HttpTimeouts,
    ) -> BoxFuture<'_, Result<reqwest::Response, HttpFailure>>;
}

/// Why a request got no response.
#[derive(Debug, thiserror::Error)]
pub enum HttpFailure {
    #[error(transparent)]
    Address(#[from] AddressRefused),
    #[error("{reason}")]
    Failed { reason: String, kind: HttpFault },
}

/// What a guest learns of a request that got no response, or no whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpFault {
    ConnectionRefused,
    /// No connection in time.
    ConnectionTimeout,
    /// No response in time.
    ResponseTimeout,
    /// The connection ended before the response did.
    ResponseIncomplete,
    /// Not sent: it is not permitted.
    Denied,
    /// The client could not be set up.
    Configuration,
    /// Anything else, in words.
    Internal(String),
}

impl HttpFailure {
    fn failed(reason: impl Into<String>, kind: HttpFault) -> Self {
        let reason = reason.into();
        Self::Failed { reason, kind }
    }
}

impl HttpTransport for Client {
    fn send(
        &self,
        request: reqwest::Request,
        timeouts: HttpTimeouts,
    ) -> BoxFuture<'_, Result<reqwest::Response, HttpFailure>> {
        Box::pin(async move {
            let client = self
                .client()
                .map_err(|reason| HttpFailure::failed(reason, HttpFault::Configuration))?;
            let answer = within_connect_timeout(timeouts.connect, client.execute(request));
            match tokio::time::timeout(timeouts.first_byte, answer).await {
                Ok(answer) => answer.map_err(|error| failure(&error)),
                Err(_) => Err(HttpFailure::failed(
                    format!("no answer within {:?}", timeouts.first_byte),
                    HttpFault::ResponseTimeout,
                )),
            }
        })
    }
}

fn failure(error: &reqwest::Error) -> HttpFailure {
    match last_cause(error) {
        Ok(address) => address.into(),
        Err(reason) => HttpFailure::failed(reason, fault_of(error)),
    }
}

/// What a guest learns of an error of the client.
pub(super) fn fault_of(error: &reqwest::Error) -> HttpFault {
    if error.is_timeout() {
        return HttpFault::ConnectionTimeout;
    }
    if error.is_connect() {
        return HttpFault::ConnectionRefused;
    }
    if error.is_body() || error.is_decode() {
        return HttpFault::ResponseIncomplete;
    }
    HttpFault::Internal(error.to_string())
}

impl From<HttpFault> for Error {
    fn from(fault: HttpFault) -> Self {
        match fault {
            HttpFault::ConnectionRefused => Self::ConnectionRefused,
            HttpFault::ConnectionTimeout => Self::ConnectionTimeout,
            HttpFault::ResponseTimeout => Self::ConnectionReadTimeout,
            HttpFault::ResponseIncomplete => Self::HttpResponseIncomplete,
            HttpFault::Denied => Self::HttpRequestDenied,
            HttpFault::Configuration => Self::ConfigurationError,
            HttpFault::Internal(reason) => Self::InternalError(Some(reason)),
        }
    }
}
