//! Delivers the events of subscriptions to webhooks, to components and to NATS JetStream.
//!
//! Each subscription belongs to one host at a time, which the database gives it to; a renewal now and then keeps all
//! subscriptions of a host, and another host takes them once it is missing. The position of a subscription is stored after
//! its events are delivered, so a crash repeats events and loses none; that of a component is stored together with what the
//! component wrote to kv, so that counts once. Each has one request under way at most, so its events
//! arrive in the order of the feed.

mod components;
mod cursors;
mod delivery;
mod lease;
mod leaving;
mod nats;
mod owned;
mod retry;
mod runs;
mod transport;
mod wants;

pub use components::Components;
pub use nats::{NatsConfig, NatsServer, NatsServerError, SubjectPrefix, SubjectPrefixError};
pub use retry::RetrySchedule;

use cursors::Cursors;
use lease::Lease;
use leaving::Leaving;
use owned::Owned;
use runs::Runs;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::subscription::SubscriptionKind;
use tasker_egress::InnerAddresses;
use tasker_engine::Engine;
use tasker_engine::subscription::OwnedSubscription;
use tasker_events::Feed;
use tokio::sync::Semaphore;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use transport::Transports;

/// Subscriptions of one host at most.
const MAX_SUBSCRIPTIONS: usize = 10_000;
/// Subscriptions that a host takes in one call at most.
const MAX_TAKEN: usize = 500;
/// Subscriptions that read what is behind them at the same time; others wait.
const MAX_CATCHING_UP: usize = 4;
/// Between two looks at what was delivered and is not stored.
const STORE_INTERVAL: Duration = Duration::from_millis(200);
/// How often a host compares what it has with others, as a share of the ttl.
const COMPARED_SHARE: u32 = 6;
/// How long requests under way may go on once the host ends.
const DRAIN: Duration = Duration::from_secs(3);

/// How a host delivers.
#[derive(Clone, Debug)]
pub struct SubscribersConfig {
    /// What operators see.
    pub host_name: String,
    /// Without a renewal for so long, others take over.
    pub ttl: Duration,
    /// Between two looks at what was changed.
    pub look_every: Duration,
    pub retry: RetrySchedule,
    /// Of a whole request, with its answer.
    pub request_timeout: Duration,
    /// Until there is a connection.
    pub connect_timeout: Duration,
    /// Addresses of the host's own network may be reached, and without TLS.
    pub to_inner_addresses: bool,
    /// None: subscriptions to NATS are left to other hosts.
    pub nats: Option<NatsConfig>,
}

impl Default for SubscribersConfig {
    fn default() -> Self {
        Self {
            host_name: "localhost".to_owned(),
            ttl: Duration::from_secs(30),
            look_every: Duration::from_secs(1),
            retry: RetrySchedule::default(),
            request_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            to_inner_addresses: false,
            nats: None,
        }
    }
}

impl SubscribersConfig {
    /// Which addresses webhooks may be at.
    pub fn addresses(&self) -> InnerAddresses {
        match self.to_inner_addresses {
            true => InnerAddresses::Allowed,
            false => InnerAddresses::Refused,
        }
    }

    /// What this host can deliver to.
    fn kinds(&self, has_components: bool) -> Vec<SubscriptionKind> {
        let nats = self.nats.is_some().then_some(SubscriptionKind::Nats);
        let component = has_components.then_some(SubscriptionKind::Component);
        let all = [Some(SubscriptionKind::Webhook), nats, component];
        all.into_iter().flatten().collect()
    }
}

/// What all deliveries of a host have in common.
pub(crate) struct Shared {
    engine: Engine,
    feed: Feed,
    config: SubscribersConfig,
    kinds: Vec<SubscriptionKind>,
    transports: Transports,
    cursors: Cursors,
    runs: Arc<Runs>,
    catching_up: Semaphore,
}

/// Delivers for a host until it ends.
pub struct Subscribers {
    shared: Arc<Shared>,
    /// By subscription.
    owned: HashMap<i32, Owned>,
    /// Which of them go to other hosts.
    leaving: Leaving,
    lease: Option<Arc<Lease>>,
    is_failing: bool,
}

impl Subscribers {
    /// Over the connections of the engine, which has the keys of secrets. Without components, subscriptions to them
    /// are left to other hosts.
    pub fn new(
        engine: Engine,
        feed: Feed,
        components: Option<Components>,
        config: SubscribersConfig,
    ) -> Self {
        let runs = Arc::<Runs>::default();
        let shared = Shared {
            kinds: config.kinds(components.is_some()),
            transports: Transports::new(&engine, components, runs.clone(), &config),
            runs,
            engine,
            feed,
            config,
            cursors: Cursors::default(),
            catching_up: Semaphore::new(MAX_CATCHING_UP),
        };
        Self {
            shared: Arc::new(shared),
            owned: HashMap::new(),
            leaving: Leaving::default(),
            lease: None,
            is_failing: false,
        }
    }

