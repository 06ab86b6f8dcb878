//! The HTTP client that all attempts share. It follows no redirects, uses no proxy and resolves
//! names itself, so that the address that was checked is the one that is connected to.

use super::Refused;
use super::connect::ConnectTimeout;
use super::names::{CheckedResolver, LookUp};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use wasmtime_wasi_http::Error;

/// Connections to one host that are kept for later requests.
const IDLE_PER_HOST: usize = 32;
/// How long they are kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The way out of the sandbox. The client is made when the first guest asks for it.
#[derive(Clone)]
pub(crate) struct EgressClient {
    names: Arc<dyn LookUp>,
    client: Arc<OnceLock<Result<reqwest::Client, String>>>,
}

impl EgressClient {
    pub(crate) fn new(names: Arc<dyn LookUp>) -> Self {
        let client = Arc::default();
        Self { names, client }
    }

    pub(super) fn client(&self) -> Result<&reqwest::Client, String> {
        let client = self.client.get_or_init(|| build(&self.names));
        client.as_ref().map_err(Clone::clone)
    }
}

/// Trusts the certificate authorities of the machine or, if it has none, the built-in ones.
fn build(names: &Arc<dyn LookUp>) -> Result<reqwest::Client, String> {
    // Fails where the process has chosen a provider already, which serves as well.
    let _ = ring::default_provider().install_default();
    let with_own_roots = |_| {
        settings(names)
            .tls_backend_preconfigured(built_in_trust()?)
            .build()
            .map_err(|error| error.to_string())
    };
    let client = settings(names).build().or_else(with_own_roots);
    client.map_err(|reason| format!("the host's HTTP client did not start: {reason}"))
}

fn settings(names: &Arc<dyn LookUp>) -> reqwest::ClientBuilder {
    // The object store of archives brings HTTP/2, which handlers were not promised.
    reqwest::Client::builder()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .connector_layer(ConnectTimeout)
        .dns_resolver(Arc::new(CheckedResolver(names.clone())))
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

/// Why a request got no response.
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

#[cfg(test)]
mod tests {
    use super::super::names::SystemNames;
    use super::*;

    #[test]
    fn the_client_starts_without_certificates_of_the_machine() {
        let names: Arc<dyn LookUp> = Arc::new(SystemNames);
        assert!(
            settings(&names)
                .tls_backend_preconfigured(built_in_trust().unwrap())
                .build()
                .is_ok()
        );
    }
}
