//! How events reach the receiver of a subscription, by its kind.

mod nats;
mod secrets;
mod signature;
mod webhook;

use super::SubscribersConfig;
use bytes::Bytes;
use nats::Nats;
use std::time::Duration;
use tasker_domain::subscription::Target;
use tasker_engine::Engine;
use tasker_engine::subscription::{DeliveryRow, Undelivered};
use tasker_events::Event;
use tasker_events::cloud_event::rendered;
use webhook::{Sender, Webhook};

/// The media type of one event.
const CLOUD_EVENT: &str = "application/cloudevents+json";

/// An event as it is sent.
pub(crate) struct Message {
    /// The same in each try.
    pub id: String,
    /// As CloudEvents have it.
    pub event_type: String,
    /// As a CloudEvent in JSON.
    pub body: Bytes,
}

impl Message {
    pub(crate) fn of(event: &Event) -> Self {
        Self {
            id: event.id(),
            event_type: event.full_type().into_owned(),
            body: rendered(event),
        }
    }
}

/// What came of a try.
#[derive(Debug)]
pub(crate) enum Sent {
    Accepted,
    /// The receiver wants no events any more.
    Gone,
    Failed(Failure),
    /// The host could not send it, for this reason: the receiver is not to blame.
    Unable(String),
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

/// What all transports of a host share.
pub(crate) struct Transports {
    webhooks: Sender,
    nats: Nats,
}

impl Transports {
    pub(crate) fn new(config: &SubscribersConfig) -> Self {
        Self {
            webhooks: Sender::new(config),
            nats: Nats::new(
                config.nats.clone(),
                config.connect_timeout,
                config.request_timeout,
            ),
        }
    }

    /// The way to the receiver of a subscription; or why this release has none.
    pub(crate) fn to(&self, row: &DeliveryRow) -> Result<Transport, String> {
        match Target::try_from(row.target.as_str()).map_err(|wrong| wrong.to_string())? {
            Target::Webhook(url) => Ok(Transport::Webhook(Webhook::new(url, row))),
            Target::Nats => Ok(Transport::Nats {
                namespace: row.namespace.clone(),
            }),
        }
    }
}

/// The way to one receiver.
pub(crate) enum Transport {
    Webhook(Webhook),
    Nats { namespace: String },
}

impl Transport {
    /// Has what is needed to send ready; or says why this host cannot, which is not the receiver's fault.
    pub(crate) async fn prepare(&mut self, engine: &Engine) -> Result<(), String> {
        match self {
            Self::Webhook(webhook) => webhook.prepare(engine).await,
            Self::Nats { .. } => Ok(()),
        }
    }

    /// Sends it once; waits `within` at most.
    pub(crate) async fn send(
        &self,
        with: &Transports,
        message: &Message,
        within: Duration,
    ) -> Sent {
        match self {
            Self::Webhook(webhook) => with.webhooks.send(webhook, message, within).await,
            Self::Nats { namespace } => with.nats.send(namespace, message, within).await,
        }
    }
}
