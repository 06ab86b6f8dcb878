//! Kv from handler to handler, on two hosts.

use crate::harness::{TestDatabase, TestHost, step_of};
use crate::sandbox::guests;
use serde_json::{Value, json};
use std::sync::Arc;
use tasker::domain::grants::Grants;

/// Tasks that count one key at the same time.
const TASKS: usize = 40;

async fn host(database: &TestDatabase) -> TestHost {
    TestHost::start_with(database, |config| {
        let granted = "kv counters".parse().unwrap();
        let worker = config.worker.as_mut().unwrap();
        worker.grants = Arc::new(Grants::of([granted]));
    })
    .await
}

async fn host_with(database: &TestDatabase, handler: &str, policy: &str) -> TestHost {
    let host = host(database).await;
    host.publish_component("confidant", "1.0.0", guests::confidant())
        .await;
    let steps = format!("steps: [{{name: it, handler: confidant/{handler}, {policy}}}]");
    host.publish_template("one", &steps).await;
    host
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