    /// Delivers until `stop`, then ends the requests under way, stores what was delivered, and leaves the rest to others.
    pub async fn run(mut self, stop: CancellationToken) {
        let mut looks = interval(self.shared.config.look_every);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut stores = interval(STORE_INTERVAL);
        stores.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                () = stop.cancelled() => break,
                _ = looks.tick() => self.look().await,
                _ = stores.tick() => self.store().await,
            };
            self.log(done);
        }
        self.leave().await;
    }

    /// Says once that the database does not answer, and once that it does.
    fn log(&mut self, done: Result<(), DatabaseError>) {
        match done {
            Ok(()) => self.is_failing = false,
            Err(error) if !self.is_failing => {
                self.is_failing = true;
                tracing::warn!(error = %ErrorChain(&error), "deliveries to subscriptions wait for the database");
            }
            Err(_) => {}
        }
    }

    async fn look(&mut self) -> Result<(), DatabaseError> {
        // A host of a database without subscriptions writes nothing.
        if self.lease.is_none() && !self.shared.engine.has_subscriptions().await? {
            return Ok(());
        }
        let lease = self.renew().await?;
        let engine = &self.shared.engine;
        let id = lease.delivery_host_id;
        let every = self.shared.config.ttl / COMPARED_SHARE;
        let owned = self.owned.len();
        self.leaving.look(engine, id, owned, every).await?;
        let mut room = MAX_SUBSCRIPTIONS.saturating_sub(self.owned.len());
        while room > 0 {
            let limit = MAX_TAKEN.min(room);
            let taken = engine.take_subscriptions(id, limit).await?;
            room -= taken;
            if taken < MAX_TAKEN {
                break;
            }
        }
        let owned = engine.owned_subscriptions(id, MAX_SUBSCRIPTIONS).await?;
        self.reconcile(&lease, &owned).await?;
        self.hand_over(id).await
    }

    /// Keeps the subscriptions of this host. Where it had been taken for dead, it has none any more.
    async fn renew(&mut self) -> Result<Arc<Lease>, DatabaseError> {
        if let Some(lease) = self.lease.as_ref().filter(|lease| !lease.is_due()) {
            return Ok(lease.clone());
        }
        let began = Instant::now();
        let SubscribersConfig { host_name, ttl, .. } = &self.shared.config;
        let before = self.lease.as_ref().map(|lease| lease.delivery_host_id);
        let engine = &self.shared.engine;
        let kinds = &self.shared.kinds;
        let id = engine
            .renew_delivery_host(before, host_name, *ttl, kinds)
            .await?;
        if let Some(lease) = self.lease.as_ref().filter(|it| it.delivery_host_id == id) {
            lease.renew(began);
            return Ok(lease.clone());
        }
        self.owned.clear();
        self.leaving.clear();
        self.shared.cursors.forget_all();
        let lease = Arc::new(Lease::new(id, *ttl, began));
        self.lease = Some(lease.clone());
        Ok(lease)
    }

    /// Ends deliveries of what this host has no more, or what was changed, and begins those that it has.
    async fn reconcile(
        &mut self,
        lease: &Arc<Lease>,
        owned: &[OwnedSubscription],
    ) -> Result<(), DatabaseError> {
        let staying = owned
            .iter()
            .filter(|it| !self.leaving.has(it.subscription_id));
        let revisions: HashMap<i32, i32> = staying
            .map(|it| (it.subscription_id, it.revision))
            .collect();
        for (id, own) in &self.owned {
            if revisions.get(id) != Some(&own.revision) {
                own.stop();
            }
        }
        self.owned.retain(|_, own| !own.is_finished());
        let missing: Vec<i32> = revisions
            .into_keys()
            .filter(|id| !self.owned.contains_key(id))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        // What those delivered that just ended is part of what is read now.
        self.store().await?;
        let engine = &self.shared.engine;
        for row in engine.deliveries(lease.delivery_host_id, &missing).await? {
            let id = row.subscription_id;
            let idle_interval = cursors::idle_interval(owned.len());
            let own = Owned::begin(self.shared.clone(), lease.clone(), row, idle_interval);
            self.owned.insert(id, own);
        }
        Ok(())
    }

    /// Gives up those that leave and have ended.
    async fn hand_over(&mut self, delivery_host_id: i32) -> Result<(), DatabaseError> {
        let owned = &self.owned;
        let ended = self.leaving.of(|id| !owned.contains_key(&id));
        if ended.is_empty() {
            return Ok(());
        }
        self.store().await?;
        let engine = &self.shared.engine;
        engine
            .leave_some_subscriptions(delivery_host_id, &ended)
            .await?;
        self.leaving.forget(&ended);
        Ok(())
    }

    async fn store(&self) -> Result<(), DatabaseError> {
        let Some(lease) = &self.lease else {
            return Ok(());
        };
        let Shared {
            engine,
            cursors,
            runs,
            ..
        } = &*self.shared;
        cursors.store(engine, lease.delivery_host_id).await?;
        runs.store(engine).await
    }

    async fn leave(mut self) {
        for own in self.owned.values() {
            own.stop();
        }
        let ends = async {
            for own in self.owned.values_mut() {
                own.ended().await;
            }
        };
        if tokio::time::timeout(DRAIN, ends).await.is_err() {
            tracing::warn!("deliveries under way were cut off; they are repeated by another host");
        }
        self.owned.clear();
        let stored = self.store().await;
        let Some(lease) = &self.lease else { return };
        let left = self
            .shared
            .engine
            .leave_subscriptions(lease.delivery_host_id);
        if let Err(error) = stored.and(left.await) {
            tracing::warn!(error = %ErrorChain(&error), "subscriptions are taken over once this host is taken for dead");
        }
    }
}
