//! Which attempts are recorded by the rules of their namespace, on a host that runs, and how much is kept of all.

use super::{forget_description, host, publish_components};
use crate::harness::{TestDatabase, TestHost, basics, wait_until_sql};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, FromRow, Row as _};
use std::collections::BTreeSet;
use tasker_domain::ids::TaskId;
use tasker_domain::recording_rule::RecordingPolicy;
use uuid::Uuid;

/// A step of `guest` that completes, and one of `basics` that fails.
const TWO: &str = "steps:
- {name: quiet, handler: guest/echo}
- {name: boom, handler: basics/fail, config: {code: c, message: m}, depends_on: [quiet], retry: {max_attempts: 1}}";
const ONE: &str = "steps: [{name: it, handler: guest/echo}]";
/// What it runs is always recorded, and stored after what was recorded before.
const LAST: &str = "steps: [{name: it, handler: last/echo}]";

struct World {
    database: TestDatabase,
    host: TestHost,
}

impl World {
    /// With a rule for the component `last`.
    async fn of(database: TestDatabase, host: TestHost) -> Self {
        host.publish_component("last", "1.0.0", basics()).await;
        forget_description(&database).await;
        for (name, steps) in [("two", TWO), ("one", ONE), ("last", LAST)] {
            host.publish_template(name, steps).await;
        }
        let world = Self { database, host };
        world.set("last", json!({"percent": 100})).await;
        world
    }

    async fn begin() -> Self {
        let database = TestDatabase::new().await;
        let host = host(&database).await;
        Self::of(database, host).await
    }

    async fn set(&self, component: &str, rule: Value) {
        let path = format!("/v1/namespaces/shop/recording-rules/{component}");
        let (status, answer) = self.host.put(&path, &rule).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn remove(&self, component: &str) {
        let path = format!("/v1/namespaces/shop/recording-rules/{component}");
        let (status, answer) = self.host.delete(&path).await;
        assert_eq!(status, 200, "{answer}");
    }

    async fn all<T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>>(
        &self,
        sql: &str,
    ) -> Vec<T> {
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned()));
        let rows = rows.fetch_all(self.database.pool()).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Runs a task of the template to its end; its id.
    async fn run(&self, template: &str, input: Value) -> String {
        let task = self.host.run(template, input).await;
        task["id"].as_str().unwrap().to_owned()
    }

    /// Returns once everything that was recorded is stored.
    async fn stored(&self) {
        let last = self.run("last", json!({})).await;
        let stored =
            format!("select exists (select from tasker.recording where task_id = '{last}')");
        wait_until_sql(self.database.pool(), &stored).await;
    }

    /// The steps of a task of `two` that were recorded.
    async fn recorded(&self) -> Vec<i16> {
        let task = self.run("two", json!({})).await;
        self.stored().await;
        let steps = format!(
            "select step_no from tasker.recording where task_id = '{task}' order by step_no"
        );
        self.all(&steps).await
    }
}

#[tokio::test]
async fn rules_decide_what_is_recorded_from_the_next_attempt_on() {
    let world = World::begin().await;
    assert!(world.recorded().await.is_empty());
    world.set("*", json!({"percent": 100})).await;
    assert_eq!(world.recorded().await, [0, 1]);
    // That of a component counts before that of all.
    world.set("guest", json!({"percent": 0})).await;
    assert_eq!(world.recorded().await, [1]);
    world.set("*", json!({"percent": 0})).await;
    world.set("guest", json!({"percent": 100})).await;
    assert_eq!(world.recorded().await, [0]);
    let failures = json!({"percent": 100, "only_failures": true});
    world.set("guest", failures.clone()).await;
    assert!(world.recorded().await.is_empty());
    world.set("basics", failures).await;
    assert_eq!(world.recorded().await, [1]);
    for component in ["guest", "basics", "*"] {
        world.remove(component).await;
    }
    assert!(world.recorded().await.is_empty());
}

