//! Requests to the identity provider: what it says of itself, and the exchange of a code for a token.

use super::SignInConfig;
use super::error::{MAX_SECRET_BYTES, ProviderError, named};
use super::metadata::Metadata;
use crate::auth::issuer_http::{self, IssuerHttpError, client, is_protected};
use data_encoding::BASE64;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, StatusCode, Url};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_domain::error_chain::ErrorChain;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

/// The largest answer of the provider that is read.
const MAX_ANSWER_BYTES: usize = 64 << 10;

/// How long what the provider said of itself is taken for current.
const FRESH_FOR: Duration = Duration::from_secs(10 * 60);

/// How long it is used when the provider does not repeat it.
const TRUSTED_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The provider is not asked again this soon after it failed: all who wait are told the same.
const FAILED_FOR: Duration = Duration::from_secs(1);

/// Where a provider says what it is, below its issuer.
const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

/// The identity provider.
pub(super) struct Provider {
    issuer: String,
    discovery: Url,
    client_id: String,
    secret_file: Option<PathBuf>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Arc<Metadata>, Instant)>,
    failed: Option<(Arc<ProviderError>, Instant)>,
}

/// What a code is exchanged with.
pub(super) struct CodeExchange<'a> {
    pub code: &'a str,
    pub verifier: &'a str,
    pub redirect_uri: &'a Url,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

#[derive(Deserialize)]
struct RefusedAnswer {
    error: String,
}

impl Provider {
    pub fn new(issuer: &str, config: &SignInConfig) -> Result<Self, ProviderError> {
        let discovery = format!("{}{DISCOVERY_PATH}", issuer.trim_end_matches('/'));
        let discovery = discovery.parse::<Url>().ok().filter(is_protected);
        Ok(Self {
            discovery: discovery.ok_or_else(|| ProviderError::Issuer(issuer.to_owned()))?,
            issuer: issuer.to_owned(),
            client_id: config.client_id.clone(),
            secret_file: config.client_secret_file.clone(),
            known: Mutex::default(),
        })
    }

    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Fails where the secret of the host cannot be read.
    pub async fn check_secret(&self) -> Result<(), ProviderError> {
        if let Some(path) = &self.secret_file {
            secret(path).await?;
        }
        Ok(())
    }

    /// What the provider says of itself; who comes while it is asked waits for its answer.
    pub async fn metadata(&self) -> Result<Arc<Metadata>, Arc<ProviderError>> {
        let mut known = self.known.lock().await;
        if let Some((metadata, at)) = &known.metadata
            && at.elapsed() < FRESH_FOR
        {
            return Ok(metadata.clone());
        }
        let failed = known.failed.take();
        let failed = failed.filter(|(_, at)| at.elapsed() < FAILED_FOR);
        let asked = match failed {
            Some((error, at)) => Err((error, at)),
            None => self.discovered().await.map_err(|error| {
                let issuer = &self.issuer;
                tracing::warn!(issuer, error = %ErrorChain(&error), "the identity provider does not say what it is");
                (Arc::new(error), Instant::now())
            }),
        };
        match asked {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                known.metadata = Some((metadata.clone(), Instant::now()));
                Ok(metadata)
            }
            Err(failed) => {
                let error = failed.0.clone();
                known.failed = Some(failed);
                let last = known.metadata.as_ref();
                let last = last.filter(|(_, at)| at.elapsed() < TRUSTED_FOR);
                last.map(|(metadata, _)| metadata.clone()).ok_or(error)
            }
        }
    }

    async fn discovered(&self) -> Result<Metadata, ProviderError> {
        let url = &self.discovery;
        let request = started(url)?.get(url.clone());
        let request = request.header(ACCEPT, "application/json");
        let answer = issuer_http::send(url, request, MAX_ANSWER_BYTES).await?;
        Metadata::parse(&answer.successful(url)?, &self.issuer, url)
    }

    /// The token of who signed in, not verified.
    pub async fn exchange(
        &self,
        metadata: &Metadata,
        exchange: CodeExchange<'_>,
    ) -> Result<Zeroizing<String>, ProviderError> {
        let url = &metadata.token_endpoint;
        let mut members = vec![
            ("grant_type", "authorization_code"),
            ("code", exchange.code),
            ("redirect_uri", exchange.redirect_uri.as_str()),
            ("code_verifier", exchange.verifier),
            ("client_id", &self.client_id),
        ];
        let mut request = started(url)?.post(url.clone());
        let secret = match &self.secret_file {
            Some(path) => Some(secret(path).await?),
            None => None,
        };
        match &secret {
            Some(secret) if metadata.takes_secret_in_body => {
                members.push(("client_secret", secret));
            }
            Some(secret) => request = request.header(AUTHORIZATION, basic(&self.client_id, secret)),
            None => {}
        }
        let request = request
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(&members));
        let answer = issuer_http::send(url, request, MAX_ANSWER_BYTES).await?;
        let body = Zeroizing::new(answer.body);
        let malformed = |source| ProviderError::Malformed {
            url: url.clone(),
            source,
        };
        match answer.status {
            StatusCode::OK => {
                let answer: TokenAnswer = serde_json::from_slice(&body).map_err(malformed)?;
                Ok(Zeroizing::new(answer.id_token))
            }
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
                let refused: RefusedAnswer = serde_json::from_slice(&body).map_err(malformed)?;
                Err(ProviderError::Refused {
                    error: named(&refused.error),
                })
            }
            status => Err(IssuerHttpError::Status {
                url: url.clone(),
                status,
            })?,
        }
    }
}

