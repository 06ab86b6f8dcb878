//! The status of a host, part by part.

use crate::harness::{TestDatabase, TestHost, wait_until, wait_until_sql};
use serde_json::Value;
use std::collections::HashSet;
use std::time::Instant;

const PARTS: [&str; 13] = [
    "database",
    "migrations",
    "partitions",
    "claims",
    "hosts",
    "queue",
    "feed",
    "subscriptions",
    "statistics",
    "compile_queue",
    "cache",
    "connection_pool",
    "disk",
];

async fn status(host: &TestHost) -> Value {
    let (status, answer) = host.get("/health/status").await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// The part once it is in this state.
async fn part_in(host: &TestHost, name: &str, state: &str) -> Value {
    wait_until(&format!("{name} is {state}"), async || {
        let status = status(host).await;
        let mut parts = status["parts"].as_array().unwrap().iter();
        let part = parts.find(|part| part["part"] == name).unwrap();
        (part["status"] == state).then(|| part.clone())
    })
    .await
}

async fn run(database: &TestDatabase, statement: &'static str) {
    let pool = database.pool();
    sqlx::query(statement).execute(pool).await.unwrap();
}

#[tokio::test]
async fn a_host_that_works_is_well_in_every_part() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    let found = wait_until("all is well", async || {
        let status = status(&host).await;
        (status["status"] == "ok").then_some(status)
    })
    .await;
    let parts = found["parts"].as_array().unwrap();
    let names: Vec<&str> = parts
        .iter()
        .map(|it| it["part"].as_str().unwrap())
        .collect();
    assert_eq!(names, PARTS);
    for part in parts {
        assert_eq!(part["status"], "ok", "{part}");
        assert!(!part["why"].as_str().unwrap().is_empty(), "{part}");
    }
    let text = found.to_string();
    let url = database.url();
    for secret in ["postgres:", url.as_str()] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(found["database"]["version"].is_string());
}

#[tokio::test]
async fn a_transaction_that_stays_open_degrades_the_feed_for_as_long_as_it_holds_events_back() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    part_in(&host, "feed", "ok").await;
    let mut foreign = database.pool().begin().await.unwrap();
    sqlx::query("lock table tasker.audit in row exclusive mode")
        .execute(&mut *foreign)
        .await
        .unwrap();
    host.publish_component("basics", "1.0.0", crate::harness::basics())
        .await;
    wait_until("the log is seen to be held back", async || {
        status(&host).await;
        let is_held = "select coalesce(mark > safe, false) from tasker.observation";
        let is_held: bool = sqlx::query_scalar(is_held)
            .fetch_one(database.pool())
            .await
            .unwrap();
        is_held.then_some(())
    })
    .await;
    // As a minute later.
    run(
        &database,
        "update tasker.observation set mark_at = mark_at - interval '1 minute'",
    )
    .await;
    let feed = part_in(&host, "feed", "degraded").await;
    let seconds = feed["value"].as_f64().unwrap();
    assert!((60.0..120.0).contains(&seconds), "{feed}");
    assert_eq!(feed["unit"], "seconds");
    let why = feed["why"].as_str().unwrap();
    assert!(why.contains("has held events back for 6"), "{why}");
    foreign.rollback().await.unwrap();
    part_in(&host, "feed", "ok").await;
}

#[tokio::test]
async fn steps_that_no_host_claims_are_found_by_the_time_they_wait() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_idle(&database).await;
    host.publish_component("basics", "1.0.0", crate::harness::basics())
        .await;
    host.publish_template("one", "steps: [{name: a, handler: basics/sum}]")
        .await;
    assert_eq!(
        part_in(&host, "hosts", "degraded").await["why"],
        "0 active, 0 draining, 0 silent; no host claims steps"
    );
    host.submit("one", Value::Null).await;
    run(
        &database,
        "update tasker.queue set ready_at = ready_at - interval '5 minutes'",
    )
    .await;
    let queue = part_in(&host, "queue", "degraded").await;
    assert!(queue["value"].as_f64().unwrap() >= 300.0, "{queue}");
    part_in(&host, "hosts", "down").await;
    let path = "/v1/namespaces/shop/queue";
    let (status, answer) = host
        .patch(path, &serde_json::json!({"is_paused": true}))
        .await;
    assert_eq!(status, 200, "{answer}");
    part_in(&host, "queue", "ok").await;
}

#[tokio::test]
async fn functions_of_another_release_are_reported() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    part_in(&host, "migrations", "ok").await;
    run(
        &database,
        "update tasker.functions set host_version = '9.0.0', schema_version = 99",
    )
    .await;
    let newer = part_in(&host, "migrations", "degraded").await;
    assert!(newer["why"].as_str().unwrap().contains("tasker 9.0.0"));
    run(
        &database,
        "update tasker.functions set oldest_host = '9.0.0'",
    )
    .await;
    part_in(&host, "migrations", "down").await;
    run(&database, "delete from tasker.functions").await;
    part_in(&host, "migrations", "down").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_requests_at_once_make_one_look_a_second() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    let registered = "select exists (select from tasker.worker)";
    wait_until_sql(database.pool(), registered).await;
    let began = Instant::now();
    let asked = std::iter::repeat_with(|| status(&host)).take(40);
    let answers = futures::future::join_all(asked).await;
    let looks: HashSet<String> = answers
        .iter()
        .map(|it| it["looked_at"].to_string())
        .collect();
    let seconds = began.elapsed().as_secs() as usize;
    assert!(looks.len() <= seconds + 1, "{} in {seconds} s", looks.len());
}
