use super::server::Server;
use super::worker::Worker;
use crate::harness::wait_until;
use serde_json::{Value, json};

#[tokio::test]
async fn a_host_with_its_database_is_live_and_ready() {
    let server = Server::start().await;
    server.get("/health/live").await.answered(200);
    server.get("/health/ready").await.answered(200);
}

#[tokio::test]
async fn a_host_that_drains_is_live_but_not_ready() {
    let server = Server::start().await;
    server.shutdown.cancel();
    server.get("/health/live").await.answered(200);
    let why = server.get("/health/ready").await.refused(503, "not_ready");
    assert_eq!(why, "the host is shutting down");
}

#[tokio::test]
async fn a_host_without_its_database_is_live_but_not_ready() {
    let server = Server::start().await;
    server.engine.close().await;
    server.get("/health/live").await.answered(200);
    let why = server.get("/health/ready").await.refused(503, "not_ready");
    assert!(why.contains("the database"), "{why}");
    let detail = server
        .get("/v1/tasks")
        .await
        .refused(503, "database_unavailable");
    assert!(detail.ends_with("the database; try again"), "{detail}");
}

#[tokio::test]
async fn the_status_is_down_without_the_database_for_keys_that_were_read_before_and_only_for_those()
{
    let server = Server::start().await;
    let known = server.get("/health/status").await.answered(200);
    assert_eq!(known["parts"][0]["status"], "ok");
    server.engine.close().await;
    let status = wait_until("it is seen", async || {
        let status = server.get("/health/status").await.answered(200);
        (status["status"] == "down").then_some(status)
    })
    .await;
    assert_eq!(
        status["parts"][0]["why"],
        "the host has closed its connections to the database"
    );
    assert_eq!(status["tasks"], Value::Null);
    let wrong = format!("tk_00000000_{}", "0".repeat(64));
    let stranger = server.asked_with(Some(&wrong));
    stranger
        .get("/health/status")
        .await
        .refused(401, "unauthenticated");
    server
        .asked_with(None)
        .get("/health/status")
        .await
        .refused(401, "unauthenticated");
}

#[tokio::test]
async fn the_status_counts_tasks_and_names_workers() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    let status = server.get("/health/status").await.answered(200);
    assert_eq!(status["tasks"]["pending"], 1);
    assert_eq!(status["workers"][0]["host_name"], "by-hand");
    assert!(status["database"]["version"].is_string());
    assert_eq!(status["version"], "0.1.0");
    worker.claim().await;
    wait_until("the claim is seen", async || {
        let status = server.get("/health/status").await.answered(200);
        let tasks = &status["tasks"];
        let is_seen = tasks["pending"] == 0 && tasks["in_progress"] == 1;
        is_seen.then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_host_that_operators_drain_is_not_ready_but_serves_the_api() {
    let server = Server::start().await;
    let drain = server.claiming.drain();
    drain.ask(true);
    let why = server.get("/health/ready").await.refused(503, "not_ready");
    assert!(why.starts_with("the host drains"), "{why}");
    let status = server.get("/health/status").await.answered(200);
    assert_eq!(status["is_draining"], true);
    server.get("/v1/tasks").await.answered(200);
    drain.ask(false);
    server.get("/health/ready").await.answered(200);
}
