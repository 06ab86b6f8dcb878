//! Webhooks: a request with an event, signed, and what came of it.

use super::super::SubscribersConfig;
use super::super::retry::retry_after;
use super::secrets::Secrets;
use super::signature::signatures;
use super::{CLOUD_EVENT, Failure, Message, Sent};
use chrono::Utc;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use reqwest::{Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::subscription::MAX_KEPT_BYTES;
use tasker_egress::{
    Client, InnerAddresses, SystemNames, check_target, last_cause, within_connect_timeout,
};
use tasker_engine::Engine;
use tasker_engine::subscription::DeliveryRow;

/// The media type of several events.
const BATCH: &str = "application/cloudevents-batch+json";
/// How the host calls itself.
const AGENT: &str = concat!("tasker/", env!("CARGO_PKG_VERSION"));

/// A receiver, with what signs its deliveries.
pub(crate) struct Webhook {
    url: String,
    secrets: Secrets,
    /// Requests have batches of events, also where a batch has one.
    takes_batches: bool,
}

impl Webhook {
    pub(super) fn new(url: String, row: &DeliveryRow) -> Self {
        Self {
            url,
            secrets: Secrets::of(row),
            takes_batches: row.max_batch.is_some(),
        }
    }

    /// Reads the secrets; or says why this host cannot have them.
    pub(super) async fn prepare(&mut self, engine: &Engine) -> Result<(), String> {
        self.secrets.refresh(engine).await
    }
}

/// Sends all requests of a host.
pub(super) struct Sender {
    client: Client,
    inner: InnerAddresses,
    request_timeout: Duration,
    connect_timeout: Duration,
}

impl Sender {
    pub(super) fn new(config: &SubscribersConfig) -> Self {
        let inner = config.addresses();
        Self {
            client: Client::new(Arc::new(SystemNames), inner),
            inner,
            request_timeout: config.request_timeout,
            connect_timeout: config.connect_timeout,
        }
    }

    /// Sends it once; waits `within` at most.
    pub(super) async fn send(&self, to: &Webhook, message: &Message<'_>, within: Duration) -> Sent {
        let request = self.exchange(to, message);
        let timeout = self.request_timeout.min(within);
        match tokio::time::timeout(timeout, request).await {
            Ok(sent) => sent,
            Err(_) if within < self.request_timeout => Sent::CutOff,
            Err(_) => Sent::Failed(Failure::of(format!("no answer within {timeout:?}"))),
        }
    }

    async fn exchange(&self, to: &Webhook, message: &Message<'_>) -> Sent {
        let failed = |reason: String| Sent::Failed(Failure::of(reason));
        let url = match check_target(&to.url, self.inner) {
            Ok(url) => url,
            Err(error) => return failed(error.to_string()),
        };
        let client = match self.client.client() {
            Ok(client) => client,
            Err(reason) => return failed(reason),
        };
        let id = message.id();
        let (media, body) = match to.takes_batches {
            true => (BATCH, message.batch()),
            false => (CLOUD_EVENT, message.body()),
        };
        let timestamp = Utc::now().timestamp();
        let signed = signatures(to.secrets.values(), &id, timestamp, &body);
        let request = client
            .post(url)
            .header(CONTENT_TYPE, media)
            .header(USER_AGENT, AGENT)
            .header("webhook-id", &id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signed)
            .body(body);
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
        ..Failure::default()
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
