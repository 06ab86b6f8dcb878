//! Kv from handler to handler, on two hosts.

use crate::harness::{TestDatabase, TestHost, step_of, wait_until};
use crate::sandbox::guests;
use serde_json::{Value, json};
use std::process::Stdio;
use std::time::Duration;
use tasker::host::{AuthConfig, DatabaseChoice, Host, HostConfig};
use tasker_engine::recording_bound::MAX_RECORDINGS_BYTES;
use tasker_registry::maintenance::Maintenance;
use tasker_sandbox::Compiler;
use tasker_subscribers::SubscribersConfig;
use tasker_worker::WorkerConfig;
use tokio::process::{Child, Command};

/// Tasks that count one key at the same time.
const TASKS: usize = 40;
/// The same while hosts are killed, and how often one is.
const COUNTED_UNDER_KILLS: usize = 150;
const KILLS: usize = 5;
/// Tells a process of these tests that it is a host, and of which database.
const HOST_VARIABLE: &str = "TASKER_TESTS_KV_HOST";
const KILLED_TEST: &str =
    "flow::kv::every_step_writes_kv_and_sends_events_exactly_once_though_hosts_are_killed";

async fn host(database: &TestDatabase) -> TestHost {
    TestHost::start(database).await
}

async fn host_with(database: &TestDatabase, handler: &str, policy: &str) -> TestHost {
    let host = host(database).await;
    publish(&host, handler, policy).await;
    host
}

async fn publish(host: &TestHost, handler: &str, policy: &str) {
    host.grant("confidant", "kv counters").await;
    host.grant("confidant", "events orders").await;
    host.publish_component("confidant", "1.0.0", guests::confidant())
        .await;
    let steps = format!("steps: [{{name: it, handler: confidant/{handler}, {policy}}}]");
    host.publish_template("one", &steps).await;
}

async fn entry(host: &TestHost, key: &str) -> Value {
    let (_, entry) = host
        .get(&format!("/v1/namespaces/shop/kv/counters/{key}"))
        .await;
    entry
}

#[tokio::test]
async fn every_step_counts_exactly_once_though_all_count_at_the_same_time() {
    let database = TestDatabase::new().await;
    let first = host_with(&database, "counts", "retry: {max_attempts: 1}").await;
    let second = host(&database).await;
    let mut ids = Vec::new();
    for _ in 0..TASKS {
        ids.push(first.submit("one", json!("counters total")).await);
    }
    let mut counted = Vec::new();
    for id in &ids {
        let task = first.finished(id).await;
        assert_eq!(task["state"], "complete", "{task}");
        counted.push(task["result"].as_u64().unwrap());
    }
    counted.sort_unstable();
    assert_eq!(counted, (1..=TASKS as u64).collect::<Vec<_>>());
    assert_eq!(entry(&first, "total").await["value"], TASKS);
    first.host.stop().await.unwrap();
    second.host.stop().await.unwrap();
}

/// A host in a process of its own: this very test, which the variable tells what it is to be.
fn spawn_host(database: &TestDatabase) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", KILLED_TEST, "--nocapture"])
        .env(HOST_VARIABLE, database.url())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

/// Works on the database until the process is killed.
async fn be_host(url: String) {
    let directory = tempfile::tempdir().unwrap();
    let worker = WorkerConfig {
        slots: 16,
        heartbeat_interval: Duration::from_millis(50),
        dead_after: Duration::from_millis(500),
        ..WorkerConfig::default()
    };
    let config = HostConfig {
        metrics_listen: None,
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: directory.path().to_owned(),
        database: DatabaseChoice::Url(url),
        connections: 8,
        read_replica: None,
        secret_keys: None,
        compiler: Compiler::InProcess,
        auth: AuthConfig::Off,
        bounds: Default::default(),
        tls: None,
        exports: None,
        serves_ui: true,
        worker: Some(worker),
        subscribers: SubscribersConfig::default(),
        watch: None,
        maintenance: Maintenance::default(),
        max_recordings_bytes: MAX_RECORDINGS_BYTES,
        archive: None,
    };
    let _host = Host::start(config).await.unwrap();
    std::future::pending::<()>().await;
}

/// How far the tasks have counted.
async fn total(database: &TestDatabase) -> i64 {
    let total = sqlx::query_scalar("select value::text::bigint from tasker.kv")
        .fetch_optional(database.pool());
    total.await.unwrap().unwrap_or(0)
}

#[tokio::test]
async fn every_step_writes_kv_and_sends_events_exactly_once_though_hosts_are_killed() {
    if let Ok(url) = std::env::var(HOST_VARIABLE) {
        return be_host(url).await;
    }
    let database = TestDatabase::new().await;
    let api = TestHost::start_idle(&database).await;
    publish(&api, "sends_and_keeps", "retry: {max_attempts: 1}").await;
    let mut ids = Vec::new();
    for _ in 0..COUNTED_UNDER_KILLS {
        ids.push(api.submit("one", json!("orders counters total")).await);
    }
    let mut hosts = [spawn_host(&database), spawn_host(&database)];
    for round in 1..=KILLS {
        let mark = COUNTED_UNDER_KILLS as i64 * round as i64 / (KILLS as i64 + 1);
        let counted = async || (total(&database).await >= mark).then_some(());
        wait_until(&format!("{mark} have counted"), counted).await;
        let host = &mut hosts[round % 2];
        host.kill().await.unwrap();
        *host = spawn_host(&database);
    }
    let mut counted = Vec::new();
    for id in &ids {
        let task = api.finished(id).await;
        assert_eq!(task["state"], "complete", "{task}");
        counted.push(task["result"].as_u64().unwrap());
    }
    counted.sort_unstable();
    let expected: Vec<u64> = (1..=COUNTED_UNDER_KILLS as u64).collect();
    assert_eq!(counted, expected);
    assert_eq!(total(&database).await, COUNTED_UNDER_KILLS as i64);
    let told: (i64, i64) = sqlx::query_as(
        "select count(*), count(distinct (task_id, event)) from tasker.transition
         where event in ('orders', 'orders.more')",
    )
    .fetch_one(database.pool())
    .await
    .unwrap();
    let events = 2 * COUNTED_UNDER_KILLS as i64;
    assert_eq!(told, (events, events));
}

#[tokio::test]
async fn an_attempt_that_fails_leaves_nothing() {
    let database = TestDatabase::new().await;
    let host = host_with(
        &database,
        "keeps_and_fails",
        "retry: {max_attempts: 2, base: 1ms}",
    )
    .await;
    let task = host.run("one", json!("counters k")).await;
    assert_eq!(task["state"], "error", "{task}");
    assert_eq!(entry(&host, "k").await["code"], "unknown_kv");
}

#[tokio::test]
async fn what_is_written_with_a_checkpoint_is_there_for_the_next_attempt() {
    let database = TestDatabase::new().await;
    let host = host_with(&database, "keeps_on", "retry: {max_attempts: 1}").await;
    let task = host.run("one", json!("counters k")).await;
    assert_eq!(step_of(&task, "it")["attempts"], 3, "{task}");
    assert_eq!(task["result"], 3);
    let entry = entry(&host, "k").await;
    assert_eq!(
        (&entry["value"], &entry["task_id"]),
        (&json!(3), &task["id"])
    );
}
