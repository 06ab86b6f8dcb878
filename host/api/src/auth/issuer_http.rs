//! Requests to the issuer of tokens: over a way on which nobody changes them, without redirects, each within a time and
//! with an answer of a bounded size.

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long the issuer may take to answer whole.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Why the issuer gave no answer that is of use.
#[derive(Debug, thiserror::Error)]
pub enum IssuerHttpError {
    #[error("{url} does not answer")]
    NoAnswer { url: Url, source: reqwest::Error },
    #[error("{url} answers {status}")]
    Status { url: Url, status: StatusCode },
    #[error("{url} answers more than {max_bytes} bytes")]
    TooLarge { url: Url, max_bytes: usize },
}

/// What came back.
pub(super) struct IssuerAnswer {
    pub status: StatusCode,
    pub body: Vec<u8>,
}

impl IssuerAnswer {
    /// The body of a success.
    pub fn successful(self, url: &Url) -> Result<Vec<u8>, IssuerHttpError> {
        match self.status {
            StatusCode::OK => Ok(self.body),
            status => Err(IssuerHttpError::Status {
                url: url.clone(),
                status,
            }),
        }
    }
}

/// Sends a request to this URL and reads the answer whole.
pub(super) async fn send(
    url: &Url,
    request: RequestBuilder,
    max_bytes: usize,
) -> Result<IssuerAnswer, IssuerHttpError> {
    let failed = |error: reqwest::Error| IssuerHttpError::NoAnswer {
        url: url.clone(),
        source: error.without_url(),
    };
    let mut response = request.timeout(TIMEOUT).send().await.map_err(failed)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        if body.len() + chunk.len() > max_bytes {
            return Err(IssuerHttpError::TooLarge {
                url: url.clone(),
                max_bytes,
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(IssuerAnswer {
        status: response.status(),
        body,
    })
}

/// True of `https`, and of `http` on this machine.
pub(super) fn is_protected(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

/// By its address: a name may lead elsewhere.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    address.is_ok_and(|address| address.is_loopback())
}

/// A client for this URL. It follows no redirects, which could lead away from https. It trusts whom the machine trusts or,
/// on a machine without certificates, those that are built in.
pub(super) fn client(url: &Url) -> reqwest::Result<Client> {
    // Fails where the process has chosen a provider already, which serves as well.
    let _ = ring::default_provider().install_default();
    let builder = || Client::builder().http1_only().redirect(Policy::none());
    let settings = || match is_loopback(url) {
        true => builder().no_proxy(),
        false => builder(),
    };
    let with_built_in = |_| {
        settings()
            .tls_backend_preconfigured(built_in_trust())
            .build()
    };
    settings().build().or_else(with_built_in)
}

fn built_in_trust() -> ClientConfig {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.into(),
    };
    ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring supports the default TLS versions")
        .with_root_certificates(roots)
        .with_no_client_auth()
}
