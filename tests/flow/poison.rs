//! What one step, plan, lock or namespace holds stops no other.

use super::{host, publish_components};
use crate::harness::{REQUEUE, TestDatabase, TestHost, step_of, wait_until, wait_until_sql};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

const ONE: &str = "steps: [{name: a, handler: basics/echo, retry: {max_attempts: 1}}]";
const CHAIN: &str = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/sum, config: {value: 1}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 2, of: [a]}}
";

async fn run(database: &TestDatabase, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(database.pool())
        .await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// A host that serves the API only, with a bad and a good template of these steps.
async fn without_worker(database: &TestDatabase, yaml: &str) -> TestHost {
    let api = TestHost::start_idle(database).await;
    publish_components(&api).await;
    for template in ["bad", "good"] {
        api.publish_template(template, yaml).await;
    }
    api
}

/// The step of a task once this is its error's code.
async fn step_with(api: &TestHost, id: &str, step: &str, code: &str) -> Value {
    wait_until(&format!("step {step} tells {code}"), async || {
        let task = api.task(id).await;
        let found = step_of(&task, step).clone();
        (found["error"]["code"] == code).then_some(found)
    })
    .await
}

#[tokio::test]
async fn a_step_that_its_lock_does_not_know_fails_by_name_and_others_run() {
    let database = TestDatabase::new().await;
    let api = without_worker(&database, CHAIN).await;
    let bad = api.submit("bad", json!({})).await;
    // The second step's entry: the first runs, and hands on what there is not.
    let lost = format!(
        "delete from tasker.lock_entry e using tasker.task t
         where e.lock_id = t.lock_id and t.task_id = '{bad}' and e.step_no = 1"
    );
    run(&database, &lost).await;
    let good = api.submit("good", json!({})).await;
    let _worker = TestHost::start(&database).await;
    assert_eq!(api.finished(&good).await["result"], 3);
    let task = api.finished(&bad).await;
    assert_eq!(
        (
            &task["state"],
            &task["error"]["step"],
            &task["error"]["code"]
        ),
        (&json!("error"), &json!("b"), &json!("plan_missing")),
        "{task}"
    );
    assert_eq!(step_of(&task, "a")["state"], "complete");
}

/// What a newer host may have written and this one cannot read, by what it stands in, and the way back.
const NEWER: [(&str, &str); 2] = [
    ("limits = '{\"quanta\": 3}'", "limits = null"),
    ("result_schema = '{\"type\": 5}'", "result_schema = null"),
];

#[tokio::test]
async fn a_plan_that_this_host_cannot_read_is_given_back_and_others_run() {
    for (written, mended) in NEWER {
        let database = TestDatabase::new().await;
        let api = without_worker(&database, CHAIN).await;
        let of_b = "where name = 'b' and template_version_id = (
            select min(template_version_id) from tasker.template_version)";
        run(
            &database,
            &format!("update tasker.step_template set {written} {of_b}"),
        )
        .await;
        let bad = api.submit("bad", json!({})).await;
        let good = api.submit("good", json!({})).await;
        let worker = TestHost::start(&database).await;
        assert_eq!(api.finished(&good).await["result"], 3);
        let step = step_with(&api, &bad, "b", "plan_unreadable").await;
        let why = step["error"]["message"].as_str().unwrap();
        assert!(why.contains("another host is left to run it"), "{why}");
        // An attempt that never began counts for nothing.
        let counted = format!(
            "select attempt = free_attempts from tasker.step where task_id = '{bad}' and step_no = 1 and state = 'ready'"
        );
        wait_until_sql(database.pool(), &counted).await;
        run(
            &database,
            &format!("update tasker.step_template set {mended} {of_b}"),
        )
        .await;
        run(
            &database,
            &format!("update tasker.step set ready_at = clock_timestamp() where state = 'ready'; {REQUEUE}"),
        )
        .await;
        assert_eq!(api.finished(&bad).await["result"], 3, "{written}");
        drop(worker);
    }
}

