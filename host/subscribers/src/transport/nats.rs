//! NATS JetStream: an event is a message that a stream stores and acknowledges.

use super::super::nats::NatsConfig;
use super::{Failure, Message, Sent};
use async_nats::connection::State;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions};
use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tokio::sync::Mutex;

/// How the host calls itself.
const CLIENT: &str = concat!("tasker/", env!("CARGO_PKG_VERSION"));

/// The connection of a host, for all its subscriptions; opened when the first needs it.
pub(super) struct Nats {
    config: Option<NatsConfig>,
    connect_timeout: Duration,
    request_timeout: Duration,
    context: Mutex<Option<Context>>,
}

impl Nats {
    pub(super) fn new(
        config: Option<NatsConfig>,
        connect_timeout: Duration,
        request_timeout: Duration,
    ) -> Self {
        Self {
            config,
            connect_timeout,
            request_timeout,
            context: Mutex::new(None),
        }
    }

    /// Publishes it once and waits for the acknowledgement, `within` at most.
    pub(super) async fn send(
        &self,
        namespace: &str,
        message: &Message<'_>,
        within: Duration,
    ) -> Sent {
        let timeout = self.request_timeout.min(within);
        match tokio::time::timeout(timeout, self.publish(namespace, message)).await {
            Ok(sent) => sent,
            Err(_) if within < self.request_timeout => Sent::CutOff,
            Err(_) => Sent::Unable(format!("NATS did not acknowledge within {timeout:?}")),
        }
    }

    async fn publish(&self, namespace: &str, message: &Message<'_>) -> Sent {
        let Some(config) = &self.config else {
            return Sent::Unable("this host has no NATS server; see `serve --nats`".to_owned());
        };
        let context = match self.connected(config).await {
            Ok(context) => context,
            Err(reason) => return Sent::Unable(reason),
        };
        let subject = config.subject(namespace, &message.event().full_type());
        let publish = PublishMessage::build()
            .payload(message.body())
            .header("Content-Type", super::CLOUD_EVENT)
            .message_id(message.id());
        let acknowledged = match context.send_publish(subject.clone(), publish).await {
            Ok(acknowledgement) => acknowledgement.await,
            Err(error) => Err(error),
        };
        match acknowledged {
            Ok(_) => Sent::Accepted,
            Err(error) => refused(&subject, &error),
        }
    }

    /// The connection, which goes on by itself once it was there; or why there is none.
    async fn connected(&self, config: &NatsConfig) -> Result<Context, String> {
        let mut context = self.context.lock().await;
        let context = match &mut *context {
            Some(context) => context,
            none => {
                let client = self.connect(config).await?;
                none.insert(jetstream::new(client))
            }
        };
        match context.client().connection_state() {
            State::Connected => Ok(context.clone()),
            State::Pending | State::Disconnected => Err("NATS is not connected".to_owned()),
        }
    }

    async fn connect(&self, config: &NatsConfig) -> Result<Client, String> {
        let options = ConnectOptions::new()
            .name(CLIENT)
            .connection_timeout(self.connect_timeout);
        let options = config.authenticated(options).await?;
        let connecting = options.connect(config.servers().to_vec());
        let failed = |error| format!("NATS cannot be reached: {}", ErrorChain(&error));
        connecting.await.map_err(failed)
    }
}

/// What a refusal means: only what is wrong with the message itself counts as a failed try.
fn refused(subject: &str, error: &PublishError) -> Sent {
    let why = ErrorChain(error).to_string();
    match error.kind() {
        PublishErrorKind::StreamNotFound => Sent::Unable(format!(
            "no stream of NATS JetStream takes the subject {subject}; add one, such as: nats stream add"
        )),
        PublishErrorKind::TimedOut
        | PublishErrorKind::BrokenPipe
        | PublishErrorKind::MaxAckPending => Sent::Unable(format!("NATS: {why}")),
        PublishErrorKind::WrongLastMessageId
        | PublishErrorKind::WrongLastSequence
        | PublishErrorKind::MaxPayloadExceeded
        | PublishErrorKind::Other => Sent::Failed(Failure::of(format!("NATS: {why}"))),
    }
}
