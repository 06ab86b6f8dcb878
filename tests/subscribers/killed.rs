use super::setup::{Shop, delivered, publish, subscribe};
use crate::harness::{TestDatabase, TestHost, wait_until};
use crate::webhooks::setup::quick;
use std::process::Stdio;
use std::time::Duration;
use tasker_subscribers::SubscribersConfig;
use tokio::process::{Child, Command};

const KILLED_TEST: &str = "subscribers::killed::each_event_is_counted_once_though_hosts_are_killed";
/// Tells a process that it is to be a host, and of which database.
const HOST_VARIABLE: &str = "TASKER_TEST_SUBSCRIBING_HOST";
const EVENTS: i32 = 400;
const KILLS: i64 = 4;

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

/// Delivers until the process is killed.
async fn be_host(url: String) {
    let _host = TestHost::start_at(url, |config| {
        config.subscribers = SubscribersConfig {
            ttl: Duration::from_secs(1),
            ..quick()
        };
    })
    .await;
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_is_counted_once_though_hosts_are_killed() {
    if let Ok(url) = std::env::var(HOST_VARIABLE) {
        return be_host(url).await;
    }
    let shop = Shop::new().await;
    let watcher = shop.host_with(|config| config.worker = None).await;
    publish(&watcher).await;
    subscribe(&watcher, "count", "component:counter/count").await;
    shop.happen(1, EVENTS).await;
    let step = i64::from(EVENTS) / (KILLS + 1);
    for kill in 1..=KILLS {
        let mut host = spawn_host(&shop.database);
        wait_until("some more are counted", async || {
            (shop.counted("total").await >= kill * step).then_some(())
        })
        .await;
        host.kill().await.unwrap();
    }
    let host = spawn_host(&shop.database);
    let shown = delivered(&watcher, "count", EVENTS.into()).await;
    assert_eq!(
        (&shown["failures"], &shown["given_up"]),
        (&0.into(), &0.into())
    );
    drop(host);
    assert_eq!(shop.counted("total").await, i64::from(EVENTS));
    shop.assert_counted(1..=EVENTS, 1).await;
    watcher.host.stop().await.unwrap();
}
