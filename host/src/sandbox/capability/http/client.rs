//! The HTTP client that all attempts share. It follows no redirects, uses no proxy and resolves
//! names itself, so that the address that was checked is the one that is connected to.

use super::{Refused, address};
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use wasmtime_wasi_http::{Error, WasiBody};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The way out of the sandbox. The client is made when the first guest asks for it.
#[derive(Clone, Default)]
pub(in crate::sandbox) struct Outside(Arc<OnceLock<Result<reqwest::Client, String>>>);

impl Outside {
    pub(super) fn client(&self) -> Result<&reqwest::Client, String> {
        self.0.get_or_init(build).as_ref().map_err(Clone::clone)
    }
}

fn build() -> Result<reqwest::Client, String> {
    // Fails where the process has chosen a provider already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .dns_resolver(Arc::new(CheckedResolver))
        .build()
        .map_err(|error| format!("the host's HTTP client did not start: {error}"))
}

/// Resolves names to the addresses that [`address::check`] allows.
struct CheckedResolver;

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let checked =
                found.map(|socket| address::check(name.as_str(), socket.ip()).map(|()| socket));
            let (allowed, mut refused): (Vec<_>, Vec<_>) = checked.partition(Result::is_ok);
            match refused.pop() {
                Some(Err(reason)) if allowed.is_empty() => Err(reason.into()),
                _ => Ok(Box::new(allowed.into_iter().flatten()) as Addrs),
            }
        })
    }
}

/// What became of a request that got no response.
pub(super) fn refused(host: &str, error: &reqwest::Error) -> Refused {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut last = String::new();
    while let Some(inner) = cause {
        if let Some(Refused::Address { host, address, why }) = inner.downcast_ref() {
            return Refused::Address {
                host: host.clone(),
                address: *address,
                why,
            };
        }
        last = inner.to_string();
        cause = inner.source();
    }
    Refused::Failed {
        host: host.to_owned(),
        reason: last,
        error: error_of(error),
    }
}

/// The error that a guest sees.
pub(super) fn error_of(error: &reqwest::Error) -> Error {
    if error.is_timeout() {
        return Error::ConnectionTimeout;
    }
    if error.is_connect() {
        return Error::ConnectionRefused;
    }
    if error.is_body() || error.is_decode() {
        return Error::HttpResponseIncomplete;
    }
    Error::InternalError(Some(error.to_string()))
}

/// A guest's request body, which may move between threads but is read by one at a time.
pub(super) struct OutgoingBody(Mutex<WasiBody>);

impl OutgoingBody {
    pub(super) fn wrap(body: WasiBody) -> reqwest::Body {
        reqwest::Body::wrap(Self(Mutex::new(body)))
    }

    fn inner(&mut self) -> Pin<&mut WasiBody> {
        Pin::new(
            self.0
                .get_mut()
                .expect("nobody panics while holding a body"),
        )
    }
}

impl Body for OutgoingBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.inner().poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().is_ok_and(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.0
            .lock()
            .map(|body| body.size_hint())
            .unwrap_or_default()
    }
}
