//! How events reach the receiver of a subscription, by its kind.

mod component;
mod nats;
mod secrets;
mod signature;
mod webhook;

use super::SubscribersConfig;
use super::components::Components;
use super::runs::Runs;
use bytes::Bytes;
use component::{Component, Runner};
use nats::Nats;
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::kv::KvWrite;
use tasker_domain::subscription::Target;
use tasker_engine::Engine;
use tasker_engine::subscription::{DeliveryRow, Undelivered};
use tasker_engine::usage::VersionUsage;
use tasker_events::Event;
use tasker_events::cloud_event::rendered;
use tasker_sandbox::SUBSCRIBER_SLOTS;
use tokio::sync::{Semaphore, SemaphorePermit};
use webhook::{Sender, Webhook};

/// The media type of one event.
const CLOUD_EVENT: &str = "application/cloudevents+json";
/// Requests of one host under way at most.
const MAX_IN_FLIGHT: usize = 256;

/// Events as they are sent: one, or a batch to a webhook.
pub(crate) struct Message<'e> {
    /// At least one.
    pub events: &'e [Arc<Event>],
    /// Which try this is, from 1.
    pub attempt: i32,
}

impl Message<'_> {
    fn event(&self) -> &Event {
        &self.events[0]
    }

    /// The same in each try of the same events.
    fn id(&self) -> String {
        let (first, last) = (self.event(), &self.events[self.events.len() - 1]);
        match self.events.len() {
            1 => first.id(),
            _ => format!("{}_{}", first.id(), last.id()),
        }
    }

    /// The first as a CloudEvent in JSON.
    fn body(&self) -> Bytes {
        rendered(self.event())
    }

    /// All, as the batch format of CloudEvents has them.
    fn batch(&self) -> Bytes {
        let mut batch = Vec::new();
        for event in self.events {
            batch.push(if batch.is_empty() { b'[' } else { b',' });
            batch.extend_from_slice(&rendered(event));
        }
        batch.push(b']');
        batch.into()
    }
}

/// What a subscriber leaves that handled an event: to be stored together with the position.
#[derive(Debug)]
pub(crate) struct Handled {
    pub writes: Vec<KvWrite>,
    pub usage: VersionUsage,
}

/// What came of a try.
#[derive(Debug)]
pub(crate) enum Sent {
    Accepted,
    /// A component handled it, which counts once it is stored.
    Handled(Handled),
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
    /// No other try makes sense.
    pub is_permanent: bool,
    /// Another wrote the same entries of kv meanwhile.
    pub is_conflict: bool,
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
    components: Runner,
    nats: Nats,
    /// Requests under way; each subscription has one.
    requests: Semaphore,
    /// Subscribers under way; requests do not wait for them.
    attempts: Semaphore,
}

impl Transports {
    pub(crate) fn new(
        engine: &Engine,
        components: Option<Components>,
        runs: Arc<Runs>,
        config: &SubscribersConfig,
    ) -> Self {
        Self {
            webhooks: Sender::new(config),
            components: Runner::new(components, engine, runs, config.retry.attempts),
            requests: Semaphore::new(MAX_IN_FLIGHT),
            attempts: Semaphore::new(SUBSCRIBER_SLOTS),
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
            Target::Component(subscriber) => {
                Component::new(subscriber, row).map(Transport::Component)
            }
            Target::Nats => Ok(Transport::Nats {
                namespace: row.namespace.clone(),
            }),
        }
    }
}

/// The way to one receiver.
pub(crate) enum Transport {
    Webhook(Webhook),
    Component(Component),
    Nats { namespace: String },
}

impl Transport {
    /// Has what is needed to send ready; or says why this host cannot, which is not the receiver's fault.
    pub(crate) async fn prepare(&mut self, engine: &Engine) -> Result<(), String> {
        match self {
            Self::Webhook(webhook) => webhook.prepare(engine).await,
            Self::Component(_) | Self::Nats { .. } => Ok(()),
        }
    }

    /// Waits until this host may send one more.
    pub(crate) async fn permit<'w>(&self, with: &'w Transports) -> Option<SemaphorePermit<'w>> {
        let permits = match self {
            Self::Component(_) => &with.attempts,
            Self::Webhook(_) | Self::Nats { .. } => &with.requests,
        };
        // They are never closed.
        permits.acquire().await.ok()
    }

    /// Sends it once; waits `within` at most, or as long as the limits of a component allow.
    pub(crate) async fn send(
        &self,
        with: &Transports,
        message: &Message<'_>,
        within: Duration,
    ) -> Sent {
        match self {
            Self::Webhook(webhook) => with.webhooks.send(webhook, message, within).await,
            Self::Component(component) => with.components.run(component, message).await,
            Self::Nats { namespace } => with.nats.send(namespace, message, within).await,
        }
    }
}
