//! The HTTP client that all requests of one kind share. It follows no redirects, uses no proxy and resolves
//! names itself, so that the address that was checked is the one that is connected to.

use super::address::{AddressRefused, InnerAddresses};
use super::connect::ConnectTimeout;
use super::names::{CheckedResolver, LookUp};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error as StdError;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Connections to one host that are kept for later requests.
const IDLE_PER_HOST: usize = 32;
/// How long they are kept.
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The way out of the host. The client is made at the first request.
#[derive(Clone)]
pub struct Client {
    names: Arc<dyn LookUp>,
    inner: InnerAddresses,
    client: Arc<OnceLock<Result<reqwest::Client, String>>>,
}

impl Client {
    /// Gets addresses from `names`. URLs that name an address are for the caller to check.
    pub fn new(names: Arc<dyn LookUp>, inner: InnerAddresses) -> Self {
        Self {
            names,
            inner,
            client: Arc::default(),
        }
    }

    /// The client, or why it did not start.
    pub fn client(&self) -> Result<&reqwest::Client, String> {
        let client = self.client.get_or_init(|| build(&self.names, self.inner));
        client.as_ref().map_err(Clone::clone)
    }
}

/// Trusts the certificate authorities of the machine or, if it has none, the built-in ones.
fn build(names: &Arc<dyn LookUp>, inner: InnerAddresses) -> Result<reqwest::Client, String> {
    // Fails where the process has chosen a provider already, which serves as well.
    let _ = ring::default_provider().install_default();
    let with_own_roots = |_| {
        settings(names, inner)
            .tls_backend_preconfigured(built_in_trust()?)
            .build()
            .map_err(|error| error.to_string())
    };
    let client = settings(names, inner).build().or_else(with_own_roots);
    client.map_err(|reason| format!("the host's HTTP client did not start: {reason}"))
}

fn settings(names: &Arc<dyn LookUp>, inner: InnerAddresses) -> reqwest::ClientBuilder {
    // The object store of archives brings HTTP/2, which handlers were not promised.
    reqwest::Client::builder()
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .pool_max_idle_per_host(IDLE_PER_HOST)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .connector_layer(ConnectTimeout)
        .dns_resolver(Arc::new(CheckedResolver {
            names: names.clone(),
            inner,
        }))
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

/// The innermost cause of an error: why an address was refused, if it was, and else what it says.
pub fn last_cause(error: &reqwest::Error) -> Result<AddressRefused, String> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut last = String::new();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<AddressRefused>() {
            return Ok(refused.clone());
        }
        last = inner.to_string();
        cause = inner.source();
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::super::names::SystemNames;
    use super::*;

    #[test]
    fn the_client_starts_without_certificates_of_the_machine() {
        let names: Arc<dyn LookUp> = Arc::new(SystemNames);
        assert!(
            settings(&names, InnerAddresses::AsNamed)
                .tls_backend_preconfigured(built_in_trust().unwrap())
                .build()
                .is_ok()
        );
    }
}