fn started(url: &Url) -> Result<Client, ProviderError> {
    client(url).map_err(ProviderError::Client)
}

/// Read each time, so that another one counts without a restart.
async fn secret(path: &Path) -> Result<Zeroizing<String>, ProviderError> {
    let failed = |source| ProviderError::SecretFile {
        path: path.to_owned(),
        source,
    };
    let file = tokio::fs::File::open(path).await.map_err(failed)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_SECRET_BYTES + 1));
    let mut bounded = file.take(MAX_SECRET_BYTES as u64 + 1);
    bounded.read_to_end(&mut bytes).await.map_err(failed)?;
    let text = std::str::from_utf8(&bytes).ok().map(str::trim);
    let text = text.filter(|text| !text.is_empty() && bytes.len() <= MAX_SECRET_BYTES);
    let text = text.ok_or_else(|| ProviderError::Secret(path.to_owned()))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Names and values are encoded as in a form before they are in base64 (RFC 6749, 2.3.1).
fn basic(client_id: &str, secret: &str) -> String {
    let encoded = |text: &str| form(&[(text, "")]).trim_end_matches('=').to_owned();
    let pair = Zeroizing::new(format!("{}:{}", encoded(client_id), encoded(secret)));
    format!("Basic {}", BASE64.encode(pair.as_bytes()))
}

/// Names and values as a form has them, which a URL has as its query.
fn form(members: &[(&str, &str)]) -> String {
    let mut url = Url::parse("form:/").expect("it is a URL");
    url.query_pairs_mut().extend_pairs(members);
    url.query().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_encoded_as_in_a_form() {
        assert_eq!(
            form(&[("a b", "1&2=3"), ("c", "ü+")]),
            "a+b=1%262%3D3&c=%C3%BC%2B"
        );
        let header = basic("tasker:web", "p%=ä");
        let pair = BASE64.decode(header.strip_prefix("Basic ").unwrap().as_bytes());
        assert_eq!(pair.unwrap(), b"tasker%3Aweb:p%25%3D%C3%A4");
    }

    #[tokio::test]
    async fn a_secret_is_the_text_of_its_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (text, wanted) in [
            ("s3cret\n", Some("s3cret")),
            ("\n", None),
            (&"s".repeat(MAX_SECRET_BYTES + 1), None),
        ] {
            std::fs::write(file.path(), text).unwrap();
            let read = secret(file.path()).await.ok();
            assert_eq!(read.as_deref().map(String::as_str), wanted);
        }
        assert!(secret(Path::new("/nowhere/secret")).await.is_err());
    }
}
