//! How a client is set up.

use super::deprecated::Deprecated;
use super::{Client, ClientError, Exchange, Observer, is_loopback};
use reqwest::Url;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject as _};
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::byte_order_mark::without_mark_bytes;

/// A host that accepts no connection within this is taken for unreachable.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A client that is being set up.
pub struct ClientBuilder {
    base: Url,
    token: Option<Arc<str>>,
    authorities: Option<RootCertStore>,
    observer: Option<Observer>,
}

impl ClientBuilder {
    pub(super) fn new(url: &str) -> Result<Self, ClientError> {
        Ok(Self {
            base: parse_url(url)?,
            token: None,
            authorities: None,
            observer: None,
        })
    }

    /// Where the host is.
    pub fn url(&self) -> &Url {
        &self.base
    }

    /// An API key or a JWT; without one, only what is open to everyone can be had.
    pub fn token(mut self, token: &str) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Trusts only the certificate authorities in this text, which is PEM.
    pub fn authorities(mut self, pem: &[u8]) -> Result<Self, ClientError> {
        self.authorities = Some(root_certificates(pem)?);
        Ok(self)
    }

    /// Calls `observer` after each request that was answered.
    pub fn observe(mut self, observer: impl Fn(&Exchange<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// The client. It connects when the first request is sent.
    pub fn build(self) -> Result<Client, ClientError> {
        let http = http_client(&self.base, self.authorities).map_err(ClientError::Setup)?;
        Ok(Client {
            http,
            base: self.base,
            token: self.token,
            observer: self.observer,
            deprecated: Deprecated::default(),
        })
    }
}

fn parse_url(text: &str) -> Result<Url, ClientError> {
    let invalid = |reason: String| ClientError::Url {
        text: text.to_owned(),
        reason,
    };
    let url: Url = text.parse().map_err(|error| invalid(format!("{error}")))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        other => Err(invalid(format!("`{other}:` is not http or https"))),
    }
}

/// Over plain http no certificates are read, so that a machine without any works too; a host on
/// this machine is never asked through a proxy.
fn http_client(base: &Url, roots: Option<RootCertStore>) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder().http1_only();
    let builder = builder.connect_timeout(CONNECT_TIMEOUT);
    let builder = match is_loopback(base) {
        true => builder.no_proxy(),
        false => builder,
    };
    match (base.scheme(), roots) {
        (_, Some(roots)) => builder.tls_backend_preconfigured(trusting(roots)).build(),
        ("http", None) => builder
            .tls_backend_preconfigured(trusting(RootCertStore::empty()))
            .build(),
        (_, None) => builder.build(),
    }
}

fn root_certificates(pem: &[u8]) -> Result<RootCertStore, ClientError> {
    let mut roots = RootCertStore::empty();
    let certificates: Result<Vec<CertificateDer<'static>>, pem::Error> =
        CertificateDer::pem_slice_iter(without_mark_bytes(pem)).collect();
    for certificate in certificates.map_err(|error| ClientError::Authorities(error.to_string()))? {
        let added = roots.add(certificate);
        added.map_err(|error| ClientError::Authorities(error.to_string()))?;
    }
    match roots.is_empty() {
        true => Err(ClientError::Authorities("it has none".to_owned())),
        false => Ok(roots),
    }
}

fn trusting(roots: RootCertStore) -> rustls::ClientConfig {
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports the default TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_http_and_names_a_host() {
        assert!(parse_url("http://127.0.0.1:7710").is_ok());
        assert!(parse_url("https://tasker.example.com/engine").is_ok());
        for wrong in ["127.0.0.1:7710", "localhost:7710", "ftp://h", "", "http://"] {
            assert!(parse_url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_on_this_machine_is_recognised() {
        let is = |url: &str| is_loopback(&url.parse().unwrap());
        assert!(is("http://localhost:1") && is("http://127.0.0.1") && is("http://[::1]:7710"));
        assert!(!is("http://example.com"));
    }
}
