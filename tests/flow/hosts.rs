//! Several hosts on one database, hosts that stop, and hosts that lose the database.

use super::{count_transitions, host, publish_components};
use crate::harness::{TestDatabase, TestHost, basics, wait_until_sql};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tasker_database::Database;
use tasker_database::notifications::Notifications;
use tasker_engine::Engine;
use tasker_sandbox::{Compiler, Sandbox, SandboxConfig};
use tasker_worker::{Worker, WorkerConfig, WorkerStats};
use tokio_util::sync::CancellationToken;

const ALL_COMPLETE: &str = "select bool_and(state = 'complete') from tasker.task";
const SOME_STEP_BEGAN: &str =
    "select exists (select from tasker.transition where to_state = 'running')";
const SLEEPY: &str = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/sleep, config: {ms: 20}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 2}}
  - {name: c, handler: basics/sum, depends_on: [a], config: {value: 3}}
  - {name: d, handler: basics/sum, depends_on: [b, c], config: {value: 1, of: [b, c]}}
";

async fn each_step_completed_once(database: &TestDatabase, steps: i64) {
    assert_eq!(
        count_transitions(database, "complete").await,
        (steps, steps)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hosts_share_the_work_and_run_each_step_once() {
    let database = TestDatabase::new().await;
    let few_slots = |config: &mut tasker::host::HostConfig| {
        config.worker.as_mut().unwrap().slots = 4;
    };
    let one = TestHost::start_with(&database, few_slots).await;
    let _other = TestHost::start_with(&database, few_slots).await;
    publish_components(&one).await;
    one.publish_template("sleepy", SLEEPY).await;
    one.submit_all(&["sleepy"; 40]).await;
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
    each_step_completed_once(&database, 160).await;
    assert_eq!(count_transitions(&database, "running").await, (160, 160));
    let workers =
        "select count(distinct worker_id) = 2 from tasker.transition where to_state = 'running'";
    wait_until_sql(database.pool(), workers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_stops_finishes_what_it_runs_and_leaves_the_rest_to_others() {
    let database = TestDatabase::new().await;
    let first = host(&database).await;
    first.publish_template("sleepy", SLEEPY).await;
    first.submit_all(&["sleepy"; 30]).await;
    wait_until_sql(database.pool(), SOME_STEP_BEGAN).await;
    let second = TestHost::start(&database).await;
    first.host.stop().await.unwrap();
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
    // Nothing was given back: every step that began was finished where it began.
    assert_eq!(count_transitions(&database, "running").await, (120, 120));
    each_step_completed_once(&database, 120).await;
    drop(second);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_stops_gives_back_what_takes_too_long() {
    let database = TestDatabase::new().await;
    let hasty = TestHost::start_with(&database, |config| {
        config.worker.as_mut().unwrap().drain_timeout = Duration::from_millis(10);
    })
    .await;
    publish_components(&hasty).await;
    let yaml =
        "steps: [{name: a, handler: basics/sleep, config: {ms: 1000}, retry: {max_attempts: 1}}]";
    hasty.publish_template("long", yaml).await;
    let id = hasty.submit("long", json!({})).await;
    hasty.step_in(&id, "a", "running").await;
    hasty.host.stop().await.unwrap();
    let next = TestHost::start(&database).await;
    let task = next.finished(&id).await;
    assert_eq!(task["state"], "complete", "{task}");
    // The attempt that was given back does not count, or the step would have failed.
    assert_eq!(task["steps"][0]["attempts"], 2);
    let log = next.transitions(&id, "a").await;
    assert_eq!(log[1]["detail"]["reason"], "host stopped", "{log:?}");
}

#[tokio::test]
async fn without_notifications_work_is_found_by_polling() {
    let database = TestDatabase::new().await;
    let api = TestHost::start_idle(&database).await;
    publish_components(&api).await;
    let yaml = "
steps:
  - {name: a, handler: basics/flaky, config: {failures: 1}, retry: {base: 1ms, max: 1ms}}
  - {name: b, handler: basics/sum, depends_on: [a]}
";
    api.publish_template("polled", yaml).await;
    let cache_dir = tempfile::tempdir().unwrap();
    let worker = Worker {
        engine: Engine::new(Database::open_url(&database.url(), 4).unwrap()),
        sandbox: Sandbox::new(SandboxConfig {
            cache_dir: cache_dir.path().to_owned(),
            max_concurrent: 4,
            compiler: Compiler::InProcess,
        })
        .unwrap(),
        // Nobody feeds it, as behind a pooler.
        notifications: Notifications::default(),
        config: WorkerConfig {
            slots: 4,
            poll_interval: Duration::from_millis(20),
            ..WorkerConfig::default()
        },
        stats: Arc::<WorkerStats>::default(),
        stores: tasker_worker::WorkerStores::default(),
        tracer: Default::default(),
    };
    let stop = CancellationToken::new();
    let working = tokio::spawn(worker.run(stop.clone()));
    for _ in 0..3 {
        assert_eq!(api.run("polled", json!({})).await["state"], "complete");
    }
    stop.cancel();
    working.await.unwrap().unwrap();
}

/// Ends every connection that hosts have to the database.
async fn cut_connections(database: &TestDatabase) {
    sqlx::query(
        "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'tasker'",
    )
    .execute(database.pool())
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_end_right_though_all_connections_are_lost_again_and_again() {
    let database = TestDatabase::new().await;
    let one = host(&database).await;
    let _other = TestHost::start(&database).await;
    one.publish_template("sleepy", SLEEPY).await;
    one.submit_all(&["sleepy"; 150]).await;
    for _ in 0..12 {
        let seen: i64 = sqlx::query_scalar("select coalesce(max(seq), 0) from tasker.transition")
            .fetch_one(database.pool())
            .await
            .unwrap();
        cut_connections(&database).await;
        let moved = format!(
            "select (select max(seq) from tasker.transition) > {seen} + 20 or ({ALL_COMPLETE})"
        );
        wait_until_sql(database.pool(), &moved).await;
    }
    wait_until_sql(
        database.pool(),
        "select bool_and(finished_at is not null) from tasker.task",
    )
    .await;
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
    each_step_completed_once(&database, 600).await;
    let right = "select bool_and(result::text = '6') from tasker.step where is_sink";
    wait_until_sql(database.pool(), right).await;
}

/// Waits until a host wants a component's bytes and cannot have them for a lock.
async fn wait_for_blocked_load(database: &TestDatabase) {
    let blocked = "select exists (select from pg_stat_activity where wait_event_type = 'Lock'
        and query like '%component_blob%' and application_name = 'tasker')";
    wait_until_sql(database.pool(), blocked).await;
}

#[tokio::test]
async fn a_database_that_is_lost_while_a_component_is_loaded_costs_no_attempt() {
    let database = TestDatabase::new().await;
    let api = TestHost::start_idle(&database).await;
    api.publish_component("basics", "1.0.0", basics()).await;
    let yaml = "steps: [{name: a, handler: basics/noop, retry: {max_attempts: 1}}]";
    api.publish_template("one", yaml).await;
    let mut session = database.session().await;
    sqlx::raw_sql("begin; lock table tasker.component_blob in access exclusive mode")
        .execute(&mut session)
        .await
        .unwrap();
    let cold = tempfile::tempdir().unwrap();
    let _host =
        TestHost::start_with(&database, |config| config.data_dir = cold.path().to_owned()).await;
    let id = api.submit("one", json!({})).await;
    wait_for_blocked_load(&database).await;
    cut_connections(&database).await;
    sqlx::raw_sql("rollback")
        .execute(&mut session)
        .await
        .unwrap();
    let over = "select bool_and(finished_at is not null) from tasker.task";
    wait_until_sql(database.pool(), over).await;
    // The connections of the API were cut as well: its first answers may be that.
    let task = api.finished(&id).await;
    assert_eq!(task["state"], "complete", "{task}");
}

/// Has the first question for an indirect result never be answered; nothing else asks recursively.
const NO_FIRST_ANSWER: &str = "
create sequence tasker.asked;
alter table tasker.dependency rename to dependency_row;
create view tasker.dependency as
  select d.* from tasker.dependency_row d
  where case when current_query() like '%recursive%' and nextval('tasker.asked') = 1
             then pg_sleep(3600) is null else true end";

#[tokio::test]
async fn a_database_that_is_lost_while_a_handler_asks_for_a_result_costs_no_attempt() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/sum, config: {value: 4}}
  - {name: b, handler: basics/sum, depends_on: [a]}
  - {name: c, handler: basics/sum, depends_on: [b], config: {of: [a]}}
";
    host.publish_template("asks", yaml).await;
    sqlx::raw_sql(NO_FIRST_ANSWER)
        .execute(database.pool())
        .await
        .unwrap();
    host.submit("asks", json!({})).await;
    let asking = "select exists (select from pg_stat_activity
        where wait_event = 'PgSleep' and application_name = 'tasker')";
    wait_until_sql(database.pool(), asking).await;
    cut_connections(&database).await;
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
    let right = "select bool_and(result::text = '4') from tasker.step where is_sink";
    wait_until_sql(database.pool(), right).await;
}
