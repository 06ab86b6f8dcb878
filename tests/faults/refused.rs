//! A database that refuses a host, at its start.

use super::serve::Serve;
use super::server::Site;
use crate::harness::{TestHost, wait_until, wait_until_sql};
use sqlx::{ConnectOptions, Executor};
use std::time::Duration;

/// What a host that cannot connect ends with, and what it says.
async fn refused(site: &Site, url: &str) -> (Option<i32>, String) {
    let mut host = Serve::new(site).arguments(&["--database-url", url]).spawn();
    (host.code().await, host.logged())
}

#[tokio::test]
async fn a_port_where_nothing_listens_is_reported_as_such() {
    let site = Site::new();
    let (code, told) = refused(&site, "postgres://tasker@127.0.0.1:9/tasker").await;
    assert_eq!(code, Some(5), "{told}");
    assert!(
        told.contains("no PostgreSQL listens at 127.0.0.1:9"),
        "{told}"
    );
    assert!(told.contains("start PostgreSQL there"), "{told}");
    assert!(!told.contains("migrated"), "{told}");
}

#[tokio::test]
async fn an_unknown_database_user_or_host_is_reported_at_once_with_a_remedy() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let at = site.url();
    let (code, told) = refused(&site, &at.replace("/postgres?", "/nowhere?")).await;
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.contains("has no database nowhere") && told.contains("createdb"),
        "{told}"
    );
    let (code, told) = refused(&site, &at.replace("tasker@", "stranger@")).await;
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("refuses the user stranger"), "{told}");
    let (code, told) = refused(&site, "postgres://tasker@no-such-host.invalid/tasker").await;
    assert_eq!(code, Some(5), "{told}");
    assert!(told.contains("no-such-host.invalid"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_comes_a_moment_later_is_waited_for() {
    let site = Site::new();
    let mut server = site.primary(&[]).await;
    server.stop_at_once();
    let host = Serve::new(&site).arguments(&["--database-url", &site.url()]);
    let starting = host.start();
    tokio::pin!(starting);
    let early = tokio::time::timeout(Duration::from_millis(700), &mut starting).await;
    assert!(early.is_err(), "there is no database yet");
    server.start().await;
    let mut host = starting.await;
    assert!(host.logged().contains("waiting up to"), "{}", host.logged());
    host.ask_to_stop();
    assert!(host.ended().await);
}

#[tokio::test]
async fn doctor_says_why_a_database_cannot_be_connected_to() {
    let output = tokio::process::Command::new(crate::harness::tasker())
        .args([
            "doctor",
            "--database-url",
            "postgres://tasker@127.0.0.1:9/tasker",
        ])
        .env_remove("TASKER_URL")
        .output()
        .await
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        told.contains("no PostgreSQL listens at 127.0.0.1:9"),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(1), "{told}");
}

/// A little more than a host needs at the least.
const LIMIT: i32 = 7;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_works_with_fewer_connections_than_it_asked_for_and_says_why() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let mut session = site.options().connect().await.unwrap();
    let roles =
        format!("create role app login connection limit {LIMIT}; create database app owner app");
    for statement in roles.split("; ") {
        session
            .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())))
            .await
            .unwrap();
    }
    let url = site
        .url()
        .replace("tasker@", "app@")
        .replace("/postgres?", "/app?");
    let host = TestHost::start_at(url.clone(), |config| config.connections = 24).await;
    host.publish_component("basics", "1.0.0", crate::harness::basics())
        .await;
    let steps = "steps:\n  - {name: a, handler: basics/sleep, config: {ms: 50}}\n  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 7}}\n";
    host.publish_template("pair", steps).await;
    let asked = (0..24).map(|_| host.run("pair", serde_json::json!({})));
    for task in futures::future::join_all(asked).await {
        assert_eq!(task["state"], "complete", "{task}");
    }
    let (status, health) = host.get("/health/status").await;
    assert_eq!(status, 200, "{health}");
    let refused = health["connections"]["refused"].as_str().unwrap();
    assert!(
        refused.contains("too many connections for role"),
        "{health}"
    );
    let counted = "select count(*) <= 7 from pg_stat_activity where usename = 'app'";
    wait_until_sql(&site.pool(), counted).await;
    host.host.stop().await.unwrap();
}

#[tokio::test]
async fn hosts_share_the_connections_that_the_server_has() {
    let site = Site::new();
    // It has 60, of which 3 are for superusers and 7 for others.
    let _server = site.primary(&[]).await;
    let start = || TestHost::start_at(site.url(), |config| config.connections = 24);
    let first = start().await;
    let most = async |host: &TestHost| {
        let (_, health) = host.get("/health/status").await;
        health["connections"]["max"].as_i64().unwrap()
    };
    assert_eq!(most(&first).await, 24);
    let (second, third) = (start().await, start().await);
    for host in [&first, &second, &third] {
        wait_until("it has a third", async || {
            (most(host).await == 16).then_some(())
        })
        .await;
    }
    third.host.stop().await.unwrap();
    second.host.stop().await.unwrap();
    wait_until("it has all that it may", async || {
        (most(&first).await == 24).then_some(())
    })
    .await;
    first.host.stop().await.unwrap();
}

#[tokio::test]
async fn a_host_that_gets_no_connection_at_all_says_why_at_its_start() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let mut session = site.options().connect().await.unwrap();
    session
        .execute("create role poor login connection limit 0")
        .await
        .unwrap();
    let (code, told) = refused(&site, &site.url().replace("tasker@", "poor@")).await;
    assert_eq!(code, Some(5), "{told}");
    assert!(
        told.contains("has no connection left") && told.contains("too many connections"),
        "{told}"
    );
}
