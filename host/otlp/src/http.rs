//! OTLP by HTTP, with messages of protobuf.

use super::endpoint::Endpoint;
use super::error::OtlpError;
use super::request::{Request, SendError};
use chrono::{DateTime, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use std::io::{self, Write as _};
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;

/// What is read of an answer.
const MAX_ANSWER: usize = 64 << 10;

/// Sends to one URL.
pub(crate) struct HttpSender {
    client: Client,
    url: String,
    headers: HeaderMap,
    is_compressed: bool,
}

impl HttpSender {
    /// With the authorities of the system, and the given ones.
    pub(crate) fn new(
        endpoint: &Endpoint,
        authorities: Option<Vec<u8>>,
        user_agent: &str,
    ) -> Result<Self, OtlpError> {
        let signal = endpoint.signal.name();
        let failed = |source| OtlpError::Client { signal, source };
        let mut builder = Client::builder()
            .timeout(endpoint.timeout)
            .user_agent(user_agent)
            .redirect(Policy::none());
        if let Some(pem) = authorities {
            let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(failed)?;
            builder = builder.tls_certs_merge(certificates);
        }
        let client = builder.build().map_err(failed)?;
        // A URL that cannot be parsed is found now.
        client.post(&endpoint.url).build().map_err(failed)?;
        Ok(Self {
            client,
            url: endpoint.url.clone(),
            headers: endpoint.headers.clone(),
            is_compressed: endpoint.is_compressed,
        })
    }

    /// Sends once; how many items were rejected.
    pub(crate) async fn send(&self, request: &Request) -> Result<usize, SendError> {
        let post = self.client.post(&self.url).headers(self.headers.clone());
        let post = post.header(CONTENT_TYPE, "application/x-protobuf");
        let body = request.encode();
        let post = match self.is_compressed {
            true => {
                let body =
                    compressed(&body).map_err(|error| SendError::network(error.to_string()))?;
                post.header(CONTENT_ENCODING, "gzip").body(body)
            }
            false => post.body(body),
        };
        let response = post.send().await.map_err(network)?;
        if !response.status().is_success() {
            return Err(refused(&response));
        }
        // An answer that is too long or cannot be read does not undo what was taken.
        Ok(request
            .rejected(&answer(response).await?)
            .unwrap_or_default())
    }
}

fn compressed(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body)?;
    encoder.finish()
}

/// Without the URL, which may have a password.
fn network(error: reqwest::Error) -> SendError {
    SendError::network(ErrorChain(&error.without_url()).to_string())
}

async fn answer(mut response: Response) -> Result<Vec<u8>, SendError> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        if answer.len() + chunk.len() > MAX_ANSWER {
            return Ok(Vec::new());
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer)
}

fn refused(response: &Response) -> SendError {
    let status = response.status();
    let header = response.headers().get(RETRY_AFTER);
    let header = header.and_then(|value| value.to_str().ok());
    SendError {
        message: format!("the answer is {status}"),
        is_retryable: matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        ),
        retry_after: header.and_then(|text| retry_after(text, Utc::now())),
    }
}

/// In seconds, or a date.
fn retry_after(header: &str, now: DateTime<Utc>) -> Option<Duration> {
    let header = header.trim();
    if let Ok(seconds) = header.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(header).ok()?;
    Some((date.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_asks_for_a_delay_in_seconds_or_with_a_date() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let later = (now + Duration::from_secs(7)).to_rfc2822();
        assert_eq!(retry_after(" 7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&later, now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after(&now.to_rfc2822(), now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
