//! The status of a host while its database does not answer.

use super::server::Site;
use crate::harness::{TestHost, wait_until};
use serde_json::Value;
use std::collections::HashSet;
use std::time::{Duration, Instant};

/// No answer takes longer, whatever the database does.
const LIMIT: Duration = Duration::from_secs(12);

async fn status(host: &TestHost) -> Value {
    let asked = tokio::time::timeout(LIMIT, host.get("/health/status")).await;
    let (status, answer) = asked.expect("the status is answered in time");
    assert_eq!(status, 200, "{answer}");
    answer
}

fn part<'s>(status: &'s Value, name: &str) -> &'s Value {
    let mut parts = status["parts"].as_array().unwrap().iter();
    let part = parts.find(|part| part["part"] == name);
    part.unwrap_or_else(|| panic!("no part {name} in {status}"))
}

async fn is_well(host: &TestHost) {
    wait_until("all is well", async || {
        let status = status(host).await;
        (status["status"] == "ok").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stands_still_is_down_and_its_host_says_so_in_time() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let host = TestHost::start_at(site.url(), |_| {}).await;
    is_well(&host).await;
    server.freeze();
    let found = wait_until("it is seen", async || {
        let status = status(&host).await;
        (status["status"] == "down").then_some(status)
    })
    .await;
    let database = part(&found, "database");
    assert_eq!(database["status"], "down");
    let why = database["why"].as_str().unwrap();
    assert!(why.contains("did not answer"), "{why}");
    assert_eq!(part(&found, "queue")["status"], "down");
    assert_eq!(part(&found, "disk")["status"], "ok");
    assert_eq!(found["database"], Value::Null);

    // Longer than keys are taken without being read anew.
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(4) {
        status(&host).await;
    }
    let asked = std::iter::repeat_with(|| status(&host)).take(50);
    let began = Instant::now();
    let answers = futures::future::join_all(asked).await;
    let looks: HashSet<String> = answers
        .iter()
        .map(|it| it["looked_at"].to_string())
        .collect();
    let seconds = began.elapsed().as_secs() as usize;
    assert!(looks.len() <= seconds + 2, "{looks:?} in {seconds} s");
    server.thaw();
    // For a minute it is degraded: callers waited in vain for connections.
    wait_until("it is up again", async || {
        let status = status(&host).await;
        (status["status"] != "down").then_some(())
    })
    .await;
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_gone_is_down_until_it_is_back() {
    let site = Site::new();
    let mut server = site.primary(&[]).await;
    let host = TestHost::start_at(site.url(), |_| {}).await;
    is_well(&host).await;
    server.stop_at_once();
    let found = wait_until("it is seen", async || {
        let status = status(&host).await;
        (status["status"] == "down").then_some(status)
    })
    .await;
    let why = part(&found, "migrations")["why"].as_str().unwrap();
    assert!(why.starts_with("not known: the database"), "{why}");
    server.start().await;
    is_well(&host).await;
    host.host.stop().await.unwrap();
}