#[tokio::test]
async fn a_namespace_whose_rules_this_host_cannot_read_stops_no_other() {
    let database = TestDatabase::new().await;
    let api = without_worker(&database, ONE).await;
    let yaml = "namespace: other\nname: fine\nversion: 1.0.0\nsteps: [{name: a, handler: shop/basics/echo}]\n";
    api.share("basics", "other").await;
    api.publish_yaml("other", "fine", yaml).await;
    run(
        &database,
        "insert into tasker.limit_rule (namespace_id, component, limits, set_by)
           select namespace_id, '*', '{\"quanta\": 3}', 'ada' from tasker.namespace where name = 'shop';
         update tasker.namespace set revision = revision + 1 where name = 'shop'",
    )
    .await;
    let bad = api.submit("bad", json!({})).await;
    let fine = json!({"namespace": "other", "template": "fine", "input": 5});
    let (status, created) = api.post("/v1/tasks", &fine).await;
    assert_eq!(status, 201, "{created}");
    let _worker = TestHost::start(&database).await;
    let id = created["task"]["id"].as_str().unwrap();
    assert_eq!(api.finished(id).await["result"], 5);
    step_with(&api, &bad, "a", "plan_unreadable").await;
}

/// Has each completion of the task's steps fail so.
async fn refuse_results(database: &TestDatabase, task: &str, sqlstate: &str) {
    let trigger = format!(
        "create or replace function tasker.refuse() returns trigger language plpgsql as $$
           begin raise exception 'not this one' using errcode = '{sqlstate}'; end $$;
         create trigger refuse before update on tasker.step for each row
           when (new.task_id = '{task}' and new.state = 'complete') execute function tasker.refuse()"
    );
    run(database, &trigger).await;
}

#[tokio::test]
async fn a_result_is_blamed_for_what_is_its_fault_and_for_nothing_else() {
    for (sqlstate, is_blamed) in [("22023", true), ("42883", false), ("25006", false)] {
        let database = TestDatabase::new().await;
        let api = without_worker(&database, ONE).await;
        let ids = api
            .submit_all(&["bad", "good", "good", "good", "good"])
            .await;
        refuse_results(&database, &ids[0], sqlstate).await;
        let _worker = TestHost::start(&database).await;
        for good in &ids[1..] {
            assert_eq!(api.finished(good).await["state"], "complete", "{sqlstate}");
        }
        if is_blamed {
            let task = api.finished(&ids[0]).await;
            assert_eq!(task["error"]["code"], "result_refused", "{task}");
            let why = task["error"]["message"].as_str().unwrap();
            assert!(why.contains("not this one"), "{why}");
        } else {
            assert_eq!(step_of(&api.task(&ids[0]).await, "a")["state"], "running");
            run(&database, "drop trigger refuse on tasker.step").await;
            let task = api.finished(&ids[0]).await;
            assert_eq!(task["state"], "complete", "{sqlstate}: {task}");
            assert_eq!(step_of(&task, "a")["attempts"], 1);
        }
    }
}

#[tokio::test]
async fn results_are_recorded_though_every_claim_fails_and_the_host_says_that_it_claims_nothing() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = "
steps:
  - {name: a, handler: basics/sleep, config: {ms: 1000}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 2}}
";
    host.publish_template("one", yaml).await;
    let id = host.submit("one", json!({})).await;
    host.step_in(&id, "a", "running").await;
    // As while hosts of two versions run.
    let rename = |from: &str, to: &str| format!("alter function tasker.{from} rename to {to}");
    run(&database, &rename("claim_ready", "claim_later")).await;
    assert_eq!(host.finished(&id).await["result"], 2);
    let later = host.submit("one", json!({})).await;
    let why = wait_until("the host is not ready", async || {
        let (status, answer) = host.get("/health/ready").await;
        (status == 503).then_some(answer)
    })
    .await;
    let why = why["detail"].as_str().unwrap();
    assert!(
        why.contains("has claimed no step") && why.contains("claim_ready"),
        "{why}"
    );
    let (_, status) = host.get("/health/status").await;
    assert!(status["claims_fail"].is_string(), "{status}");
    run(&database, &rename("claim_later", "claim_ready")).await;
    assert_eq!(host.finished(&later).await["state"], "complete");
    assert_eq!(host.get("/health/ready").await.0, 200);
}
