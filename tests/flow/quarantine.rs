//! Code that is stopped while it runs.

use super::{count_transitions, forget_description, host, publish_components};
use crate::harness::{TestDatabase, TestHost, step_of, wait_until, wait_until_sql};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tasker_database::Database;
use tasker_database::notifications::Notifications;
use tasker_engine::Engine;
use tasker_sandbox::{Compiler, Sandbox, SandboxConfig};
use tasker_worker::{Worker, WorkerConfig, WorkerStats};
use tokio_util::sync::CancellationToken;

const GUEST: &str = "/v1/namespaces/shop/components/guest/versions/1.0.0";
const BASICS: &str = "/v1/namespaces/shop/components/basics/versions/1.0.0";

async fn quarantine(host: &TestHost, version: &str) -> Value {
    let body = json!({"reason": "it charges twice"});
    let (status, answer) = host.post(&format!("{version}/quarantine"), &body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

async fn release(host: &TestHost, version: &str) -> Value {
    let (status, answer) = host.post(&format!("{version}/release"), &json!({})).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// The task once it stands still for a quarantine.
async fn standing_still(host: &TestHost, id: &str) -> Value {
    wait_until(&format!("task {id} stands still"), async || {
        let task = host.task(id).await;
        (task["reason"] == "quarantined").then_some(task)
    })
    .await
}

/// One step that may be tried once.
fn one_step(handler: &str) -> String {
    format!("steps: [{{name: a, handler: {handler}, retry: {{max_attempts: 1}}, timeout: 10m}}]")
}

/// A step that runs this is ended and stands still; released, it is run again.
async fn is_ended_and_run_again(handler: &str) {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    forget_description(&database).await;
    host.publish_template("one", &one_step(handler)).await;
    let id = host.submit("one", json!({})).await;
    host.step_in(&id, "a", "running").await;
    quarantine(&host, GUEST).await;
    let task = standing_still(&host, &id).await;
    let step = step_of(&task, "a");
    assert_eq!(
        (&step["state"], &step["error"]),
        (&json!("ready"), &Value::Null)
    );
    assert_eq!(
        step["reason"],
        "shop/guest@1.0.0 is quarantined; release it, or migrate or cancel the task"
    );
    // The log is told once no older transaction is open, whoever has it.
    wait_until("the log tells why", async || {
        let log = host.transitions(&id, "a").await;
        let reason = log.get(1).map(|row| row["detail"]["reason"].clone());
        (reason? == "quarantined").then_some(())
    })
    .await;
    assert_eq!(release(&host, GUEST).await["steps"], 1);
    // A host that has not heard of the release yet gives the step back once more.
    let again = host.step_in(&id, "a", "running").await;
    assert!(again["attempts"].as_u64() >= Some(2), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_computes_is_ended_when_it_is_quarantined() {
    is_ended_and_run_again("guest/endless_loop").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_that_waits_for_the_host_is_ended_when_it_is_quarantined() {
    is_ended_and_run_again("guest/sleeps").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_that_are_released_later_are_suspended_too_and_other_code_continues() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = "
steps:
  - {name: a, handler: basics/sleep, config: {ms: 100}}
  - {name: b, handler: guest/noop, depends_on: [a], retry: {max_attempts: 1}}
  - {name: c, handler: basics/noop, depends_on: [a]}
";
    host.publish_template("chain", yaml).await;
    let ids = host.submit_all(&["chain"; 10]).await;
    quarantine(&host, GUEST).await;
    for id in &ids {
        let task = standing_still(&host, id).await;
        assert_eq!(step_of(&task, "c")["state"], "complete", "{task}");
    }
    assert_eq!(release(&host, GUEST).await["steps"], 10);
    for id in &ids {
        assert_eq!(host.finished(id).await["state"], "complete");
    }
    assert_eq!(count_transitions(&database, "complete").await, (30, 30));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_host_ends_what_it_runs_under_whatever_name() {
    let database = TestDatabase::new().await;
    let one = host(&database).await;
    let _other = TestHost::start(&database).await;
    one.publish_component("alias", "3.0.0", crate::sandbox::guests::misbehaving())
        .await;
    forget_description(&database).await;
    for (template, handler) in [("one", "guest/sleeps"), ("two", "alias/sleeps")] {
        one.publish_template(template, &one_step(handler)).await;
    }
    let mut ids = one.submit_all(&["one"; 15]).await;
    ids.extend(one.submit_all(&["two"; 15]).await);
    wait_until_sql(
        database.pool(),
        "select count(*) = 30 and count(distinct worker_id) = 2 from tasker.step where state = 'running'",
    )
    .await;
    let answer = quarantine(&one, GUEST).await;
    assert_eq!(answer["names"].as_array().unwrap().len(), 2, "{answer}");
    wait_until_sql(
        database.pool(),
        "select count(*) = 30 from tasker.step where state = 'ready' and ready_at is null and free_attempts = 1",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_starts_later_runs_nothing_that_is_quarantined() {
    let database = TestDatabase::new().await;
    let api = TestHost::start_idle(&database).await;
    publish_components(&api).await;
    api.publish_template("one", &one_step("basics/noop")).await;
    let id = api.submit("one", json!({})).await;
    quarantine(&api, BASICS).await;
    let _worker = TestHost::start(&database).await;
    standing_still(&api, &id).await;
    assert_eq!(count_transitions(&database, "complete").await, (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_no_hint_reaches_learns_of_a_quarantine_with_its_heartbeat() {
    let database = TestDatabase::new().await;
    let api = TestHost::start_idle(&database).await;
    publish_components(&api).await;
    forget_description(&database).await;
    api.publish_template("one", &one_step("guest/endless_loop"))
        .await;
    let cache_dir = tempfile::tempdir().unwrap();
    let worker = Worker {
        engine: Engine::new(Database::open_url(&database.url(), 4).unwrap()),
        sandbox: Sandbox::new(SandboxConfig {
            cache_dir: cache_dir.path().to_owned(),
            max_concurrent: 4,
            compiler: Compiler::InProcess,
        })
        .unwrap(),
        // Nobody feeds it.
        notifications: Notifications::default(),
        config: WorkerConfig {
            slots: 4,
            heartbeat_interval: Duration::from_millis(50),
            poll_interval: Duration::from_millis(20),
            ..WorkerConfig::default()
        },
        stats: Arc::<WorkerStats>::default(),
        stores: tasker_worker::WorkerStores::default(),
        tracer: Default::default(),
    };
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker.run(stop.clone()));
    let id = api.submit("one", json!({})).await;
    api.step_in(&id, "a", "running").await;
    quarantine(&api, GUEST).await;
    standing_still(&api, &id).await;
    stop.cancel();
    working.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn quarantines_that_come_and_go_under_load_lose_no_step_and_use_no_attempt() {
    let database = TestDatabase::new().await;
    let one = host(&database).await;
    let _other = TestHost::start(&database).await;
    let yaml = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/noop}
  - {name: b, handler: basics/sleep, depends_on: [a], config: {ms: 20}}
";
    one.publish_template("pair", yaml).await;
    for _ in 0..6 {
        one.submit_all(&["pair"; 40]).await;
        quarantine(&one, BASICS).await;
        let suspended =
            "select exists (select from tasker.step where state = 'ready' and ready_at is null)
            or not exists (select from tasker.task where finished_at is null)";
        wait_until_sql(database.pool(), suspended).await;
        release(&one, BASICS).await;
    }
    let over = "select bool_and(state = 'complete') from tasker.task";
    wait_until_sql(database.pool(), over).await;
    assert_eq!(count_transitions(&database, "complete").await, (480, 480));
}
