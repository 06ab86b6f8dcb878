//! A network that swallows everything, in both directions, and a database that stands still.

use super::load::Load;
use super::proxy::Proxy;
use super::serve::Serve;
use super::server::Site;
use crate::harness::{TestHost, wait_until, wait_until_sql};
use std::time::Duration;

/// Longer than a step's time, its grace, and what a host may be silent for.
const LONG: Duration = Duration::from_secs(3);

/// No request may take this long, whatever the database does.
const REQUEST_LIMIT: Duration = Duration::from_secs(20);

/// What a host may take to end beyond its drain timeout.
const STOP_LIMIT: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_swallows_everything_costs_no_step_an_attempt() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let proxy = Proxy::to(&site.options()).await;
    let load = Load::begin_through(&site, proxy.url()).await;
    proxy.swallow_all();
    tokio::time::sleep(LONG).await;
    proxy.open();
    load.all_succeed().await;
    load.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_to_a_host_whose_database_is_silent_is_answered_and_later_ones_succeed() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let proxy = Proxy::to(&site.options()).await;
    let host = TestHost::start_at(proxy.url(), |config| config.worker = None).await;
    assert_eq!(host.get("/v1/tasks").await.0, 200);
    proxy.swallow_all();
    let asked = std::iter::repeat_with(|| host.get("/v1/tasks")).take(24);
    let answers = tokio::time::timeout(REQUEST_LIMIT, futures::future::join_all(asked)).await;
    for (status, answer) in answers.expect("every request is answered") {
        assert_eq!(status, 503, "{answer}");
    }
    let (status, ready) = host.get("/health/ready").await;
    assert_eq!(status, 503, "{ready}");
    proxy.open();
    wait_until("the host is ready again", async || {
        (host.get("/health/ready").await.0 == 200).then_some(())
    })
    .await;
    assert_eq!(host.get("/v1/tasks").await.0, 200);
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_waits_for_a_task_is_answered_in_time_though_the_database_is_silent() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let proxy = Proxy::to(&site.options()).await;
    let host = TestHost::start_at(proxy.url(), |config| config.worker = None).await;
    let path = "/v1/tasks/0190d6f0-0000-7000-8000-000000000000?wait_ms=2000";
    assert_eq!(host.get(path).await.0, 404);
    proxy.swallow_all();
    let asked = std::iter::repeat_with(|| host.get(path)).take(24);
    let limit = Duration::from_secs(2) + REQUEST_LIMIT;
    let answers = tokio::time::timeout(limit, futures::future::join_all(asked)).await;
    for (status, answer) in answers.expect("every wait is answered") {
        assert_eq!(status, 503, "{answer}");
    }
    proxy.open();
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_whose_database_vanished_learns_that_it_is_dead_and_begins_anew() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let proxy = Proxy::to(&site.options()).await;
    let load = Load::begin_through(&site, proxy.url()).await;
    let dead = "update tasker.worker set stopped_at = tasker.clock()";
    proxy.swallow_open();
    sqlx::query(dead).execute(load.pool()).await.unwrap();
    let registered = "select count(*) >= 2 from tasker.worker where stopped_at is null";
    wait_until_sql(load.pool(), registered).await;
    load.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_ends_in_time_when_asked_though_its_database_is_silent() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let proxy = Proxy::to(&site.options()).await;
    let mut host = Serve::new(&site)
        .arguments(&["--database-url", &proxy.url(), "--drain-timeout", "1000"])
        .start()
        .await;
    proxy.swallow_all();
    let made = proxy.made();
    wait_until("the host tries to connect anew", async || {
        (proxy.made() > made).then_some(())
    })
    .await;
    host.ask_to_stop();
    let ended = tokio::time::timeout(STOP_LIMIT, host.ended()).await;
    assert!(ended.expect("it ends"), "{}", host.logged());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_ends_in_time_when_asked_though_its_private_database_stands_still() {
    let site = Site::new();
    let mut host = Serve::new(&site)
        .arguments(&["--drain-timeout", "1000"])
        .start()
        .await;
    assert!(host.logged().contains("making a private PostgreSQL"));
    let pid_file = site.path().join("data/postgres/postmaster.pid");
    let file = std::fs::read_to_string(pid_file).unwrap();
    let pid: u32 = file.lines().next().unwrap().parse().unwrap();
    super::server::freeze(pid);
    host.ask_to_stop();
    let limit = STOP_LIMIT + Duration::from_secs(15);
    let ended = tokio::time::timeout(limit, host.ended()).await;
    assert!(ended.expect("it ends"), "{}", host.logged());
    wait_until("nothing of the server is left", async || {
        (!std::path::Path::new(&format!("/proc/{pid}")).exists()).then_some(())
    })
    .await;
    let mut next = Serve::new(&site).start().await;
    next.ask_to_stop();
    assert!(next.ended().await, "{}", next.logged());
}
