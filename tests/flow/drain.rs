//! Hosts that operators drain, resume and replace while tasks run.

use super::{count_transitions, host};
use crate::harness::{TestDatabase, TestHost, wait_until, wait_until_sql};
use serde_json::{Value, json};

const ALL_COMPLETE: &str = "select bool_and(state = 'complete') from tasker.task";
/// Four steps; the first takes long enough for a drain to come in between.
const SLEEPY: &str = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/sleep, config: {ms: 20}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 2}}
  - {name: c, handler: basics/sum, depends_on: [a], config: {value: 3}}
  - {name: d, handler: basics/sum, depends_on: [b, c], config: {value: 1, of: [b, c]}}
";

/// The id of the newest host, by what `host` says.
async fn newest(host: &TestHost) -> i64 {
    wait_until("a host is registered", async || {
        let (status, page) = host.get("/v1/hosts?limit=1").await;
        assert_eq!(status, 200, "{page}");
        page["items"][0]["id"].as_i64()
    })
    .await
}

/// A host once it is in this state.
async fn host_in(asked: &TestHost, id: i64, state: &str) -> Value {
    wait_until(&format!("host {id} is {state}"), async || {
        let (_, host) = asked.get(&format!("/v1/hosts/{id}")).await;
        (host["state"] == state).then_some(host)
    })
    .await
}

async fn post(asked: &TestHost, id: i64, verb: &str) -> Value {
    let (status, host) = asked
        .post(&format!("/v1/hosts/{id}/{verb}"), &json!({}))
        .await;
    assert_eq!(status, 200, "{host}");
    host
}

/// Two hosts with a template that sleeps; the ids of their workers.
async fn two_hosts(database: &TestDatabase) -> ((TestHost, i64), (TestHost, i64)) {
    let one = host(database).await;
    one.publish_template("sleepy", SLEEPY).await;
    let first = newest(&one).await;
    let other = TestHost::start(database).await;
    let second = wait_until("the second host is registered", async || {
        Some(newest(&one).await).filter(|id| *id != first)
    })
    .await;
    ((one, first), (other, second))
}

async fn wait_until_it_runs(database: &TestDatabase, id: i64) {
    let runs = format!(
        "select exists (select from tasker.transition where worker_id = {id} and to_state = 'running')"
    );
    wait_until_sql(database.pool(), &runs).await;
}

/// Steps that a worker began.
async fn begun(database: &TestDatabase, id: i64) -> i64 {
    let count =
        "select count(*) from tasker.transition where worker_id = $1 and to_state = 'running'";
    sqlx::query_scalar(count)
        .bind(i32::try_from(id).unwrap())
        .fetch_one(database.pool())
        .await
        .unwrap()
}

async fn each_step_ran_once(database: &TestDatabase, steps: i64) {
    for state in ["running", "complete"] {
        assert_eq!(
            count_transitions(database, state).await,
            (steps, steps),
            "{state}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drained_host_claims_nothing_more_and_finishes_what_it_runs_while_another_goes_on() {
    let database = TestDatabase::new().await;
    let ((one, first), (other, second)) = two_hosts(&database).await;
    one.submit_all(&["sleepy"; 60]).await;
    wait_until_it_runs(&database, first).await;
    wait_until_it_runs(&database, second).await;

    assert_eq!(post(&other, first, "drain").await["changed"], true);
    let drained = host_in(&other, first, "drained").await;
    assert_eq!(drained["running"], 0);
    let begun_before = begun(&database, first).await;
    let held = "select count(*) from tasker.step where state = 'running' and worker_id = $1";
    let held: i64 = sqlx::query_scalar(held)
        .bind(i32::try_from(first).unwrap())
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!(held, 0, "nothing that it ran is left");
    other.submit_all(&["sleepy"; 20]).await;
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
    each_step_ran_once(&database, 320).await;
    assert_eq!(begun(&database, first).await, begun_before);
    assert_eq!(host_in(&one, second, "active").await["slots"], 16);

    // It serves the API, but is given nothing by a load balancer.
    assert_eq!(one.get("/v1/tasks").await.0, 200);
    let (status, why) = one.get("/health/ready").await;
    assert_eq!((status, &why["code"]), (503, &json!("not_ready")), "{why}");
    assert_eq!(other.get("/health/ready").await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_resumed_claims_again_whether_or_not_its_drain_had_ended() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    host.publish_template("sleepy", SLEEPY).await;
    let id = newest(&host).await;
    for is_waited_for in [true, false] {
        host.submit_all(&["sleepy"; 20]).await;
        post(&host, id, "drain").await;
        if is_waited_for {
            host_in(&host, id, "drained").await;
        }
        assert_eq!(post(&host, id, "resume").await["state"], "active");
        wait_until_sql(database.pool(), ALL_COMPLETE).await;
    }
    each_step_ran_once(&database, 160).await;
    wait_until("the host is ready again", async || {
        (host.get("/health/ready").await.0 == 200).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_drains_waits_for_an_attempt_that_takes_long() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = "
steps:
  - {name: a, handler: basics/sleep, config: {ms: 600}, retry: {max_attempts: 1}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 2}}
";
    host.publish_template("long", yaml).await;
    let worker = newest(&host).await;
    let id = host.submit("long", json!({})).await;
    host.step_in(&id, "a", "running").await;
    assert_eq!(post(&host, worker, "drain").await["state"], "draining");
    host_in(&host, worker, "drained").await;
    let task = host.task(&id).await;
    // The step that follows is left to other hosts, of which there is none.
    assert_eq!(task["steps"][0]["state"], "complete", "{task}");
    assert_eq!(task["steps"][1]["state"], "ready", "{task}");
    post(&host, worker, "resume").await;
    let task = host.finished(&id).await;
    assert_eq!(task["state"], "complete", "{task}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_drains_and_is_declared_dead_registers_again_without_claiming() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    host.publish_template("sleepy", SLEEPY).await;
    let first = newest(&host).await;
    post(&host, first, "drain").await;
    host_in(&host, first, "drained").await;
    sqlx::query("update tasker.worker set stopped_at = now()")
        .execute(database.pool())
        .await
        .unwrap();
    let second = wait_until("it registers again", async || {
        Some(newest(&host).await).filter(|id| *id != first)
    })
    .await;
    host.submit("sleepy", json!({})).await;
    host_in(&host, second, "drained").await;
    assert_eq!(begun(&database, second).await, 0);
    post(&host, second, "resume").await;
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_are_replaced_one_by_one_under_load() {
    let database = TestDatabase::new().await;
    let (mut one, mut other) = two_hosts(&database).await;
    let mut tasks = 0;
    for _ in 0..2 {
        let (asked, (leaving, id)) = (&other.0, one);
        asked.submit_all(&["sleepy"; 40]).await;
        tasks += 40;
        wait_until_it_runs(&database, id).await;
        post(asked, id, "drain").await;
        host_in(asked, id, "drained").await;
        leaving.host.stop().await.unwrap();
        assert_eq!(host_in(asked, id, "stopped").await["running"], 0);
        let next = TestHost::start(&database).await;
        let id = wait_until("the next host is registered", async || {
            Some(newest(asked).await).filter(|newest| *newest > id.max(other.1))
        })
        .await;
        one = std::mem::replace(&mut other, (next, id));
    }
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
    each_step_ran_once(&database, 4 * tasks).await;
    let given_back = "select not exists (select from tasker.transition
        where detail ->> 'reason' in ('host stopped', 'worker lost'))";
    wait_until_sql(database.pool(), given_back).await;
    drop(one);
}
