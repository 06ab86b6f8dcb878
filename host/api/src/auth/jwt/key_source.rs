//! Where the issuer's keys are read: a file or a URL, each within bounds.

use reqwest::header::ACCEPT;
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

/// The largest key set that is read.
pub const MAX_SET_BYTES: usize = 256 << 10;

/// How long a URL may take to answer whole.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// Where the issuer's public keys are, as a JSON Web Key Set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    File(PathBuf),
    /// `https`, or `http` on this machine.
    Url(Url),
}

/// Why a text does not say where keys are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("not a URL: {0}")]
    Malformed(String),
    #[error(
        "keys from `{0}` are not protected in transit; use an https URL; http is accepted for this machine only"
    )]
    Insecure(String),
}

/// Why the issuer's keys are not known.
#[derive(Debug, thiserror::Error)]
pub enum KeySourceError {
    #[error("the key set {} cannot be read", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{url} does not return its key set")]
    Fetch { url: Url, source: reqwest::Error },
    #[error("{url} returned {status} instead of its key set")]
    Status { url: Url, status: StatusCode },
    #[error("{from} has more than {MAX_SET_BYTES} bytes, the limit of a key set")]
    TooLarge { from: String },
    #[error("{from} is not a JSON Web Key Set, such as {{\"keys\": […]}}")]
    Malformed {
        from: String,
        source: serde_json::Error,
    },
    #[error(
        "{from} has no key for the allowed algorithms; allow others with --jwt-algorithms, or check that it is the right key set"
    )]
    NoKey { from: String },
    #[error("the host's HTTP client did not start")]
    Client(#[source] reqwest::Error),
}

impl FromStr for KeySource {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        if !text.contains("://") {
            return Ok(Self::File(text.into()));
        }
        let url: Url = text
            .parse()
            .map_err(|error| UrlError::Malformed(format!("{error}")))?;
        match url.scheme() {
            "https" => Ok(Self::Url(url)),
            "http" if is_loopback(&url) => Ok(Self::Url(url)),
            _ => Err(UrlError::Insecure(text.to_owned())),
        }
    }
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => url.fmt(f),
        }
    }
}

/// By its address: a name may lead elsewhere.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    address.is_ok_and(|address| address.is_loopback())
}

/// Reads a key set again and again.
pub(super) enum Reader {
    File(PathBuf),
    Url { url: Url, client: Client },
}

impl Reader {
    pub(super) fn new(source: &KeySource) -> Result<Self, KeySourceError> {
        match source {
            KeySource::File(path) => Ok(Self::File(path.clone())),
            KeySource::Url(url) => Ok(Self::Url {
                client: client(url).map_err(KeySourceError::Client)?,
                url: url.clone(),
            }),
        }
    }

    /// The text of the set, of [`MAX_SET_BYTES`] at most.
    pub(super) async fn read(&self) -> Result<Vec<u8>, KeySourceError> {
        match self {
            Self::File(path) => in_file(path).await,
            Self::Url { url, client } => fetched(url, client).await,
        }
    }
}

async fn in_file(path: &Path) -> Result<Vec<u8>, KeySourceError> {
    let failed = |source| KeySourceError::File {
        path: path.to_owned(),
        source,
    };
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let mut text = Vec::new();
    let mut bounded = file.take(MAX_SET_BYTES as u64 + 1);
    bounded.read_to_end(&mut text).await.map_err(failed)?;
    match text.len() > MAX_SET_BYTES {
        true => Err(KeySourceError::TooLarge {
            from: path.display().to_string(),
        }),
        false => Ok(text),
    }
}

async fn fetched(url: &Url, client: &Client) -> Result<Vec<u8>, KeySourceError> {
    let failed = |error: reqwest::Error| KeySourceError::Fetch {
        url: url.clone(),
        source: error.without_url(),
    };
    let request = client.get(url.clone()).timeout(FETCH_TIMEOUT);
    let request = request.header(ACCEPT, "application/jwk-set+json, application/json");
    let mut response: Response = request.send().await.map_err(failed)?;
    if response.status() != StatusCode::OK {
        return Err(KeySourceError::Status {
            url: url.clone(),
            status: response.status(),
        });
    }
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        text.extend_from_slice(&chunk);
        if text.len() > MAX_SET_BYTES {
            return Err(KeySourceError::TooLarge {
                from: url.to_string(),
            });
        }
    }
    Ok(text)
}

/// Follows no redirects, which could lead away from https. Trusts whom the machine trusts or, on a
/// machine without certificates, those that are built in.
fn client(url: &Url) -> reqwest::Result<Client> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_from_a_file_or_over_a_way_on_which_nobody_changes_them() {
        let file = "keys/set.json".parse();
        assert_eq!(file, Ok(KeySource::File("keys/set.json".into())));
        for url in [
            "https://id.example.com/jwks",
            "http://127.0.0.1:9/jwks",
            "http://[::1]/jwks",
        ] {
            assert!(matches!(url.parse(), Ok(KeySource::Url(_))), "{url}");
        }
        for url in [
            "http://id.example.com/jwks",
            "http://localhost/jwks",
            "ftp://127.0.0.1/jwks",
        ] {
            let refused = url.parse::<KeySource>();
            assert!(matches!(refused, Err(UrlError::Insecure(_))), "{url}");
        }
        assert!("https://".parse::<KeySource>().is_err());
    }
}
