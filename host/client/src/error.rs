//! Why a call failed.

use super::Client;
use http::StatusCode;
use reqwest::{Response, Url};
use tasker_wire::headers::CORRELATION;
use tasker_wire::problem::Problem;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("`{text}` is not the URL of a host: {reason}")]
    Url { text: String, reason: String },
    #[error("the certificate authorities cannot be read: {0}")]
    Authorities(String),
    #[error("the request cannot be set up: {0}")]
    Setup(#[source] reqwest::Error),
    #[error("{url} did not answer in time")]
    Timeout { url: String },
    #[error("no answer from {url}: {reason}")]
    Unreachable { url: String, reason: String },
    #[error("{0}")]
    Refused(Box<ErrorResponse>),
    #[error("the answer of {url} is not what this version expects: {source}")]
    Unreadable { url: Url, source: serde_json::Error },
}

/// An answer that is no success.
#[derive(Debug)]
pub struct ErrorResponse {
    pub url: Url,
    pub status: StatusCode,
    /// `None` if it is not a host of Tasker that answered.
    pub problem: Option<Problem>,
    /// What was answered, as it came.
    pub body: String,
    /// Under which the host's log has the request.
    pub correlation_id: Option<String>,
}

impl ErrorResponse {
    pub(super) async fn read(url: Url, answer: Response) -> reqwest::Result<Self> {
        let status = answer.status();
        let correlation_id = answer.headers().get(CORRELATION);
        let correlation_id = correlation_id
            .and_then(|id| id.to_str().ok())
            .map(str::to_owned);
        let body = answer.text().await?;
        Ok(Self {
            url,
            status,
            problem: serde_json::from_str(&body).ok(),
            body,
            correlation_id,
        })
    }
}

impl std::fmt::Display for ErrorResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.problem {
            Some(problem) if !problem.detail.is_empty() => f.write_str(&problem.detail),
            Some(problem) => f.write_str(&problem.title),
            None => write!(f, "{} answered with status {}", self.url, self.status),
        }
    }
}

impl Client {
    /// Why a request got no complete answer.
    pub(super) fn unreachable(&self, error: &reqwest::Error) -> ClientError {
        let url = self.base.as_str().trim_end_matches('/').to_owned();
        if error.is_timeout() {
            return ClientError::Timeout { url };
        }
        let mut cause: &dyn std::error::Error = error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        let cause = cause.to_string().to_lowercase();
        let reason = cause.split(" (os error").next().unwrap_or(&cause);
        ClientError::Unreachable {
            url,
            reason: reason.to_owned(),
        }
    }
}
