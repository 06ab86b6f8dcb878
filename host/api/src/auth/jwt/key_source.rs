//! Where the issuer's keys are read: a file or a URL, each within bounds.

use super::super::issuer_http::{self, IssuerHttpError, client, is_protected};
use reqwest::header::ACCEPT;
use reqwest::{Client, Url};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tokio::io::AsyncReadExt as _;

/// The largest key set that is read.
pub const MAX_SET_BYTES: usize = 256 << 10;

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
    #[error("the key set cannot be fetched")]
    Fetch(#[from] IssuerHttpError),
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
        match is_protected(&url) {
            true => Ok(Self::Url(url)),
            false => Err(UrlError::Insecure(text.to_owned())),
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
    let request = client.get(url.clone());
    let request = request.header(ACCEPT, "application/jwk-set+json, application/json");
    let answer = issuer_http::send(url, request, MAX_SET_BYTES).await?;
    Ok(answer.successful(url)?)
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
