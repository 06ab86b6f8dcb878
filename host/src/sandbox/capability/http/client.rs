//! The HTTP client that all attempts share. It follows no redirects, uses no proxy and resolves
//! names itself, so that the address that was checked is the one that is connected to.

use super::{Refused, address};
use crate::sandbox::meter::Meter;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error as StdError;
use std::net::SocketAddr;
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

/// Trusts whom the machine trusts or, on a machine without certificates, those that are built in.
fn build() -> Result<reqwest::Client, String> {
    // Fails where the process has chosen a provider already, which serves as well.
    let _ = ring::default_provider().install_default();
    let with_own_roots = |_| {
        settings()
            .tls_backend_preconfigured(built_in_trust()?)
            .build()
            .map_err(|error| error.to_string())
    };
    let client = settings().build().or_else(with_own_roots);
    client.map_err(|reason| format!("the host's HTTP client did not start: {reason}"))
}

fn settings() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
        .dns_resolver(Arc::new(CheckedResolver))
}

fn built_in_trust() -> Result<ClientConfig, String> {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.into(),
    };
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Resolves names to the addresses that [`address::check`] allows.
struct CheckedResolver;

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(Box::new(reachable(name.as_str(), found)?.into_iter()) as Addrs)
        })
    }
}

/// Those addresses of a host that may be reached; where there is none, why.
fn reachable(
    host: &str,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, Refused> {
    let mut refused = None;
    let mut allowed = Vec::new();
    for socket in found {
        match address::check(host, socket.ip()) {
            Ok(()) => allowed.push(socket),
            Err(reason) => refused = Some(reason),
        }
    }
    match refused {
        Some(reason) if allowed.is_empty() => Err(reason),
        _ => Ok(allowed),
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
pub(super) struct OutgoingBody {
    body: Mutex<WasiBody>,
    meter: Arc<Meter>,
}

impl OutgoingBody {
    pub(super) fn wrap(body: WasiBody, meter: Arc<Meter>) -> reqwest::Body {
        let body = Mutex::new(body);
        reqwest::Body::wrap(Self { body, meter })
    }

    fn inner(&mut self) -> Pin<&mut WasiBody> {
        Pin::new(
            self.body
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
        let polled = self.inner().poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            self.meter.count_out(bytes);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.lock().is_ok_and(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .lock()
            .map(|body| body.size_hint())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(addresses: &[&str]) -> Result<usize, Refused> {
        let found = addresses
            .iter()
            .map(|address| SocketAddr::new(address.parse().unwrap(), 80));
        reachable("example.com", found).map(|reached| reached.len())
    }

    #[test]
    fn only_the_addresses_that_may_be_reached_are_connected_to() {
        assert_eq!(reached(&["93.184.216.34", "10.0.0.1"]).unwrap(), 1);
        let refused = reached(&["10.0.0.1", "127.0.0.1"]).unwrap_err();
        assert!(
            refused
                .to_string()
                .contains("`example.com` is at 127.0.0.1"),
            "{refused}"
        );
    }

    #[test]
    fn the_client_starts_without_certificates_of_the_machine() {
        assert!(
            settings()
                .tls_backend_preconfigured(built_in_trust().unwrap())
                .build()
                .is_ok()
        );
    }
}
