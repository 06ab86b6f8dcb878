//! One delivery: a request with an event, signed, and what came of it.

use super::SubscribersConfig;
use super::retry::retry_after;
use super::signature::signatures;
use bytes::Bytes;
use chrono::Utc;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use reqwest::{Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::secret::SecretValue;
use tasker_domain::subscription::MAX_KEPT_BYTES;
use tasker_egress::{
    Client, InnerAddresses, SystemNames, check_target, last_cause, within_connect_timeout,
};
use tasker_engine::subscription::Undelivered;

/// The media type of one event.
const CLOUD_EVENT: &str = "application/cloudevents+json";
/// How the host calls itself.
const AGENT: &str = concat!("tasker/", env!("CARGO_PKG_VERSION"));

/// An event as it is sent.
pub(crate) struct Message {
    /// The same in each try.
    pub id: String,
    pub body: Bytes,
}

/// What came of a try.
#[derive(Debug)]
pub(crate) enum Sent {
    Accepted,
    /// The receiver wants no events any more.
    Gone,
    Failed(Failure),
    /// The host had to stop waiting: nobody is to blame.
    CutOff,
}

/// Why a receiver did not accept an event.
#[derive(Debug, Default)]
pub(crate) struct Failure {
    pub reason: String,
    pub status: Option<u16>,
    /// Its beginning.
    pub body: Option<String>,
    pub retry_after: Option<Duration>,
}

impl Failure {
    pub(crate) fn of(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            ..Self::default()
        }
    }

    pub(crate) fn undelivered(&self) -> Undelivered<'_> {
        Undelivered {
            reason: &self.reason,
            status: self.status,
            body: self.body.as_deref(),
        }
    }
}

/// Sends all requests of a host.
pub(crate) struct Sender {
    client: Client,
    inner: InnerAddresses,
    request_timeout: Duration,
    connect_timeout: Duration,
}

impl Sender {
    pub(crate) fn new(config: &SubscribersConfig) -> Self {
        let inner = config.addresses();
        Self {
            client: Client::new(Arc::new(SystemNames), inner),
            inner,
            request_timeout: config.request_timeout,
            connect_timeout: config.connect_timeout,
        }
    }

    /// Sends it once; waits `within` at most.
    pub(crate) async fn send(
        &self,
        url: &str,
        message: &Message,
        secrets: &[SecretValue],
        within: Duration,
    ) -> Sent {
        let request = self.exchange(url, message, secrets);
        let timeout = self.request_timeout.min(within);
        match tokio::time::timeout(timeout, request).await {
            Ok(sent) => sent,
            Err(_) if within < self.request_timeout => Sent::CutOff,
            Err(_) => Sent::Failed(Failure::of(format!("no answer within {timeout:?}"))),
        }
    }

    async fn exchange(&self, url: &str, message: &Message, secrets: &[SecretValue]) -> Sent {
        let failed = |reason: String| Sent::Failed(Failure::of(reason));
        let url = match check_target(url, self.inner) {
            Ok(url) => url,
            Err(error) => return failed(error.to_string()),
        };
        let client = match self.client.client() {
            Ok(client) => client,
            Err(reason) => return failed(reason),
        };
        let timestamp = Utc::now().timestamp();
        let signed = signatures(secrets, &message.id, timestamp, &message.body);
        let request = client
            .post(url)
            .header(CONTENT_TYPE, CLOUD_EVENT)
            .header(USER_AGENT, AGENT)
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signed)
            .body(message.body.clone());
        match within_connect_timeout(self.connect_timeout, request.send()).await {
            Ok(response) => answered(response).await,
            Err(error) => match last_cause(&error) {
                Ok(refused) => failed(refused.to_string()),
                Err(cause) => failed(cause),
            },
        }
    }
}

async fn answered(response: Response) -> Sent {
    let status = response.status();
    if status.is_success() {
        return Sent::Accepted;
    }
    if status == StatusCode::GONE {
        return Sent::Gone;
    }
    let asked = response.headers().get(RETRY_AFTER);
    let asked = asked.and_then(|asked| asked.to_str().ok());
    let retry_after = asked.and_then(|asked| retry_after(asked, Utc::now()));
    let why = match status.is_redirection() {
        true => "; redirects are not followed",
        false => "",
    };
    Sent::Failed(Failure {
        reason: format!("the receiver answered {status}{why}"),
        status: Some(status.as_u16()),
        body: Some(beginning(response).await),
        retry_after,
    })
}

/// The beginning of a body; the rest is not read.
async fn beginning(mut response: Response) -> String {
    let mut body = Vec::new();
    while body.len() < MAX_KEPT_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk[..chunk.len().min(MAX_KEPT_BYTES)]),
            Ok(None) | Err(_) => break,
        }
    }
    body.truncate(MAX_KEPT_BYTES);
    String::from_utf8_lossy(&body).into_owned()
}
