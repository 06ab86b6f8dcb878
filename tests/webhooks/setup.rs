//! A database with secrets and subscriptions, and hosts that deliver.

use super::receiver::Receiver;
use crate::harness::{NEW_ID, TestDatabase, wait_until};
use sqlx::AssertSqlSafe;
use std::time::Duration;
use tasker_database::Database;
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::precondition::Precondition;
use tasker_domain::secret::SecretValue;
use tasker_domain::subscription::Target;
use tasker_engine::Engine;
use tasker_engine::secret::{KeyRing, SecretKeys};
use tasker_events::Feed;
use tasker_registry::store::Store;
use tasker_registry::store::secret::SecretChange;
use tasker_registry::store::subscription::{
    Definition, Start, SubscriptionChange, SubscriptionRow,
};
use tasker_subscribers::{RetrySchedule, Subscribers, SubscribersConfig};
use tasker_telemetry::Tracer;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// What secrets are encrypted with.
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// What deliveries are signed with.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A database, asked as a host asks it.
pub struct Setup {
    pub database: TestDatabase,
    pub store: Store,
}

/// A host that delivers.
pub struct Deliverer {
    pub feed: Feed,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Deliverer {
    /// Ends it as a host ends.
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }

    /// Ends it as a crash does: nothing is stored, and nothing is left to others.
    pub async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }
}

/// Tries soon and few times, and reaches receivers on loopback.
pub fn quick() -> SubscribersConfig {
    SubscribersConfig {
        look_every: Duration::from_millis(50),
        retry: RetrySchedule {
            first: Duration::from_millis(20),
            max: Duration::from_millis(100),
            attempts: 3,
        },
        to_inner_addresses: true,
        ..SubscribersConfig::default()
    }
}

fn engine_of(database: &TestDatabase) -> Engine {
    let keys = SecretKeys::given(KeyRing::parse(KEY).unwrap());
    Engine::new(Database::open(database.options(), 8)).with_keys(keys)
}

pub fn name(text: &str) -> Name {
    text.parse().unwrap()
}

impl Setup {
    /// With the secret `signing`.
    pub async fn new() -> Self {
        let database = TestDatabase::new().await;
        let store = Store::new(engine_of(&database));
        let setup = Self { database, store };
        setup.set_secret("signing", SECRET).await;
        setup
    }

    pub async fn set_secret(&self, secret: &str, value: &str) {
        let value = SecretValue::parse(value.as_bytes().to_vec()).unwrap();
        let (shop, secret, actor) = (name("shop"), name(secret), actor());
        let change = SecretChange {
            namespace: &shop,
            name: &secret,
            actor: &actor,
            only_if: &Precondition::NONE,
        };
        let set = self.store.set_secret(change, &value);
        set.await.unwrap().unwrap();
    }

    /// A host that delivers.
    pub fn deliver(&self, config: SubscribersConfig) -> Deliverer {
        let stop = CancellationToken::new();
        let engine = engine_of(&self.database);
        let feed = Feed::new(engine.clone(), Tracer::default(), stop.clone());
        let subscribers = Subscribers::new(engine, feed.clone(), None, config);
        let task = tokio::spawn(subscribers.run(stop.clone()));
        Deliverer { feed, stop, task }
    }

    /// A subscription of the changes that tests make, from the beginning.
    pub async fn subscribe(&self, subscription: &str, receiver: &Receiver) {
        self.subscribe_to(subscription, receiver.url(), &["signing"])
            .await;
    }

    pub async fn subscribe_to(&self, subscription: &str, url: String, secrets: &[&str]) {
        let definition = definition(Target::Webhook(url), secrets);
        self.set(subscription, &definition).await;
    }

    /// The same events, so many at a time.
    pub async fn subscribe_batches(&self, subscription: &str, receiver: &Receiver, most: i16) {
        let definition = Definition {
            max_batch: Some(most),
            ..definition(Target::Webhook(receiver.url()), &["signing"])
        };
        self.set(subscription, &definition).await;
    }

    /// The same events, to NATS.
    pub async fn subscribe_nats(&self, subscription: &str) {
        self.set(subscription, &definition(Target::Nats, &[])).await;
    }

