//! A namespace with a component that counts events, and hosts that deliver to it.

use crate::harness::{TestDatabase, TestHost, wait_until};
use crate::sandbox::guests;
use crate::webhooks::setup::quick;
use serde_json::{Value, json};
use tasker::host::HostConfig;

/// A database with what happens in it.
pub struct Shop {
    pub database: TestDatabase,
}

impl Shop {
    pub async fn new() -> Self {
        Self {
            database: TestDatabase::new().await,
        }
    }

    /// A host that delivers, with a short interval between two looks and three tries an event.
    pub async fn host(&self) -> TestHost {
        self.host_with(|_| {}).await
    }

    pub async fn host_with(&self, change: impl FnOnce(&mut HostConfig)) -> TestHost {
        TestHost::start_with(&self.database, |config| {
            config.subscribers = quick();
            change(config);
        })
        .await
    }

    /// Makes events of `shop`, of which the n-th is of `subject n`.
    pub async fn happen(&self, from: i32, count: i32) {
        sqlx::query(
            "insert into tasker.audit (actor, action, namespace, subject)
             select 'ada', 'queue.weight', 'shop', 'subject ' || n from generate_series($1, $1 + $2 - 1) n",
        )
        .bind(from)
        .bind(count)
        .execute(self.database.pool())
        .await
        .unwrap();
    }

    /// What was counted under a key; 0 for nothing.
    pub async fn counted(&self, key: &str) -> i64 {
        let value: Option<i64> = sqlx::query_scalar(
            "select value::text::bigint from tasker.kv where bucket = 'counts' and key = $1",
        )
        .bind(key)
        .fetch_optional(self.database.pool())
        .await
        .unwrap();
        value.unwrap_or(0)
    }

    /// Each of the subjects was counted so often.
    pub async fn assert_counted(&self, subjects: std::ops::RangeInclusive<i32>, times: i64) {
        for n in subjects {
            let subject = format!("subject {n}");
            assert_eq!(self.counted(&subject).await, times, "{subject}");
        }
    }
}

/// The component `counter`, which may write what it counts.
pub async fn publish(host: &TestHost) {
    host.grant("counter", "kv counts").await;
    host.publish_component("counter", "1.0.0", guests::subscribing())
        .await;
}

/// A subscription of what tests have happen, from now on.
pub async fn subscribe(host: &TestHost, name: &str, to: &str) {
    let path = format!("/v1/namespaces/shop/subscriptions/{name}");
    let body = json!({"to": to, "types": "queue.weight"});
    let (status, set) = host.put(&path, &body).await;
    assert_eq!(status, 201, "{set}");
}

pub async fn shown(host: &TestHost, name: &str) -> Value {
    let path = format!("/v1/namespaces/shop/subscriptions/{name}");
    let (status, shown) = host.get(&path).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

/// The subscription once it is so.
pub async fn shown_when(
    host: &TestHost,
    name: &str,
    what: &str,
    is: impl Fn(&Value) -> bool,
) -> Value {
    wait_until(what, async || {
        let shown = shown(host, name).await;
        is(&shown).then_some(shown)
    })
    .await
}

/// The subscription once it has so many events.
pub async fn delivered(host: &TestHost, name: &str, count: i64) -> Value {
    let what = format!("{name} has {count} events");
    shown_when(host, name, &what, |it| it["delivered"] == count).await
}

/// Says something about a version of `counter`.
pub async fn decide(host: &TestHost, version: &str, what: &str) {
    let path = format!("/v1/namespaces/shop/components/counter/versions/{version}/{what}");
    let (status, answer) = host.post(&path, &json!({"reason": "a test"})).await;
    assert_eq!(status, 200, "{answer}");
}

pub async fn dead_letters(host: &TestHost, name: &str) -> Vec<Value> {
    let path = format!("/v1/namespaces/shop/subscriptions/{name}/dead-letters");
    let (status, page) = host.get(&path).await;
    assert_eq!(status, 200, "{page}");
    page["items"].as_array().unwrap().clone()
}

/// Has all dead letters delivered once more.
pub async fn redeliver(host: &TestHost, name: &str) {
    let path = format!("/v1/namespaces/shop/subscriptions/{name}/dead-letters/replay");
    let (status, answer) = host.post(&path, &json!({})).await;
    assert_eq!(status, 200, "{answer}");
}
