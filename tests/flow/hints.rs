//! Hosts hint to each other what is ready and what ended.

use crate::harness::{TestDatabase, TestHost, basics};
use serde_json::json;
use sqlx::postgres::PgListener;
use std::time::Duration;
use tasker_database::Database;
use tasker_database::notifications::Notifications;
use tasker_domain::ids::TaskId;
use tokio_util::sync::{CancellationToken, DropGuard};

/// The hints of a host that listens.
async fn listening(database: &TestDatabase) -> (Notifications, DropGuard) {
    let (notifications, stop) = (Notifications::default(), CancellationToken::new());
    let listen = notifications.clone();
    let database = Database::open_url(&database.url(), 6).unwrap();
    tokio::spawn(listen.listen(database, stop.clone()));
    // Whoever begins to listen catches up.
    notifications.ready().await;
    (notifications, stop.drop_guard())
}

#[tokio::test]
async fn what_one_host_hints_every_other_hears() {
    let database = TestDatabase::new().await;
    let (ours, _ours) = listening(&database).await;
    let (theirs, _theirs) = listening(&database).await;
    let mut ended = theirs.ended();
    ours.hint_ready();
    theirs.ready().await;
    let tasks: Vec<_> = (0..500).map(|_| TaskId::generate()).collect();
    ours.hint_ended(&tasks);
    for task in tasks {
        assert_eq!(ended.recv().await.unwrap(), task);
    }
}

#[tokio::test]
async fn a_host_has_its_own_hints_once() {
    let database = TestDatabase::new().await;
    let (ours, _ours) = listening(&database).await;
    let (theirs, _theirs) = listening(&database).await;
    let (mut at_home, mut elsewhere) = (ours.ended(), theirs.ended());
    let (first, last) = (TaskId::generate(), TaskId::generate());
    ours.hint_ended(&[first]);
    assert_eq!(elsewhere.recv().await.unwrap(), first);
    theirs.hint_ended(&[last]);
    assert_eq!(at_home.recv().await.unwrap(), first);
    assert_eq!(at_home.recv().await.unwrap(), last);
}

/// Hears what hosts tell each other of what is ready.
async fn listener(database: &TestDatabase) -> PgListener {
    let mut listener = PgListener::connect_with(database.pool()).await.unwrap();
    listener.listen("tasker_ready").await.unwrap();
    listener
}

/// The hints up to now.
async fn heard(listener: &mut PgListener, database: &TestDatabase) -> usize {
    sqlx::query("select pg_notify('tasker_ready', 'last')")
        .execute(database.pool())
        .await
        .unwrap();
    let mut count = 0;
    while listener.recv().await.unwrap().payload() != "last" {
        count += 1;
    }
    count
}

const NAP: &str = "steps: [{name: a, handler: basics/sleep, config: {ms: 1000}}]";

#[tokio::test]
async fn a_host_that_runs_what_it_was_given_wakes_no_other() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("sum", "steps: [{name: a, handler: basics/sum}]")
        .await;
    host.run("sum", json!({})).await;
    let mut listener = listener(&database).await;
    for _ in 0..20 {
        host.run("sum", json!({})).await;
    }
    assert_eq!(heard(&mut listener, &database).await, 0);

    let api = TestHost::start_idle(&database).await;
    api.run("sum", json!({})).await;
    assert_eq!(heard(&mut listener, &database).await, 1);
}

#[tokio::test]
async fn a_host_that_is_full_wakes_another_at_once() {
    let database = TestDatabase::new().await;
    let never = Duration::from_secs(600);
    let full = TestHost::start_with(&database, |config| {
        let worker = config.worker.as_mut().unwrap();
        (worker.slots, worker.poll_interval) = (1, never);
    })
    .await;
    full.publish_component("basics", "1.0.0", basics()).await;
    full.publish_template("nap", NAP).await;
    let first = full.submit("nap", json!({})).await;
    full.step_in(&first, "a", "running").await;
    let other = TestHost::start_with(&database, |config| {
        config.worker.as_mut().unwrap().poll_interval = never;
    })
    .await;
    let second = full.submit("nap", json!({})).await;
    other.step_in(&second, "a", "running").await;
    let (first, second) = (full.finished(&first).await, full.finished(&second).await);
    let is_beside = second["steps"][0]["started_at"].as_str() < first["finished_at"].as_str();
    assert!(is_beside, "{first} {second}");
}