#[tokio::test]
async fn a_host_that_records_all_asks_no_rule() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| {
        config.worker.as_mut().unwrap().record = true;
    });
    let host = host.await;
    publish_components(&host).await;
    let world = World::of(database, host).await;
    let none = json!({"percent": 0, "only_failures": true});
    for component in ["*", "guest"] {
        world.set(component, none.clone()).await;
    }
    assert_eq!(world.recorded().await, [0, 1]);
}

#[tokio::test]
async fn a_share_of_attempts_is_recorded_that_every_host_can_compute() {
    let world = World::begin().await;
    let half = json!({"percent": 50});
    world.set("guest", half.clone()).await;
    let half: RecordingPolicy = serde_json::from_value(half).unwrap();
    let mut expected = BTreeSet::new();
    let tasks = world.host.submit_all(&["one"; 24]).await;
    for task in &tasks {
        world.host.finished(task).await;
        let id: Uuid = task.parse().unwrap();
        if half.records(TaskId(id), 0, 1) {
            expected.insert(id);
        }
    }
    world.stored().await;
    let guest = "select r.task_id from tasker.recording r join tasker.every_task t using (task_id)
                 join tasker.template l using (template_id) where l.name = 'one'";
    let found: Vec<Uuid> = world.all(guest).await;
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    assert!(expected.len() < tasks.len());
}

#[derive(FromRow)]
struct Held {
    bytes: i64,
    counted: i64,
    oldest: Uuid,
    newest: Uuid,
}

#[tokio::test]
async fn all_recordings_together_are_bounded_and_the_oldest_go_first() {
    let max: u64 = 64 << 10;
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| config.max_recordings_bytes = max);
    let host = host.await;
    publish_components(&host).await;
    let world = World::of(database, host).await;
    world.set("*", json!({"percent": 100})).await;
    let mut tasks = Vec::new();
    for _ in 0..20 {
        // Nothing that compresses well.
        let text: String = (0..256)
            .map(|_| Uuid::new_v4().simple().to_string())
            .collect();
        tasks.push(world.run("one", json!({ "text": text })).await);
        world.stored().await;
    }
    let held = "select sum(octet_length(content)) as bytes,
                       (select sum(bytes)::bigint from tasker.recording_size) as counted,
                       (array_agg(task_id order by task_id))[1] as oldest,
                       (array_agg(task_id order by task_id desc))[1] as newest
                from tasker.recording";
    let held: Held = sqlx::query_as(held)
        .fetch_one(world.database.pool())
        .await
        .unwrap();
    assert_eq!(held.bytes, held.counted);
    assert!(held.bytes <= max as i64, "{}", held.bytes);
    // A task is about 5 KiB of random digits; what went is older than what is there.
    assert!(held.bytes > max as i64 / 2, "{}", held.bytes);
    let last: Uuid = tasks.last().unwrap().parse().unwrap();
    let first: Uuid = tasks[0].parse().unwrap();
    assert!(first < held.oldest && held.oldest < last && last <= held.newest);
    let dropped = world.host.host.engine.dropped_recordings();
    assert!(dropped.removed() > 0);
    assert_eq!((dropped.lost(), dropped.refused()), (0, 0));
}

#[tokio::test]
async fn a_recording_that_has_no_room_is_refused_and_counted() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| config.max_recordings_bytes = 2 << 10);
    let host = host.await;
    publish_components(&host).await;
    let world = World::of(database, host).await;
    world.set("guest", json!({"percent": 100})).await;
    let text: String = (0..1_024)
        .map(|_| Uuid::new_v4().simple().to_string())
        .collect();
    let task = world.run("one", json!({ "text": text })).await;
    world.stored().await;
    let stored = format!("select task_id from tasker.recording where task_id = '{task}'");
    assert!(world.all::<Uuid>(&stored).await.is_empty());
    assert!(world.host.host.engine.dropped_recordings().refused() > 2 << 10);
}
