//! A database that does not let its hosts in for a while.

use super::server::Site;
use crate::harness::{TestHost, basics, step_of, wait_until_sql};
use serde_json::json;
use std::time::Duration;

const STEPS: &str = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/sleep, config: {ms: 500}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 7}}
";

const TERMINATE: &str = "
    select count(*) from (
      select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app') t";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_that_is_refused_for_a_while_costs_no_step_an_attempt_and_no_host_its_life() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    server.run("create role app login").await;
    server.run("create database app owner app").await;
    let url = site
        .url()
        .replace("tasker@", "app@")
        .replace("/postgres?", "/app?");
    let host = TestHost::start_at(url, |config| {
        let worker = config.worker.as_mut().unwrap();
        worker.heartbeat_interval = Duration::from_millis(100);
        worker.dead_after = Duration::from_secs(1);
    })
    .await;
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("pair", STEPS).await;
    let id = host.submit("pair", json!({})).await;
    host.step_in(&id, "a", "running").await;
    server.run("alter role app nologin").await;
    let ended: i64 = server.ask(TERMINATE).await;
    assert!(ended > 0);
    // The host reports, in vain, and is declared dead, so that it has to register anew.
    let options = site.options().database("app");
    let pool = sqlx::PgPool::connect_with(options).await.unwrap();
    let dead = "update tasker.worker set stopped_at = tasker.clock()";
    sqlx::query(dead).execute(&pool).await.unwrap();
    let (status, answer) = host.get("/v1/tasks").await;
    assert_eq!(status, 503, "{answer}");
    server.run("alter role app login").await;
    let anew = "select count(*) > 0 from tasker.worker where stopped_at is null";
    wait_until_sql(&pool, anew).await;
    let task = host.finished(&id).await;
    assert_eq!(task["result"], 7, "{task}");
    assert_eq!(step_of(&task, "a")["counted_attempts"], 1, "{task}");
    host.host.stop().await.unwrap();
}