    /// The creation of tasks with a tag.
    pub async fn subscribe_tagged(&self, subscription: &str, receiver: &Receiver, tag: &str) {
        let definition = Definition {
            types: Some("task.created".to_owned()),
            tag: Some(tag.to_owned()),
            ..definition(Target::Webhook(receiver.url()), &["signing"])
        };
        self.set(subscription, &definition).await;
    }

    async fn set(&self, subscription: &str, definition: &Definition) {
        let start = Start {
            seq: 0,
            seq_index: 0,
            since: None,
        };
        let (shop, subscription) = (name("shop"), name(subscription));
        let change = change(&shop, &subscription);
        let change = change.as_change();
        let set = self.store.set_subscription(change, definition, start);
        assert!(set.await.unwrap().is_some());
    }

    /// Makes events of `shop`, of which the n-th is of `subject n`.
    pub async fn happen(&self, from: i32, count: i32) {
        sqlx::query(
            "insert into tasker.audit (actor, action, namespace, subject)
             select 'ada', 'pin.set', 'shop', 'subject ' || n from generate_series($1, $1 + $2 - 1) n",
        )
        .bind(from)
        .bind(count)
        .execute(self.database.pool())
        .await
        .unwrap();
    }

    /// A task of `shop` with these tags, in its table and in the log.
    pub async fn create_task(&self, tags: &str) {
        sqlx::query(AssertSqlSafe(format!(
            "with t as (
               insert into tasker.template (namespace_id, name)
               select namespace_id, gen_random_uuid() from tasker.namespace where name = 'shop'
               returning namespace_id, template_id
             ), v as (
               insert into tasker.template_version (template_id, version, digest, source, definition)
               select template_id, '1.0.0', '\\x00', '', '{{}}' from t returning template_id, template_version_id
             ), k as (
               insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id, created_at,
                                        correlation_id, tags, input, remaining_sinks)
               select {NEW_ID}, namespace_id, template_id, template_version_id, 1, now(), '', '{tags}', '{{}}', 1
               from t join v using (template_id)
               returning task_id
             )
             insert into tasker.transition (at, task_id, to_state) select now(), task_id, 'pending' from k"
        )))
        .execute(self.database.pool())
        .await
        .unwrap();
    }

    /// Transactions that the server counted so far.
    pub async fn transactions(&self) -> i64 {
        sqlx::query_scalar(
            "select xact_commit from pg_stat_database where datname = current_database()",
        )
        .fetch_one(self.database.pool())
        .await
        .unwrap()
    }

    pub async fn row(&self, subscription: &str) -> SubscriptionRow {
        let (shop, subscription) = (name("shop"), name(subscription));
        let row = self.store.subscription(&shop, &subscription);
        row.await.unwrap().unwrap()
    }

    /// The subscription once it is so.
    pub async fn row_when(
        &self,
        subscription: &str,
        what: &str,
        is: impl Fn(&SubscriptionRow) -> bool,
    ) -> SubscriptionRow {
        wait_until(what, async || {
            let row = self.row(subscription).await;
            is(&row).then_some(row)
        })
        .await
    }
}

/// Of the changes that tests make.
fn definition(target: Target, secrets: &[&str]) -> Definition {
    Definition {
        target,
        secrets: secrets.iter().map(ToString::to_string).collect(),
        max_batch: None,
        types: Some("pin.set".to_owned()),
        template: None,
        task_id: None,
        step: None,
        handler: None,
        tag: None,
    }
}

fn actor() -> Actor {
    Actor::named("ada")
}

/// What is changed, with who does it.
pub struct OwnChange<'a> {
    namespace: &'a Name,
    name: &'a Name,
    actor: Actor,
}

pub fn change<'a>(namespace: &'a Name, name: &'a Name) -> OwnChange<'a> {
    OwnChange {
        namespace,
        name,
        actor: actor(),
    }
}

impl OwnChange<'_> {
    pub fn as_change(&self) -> SubscriptionChange<'_> {
        SubscriptionChange {
            namespace: self.namespace,
            name: self.name,
            actor: &self.actor,
            reason: "",
            only_if: &Precondition::NONE,
        }
    }
}

/// `subject 1` to `subject count`.
pub fn subjects(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("subject {n}")).collect()
}

/// Waits until so many requests have come.
pub async fn received(receiver: &Receiver, count: usize) {
    wait_until("the requests have come", async || {
        (receiver.all().len() >= count).then_some(())
    })
    .await;
}
