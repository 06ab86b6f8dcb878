//! Steps that fail: what is tried again, when, and what becomes of the task.

use super::{forget_description, host};
use crate::harness::{TestDatabase, TestHost, step_of};
use serde_json::{Value, json};

async fn with_template(database: &TestDatabase, name: &str, yaml: &str) -> TestHost {
    let host = host(database).await;
    forget_description(database).await;
    host.publish_template(name, yaml).await;
    host
}

fn states(transitions: &[Value]) -> Vec<&str> {
    let states = transitions
        .iter()
        .map(|row| row["to_state"].as_str().unwrap());
    states.collect()
}

/// How many milliseconds after its newest failure the step is due, by the database's word.
async fn due_after_ms(database: &TestDatabase, step_state: &str) -> i64 {
    sqlx::query_scalar(
        "select (extract(epoch from s.ready_at - r.at) * 1000)::bigint
         from tasker.step s
         join tasker.transition r using (task_id, step_no)
         where s.state::text = $1 and r.to_state = $1
         order by r.seq desc limit 1",
    )
    .bind(step_state)
    .fetch_one(database.pool())
    .await
    .unwrap()
}

#[tokio::test]
async fn a_step_is_tried_again_until_it_succeeds() {
    let database = TestDatabase::new().await;
    let yaml = "
steps:
  - name: a
    handler: basics/flaky
    config: {failures: 2}
    retry: {max_attempts: 3, base: 2ms, max: 1s}
";
    let host = with_template(&database, "flaky", yaml).await;
    let id = host.submit("flaky", json!({})).await;
    let task = host.finished(&id).await;
    assert_eq!(
        (&task["state"], &task["result"]),
        (&json!("complete"), &json!(3))
    );
    let step = step_of(&task, "a");
    assert_eq!(
        (&step["attempts"], &step["error"]),
        (&json!(3), &json!(null))
    );
    let log = host.transitions(&id, "a").await;
    let tried = [
        "running",
        "waiting_for_retry",
        "running",
        "waiting_for_retry",
        "running",
    ];
    assert_eq!(states(&log), [&tried[..], &["complete"]].concat());
    assert_eq!(log[1]["detail"]["code"], "flaky", "{log:?}");
}

#[tokio::test]
async fn a_step_that_used_up_its_attempts_has_failed() {
    let database = TestDatabase::new().await;
    let yaml = "
steps:
  - name: a
    handler: basics/flaky
    config: {failures: 9}
    retry: {max_attempts: 2, backoff: none}
";
    let host = with_template(&database, "flaky", yaml).await;
    let task = host.run("flaky", json!({})).await;
    assert_eq!(task["state"], "error");
    assert_eq!(
        (&task["error"]["step"], &task["error"]["code"]),
        (&json!("a"), &json!("flaky"))
    );
    assert_eq!(step_of(&task, "a")["attempts"], 2);
}

#[tokio::test]
async fn a_step_waits_as_long_as_its_policy_says() {
    let database = TestDatabase::new().await;
    let yaml = "
steps:
  - name: a
    handler: basics/flaky
    config: {failures: 9}
    retry: {max_attempts: 3, backoff: linear, base: 1h, max: 2h, jitter: 0}
";
    let host = with_template(&database, "flaky", yaml).await;
    let id = host.submit("flaky", json!({})).await;
    let step = host.step_in(&id, "a", "waiting_for_retry").await;
    assert_eq!(
        due_after_ms(&database, "waiting_for_retry").await,
        3_600_000
    );
    assert_eq!(step["error"]["code"], "flaky");
    assert_eq!(host.task(&id).await["reason"], "waiting_for_retry");
}

#[tokio::test]
async fn a_handler_may_say_when_to_try_again() {
    let database = TestDatabase::new().await;
    let yaml = "
steps:
  - {name: a, handler: guest/returns_failure_after, retry: {base: 1h, max: 2h}}
";
    let host = with_template(&database, "later", yaml).await;
    let id = host.submit("later", json!({})).await;
    host.step_in(&id, "a", "waiting_for_retry").await;
    assert_eq!(due_after_ms(&database, "waiting_for_retry").await, 1_500);
}

#[tokio::test]
async fn a_permanent_failure_lets_independent_branches_finish_and_is_named_by_the_task() {
    let database = TestDatabase::new().await;
    let yaml = "
steps:
  - {name: root, handler: basics/sum, config: {value: 1}}
  - {name: charge, handler: basics/fail, depends_on: [root], config: {code: no_stock, message: sold out}}
  - {name: ship, handler: basics/sum, depends_on: [charge]}
  - {name: pack, handler: basics/sleep, depends_on: [root], config: {ms: 50}}
  - {name: weigh, handler: basics/sum, depends_on: [pack], config: {value: 6}}
";
    let host = with_template(&database, "order", yaml).await;
    let task = host.run("order", json!({})).await;
    let error = json!({"step": "charge", "code": "no_stock", "message": "sold out"});
    assert_eq!((&task["state"], &task["error"]), (&json!("error"), &error));
    let charge = step_of(&task, "charge");
    assert_eq!(
        (&charge["state"], &charge["attempts"]),
        (&json!("error"), &json!(1))
    );
    assert_eq!(step_of(&task, "pack")["state"], "complete");
    assert_eq!(step_of(&task, "weigh")["result"], 6);
    let ship = step_of(&task, "ship");
    assert_eq!(
        (&ship["state"], &ship["attempts"]),
        (&json!("waiting"), &json!(0))
    );
    assert!(
        ship["reason"].as_str().unwrap().contains("not reached"),
        "{ship}"
    );
}

#[tokio::test]
async fn the_first_of_several_failures_is_the_tasks() {
    let database = TestDatabase::new().await;
    let yaml = "
steps:
  - {name: early, handler: basics/fail, config: {code: early}}
  - {name: pause, handler: basics/sleep, config: {ms: 30}}
  - {name: late, handler: basics/fail, depends_on: [pause], config: {code: late}}
";
    let host = with_template(&database, "twice", yaml).await;
    let task = host.run("twice", json!({})).await;
    assert_eq!(
        (&task["state"], &task["error"]["code"]),
        (&json!("error"), &json!("early"))
    );
    assert_eq!(step_of(&task, "late")["error"]["code"], "late");
}

#[tokio::test]
async fn an_attempt_ends_at_its_timeout_and_counts_as_failed() {
    let database = TestDatabase::new().await;
    let yaml = "
defaults: {timeout: 50ms, retry: {max_attempts: 2, backoff: none}}
steps:
  - {name: computes, handler: guest/endless_loop}
  - {name: waits, handler: basics/sleep, config: {ms: 3600000}}
";
    let host = with_template(&database, "slow", yaml).await;
    let task = host.run("slow", json!({})).await;
    assert_eq!(task["state"], "error", "{task}");
    for step in ["computes", "waits"] {
        let step = step_of(&task, step);
        assert_eq!(
            (&step["state"], &step["attempts"]),
            (&json!("error"), &json!(2))
        );
        assert_eq!(step["error"]["kind"], "timed_out", "{step}");
        assert_eq!(step["error"]["code"], "deadline_exceeded", "{step}");
    }
}

#[tokio::test]
async fn a_trap_is_reported_with_where_it_happened() {
    let database = TestDatabase::new().await;
    let yaml = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: guest/trap}
  - {name: b, handler: basics/panic, config: {message: the shelf is empty}}
";
    let host = with_template(&database, "trap", yaml).await;
    let task = host.run("trap", json!({})).await;
    let (a, b) = (step_of(&task, "a"), step_of(&task, "b"));
    assert_eq!(
        (&a["error"]["kind"], &a["error"]["code"]),
        (&json!("trapped"), &json!("trapped"))
    );
    assert_eq!(a["error"]["backtrace"][0], "misbehaving::empty_till", "{a}");
    let message = a["error"]["message"].as_str().unwrap();
    assert!(message.contains("the till is empty"), "{a}");
    let innermost = b["error"]["backtrace"][0].as_str().unwrap();
    assert!(innermost.contains("::panic"), "{b}");
    let message = b["error"]["message"].as_str().unwrap();
    assert!(message.contains("the shelf is empty"), "{message}");
}

#[tokio::test]
async fn a_result_that_breaks_the_templates_word_is_a_failure() {
    let database = TestDatabase::new().await;
    let yaml = "
steps:
  - name: a
    handler: basics/sum
    config: {value: 3}
    result_schema: {type: string}
    retry: {max_attempts: 1}
";
    let host = with_template(&database, "typed", yaml).await;
    let task = host.run("typed", json!({})).await;
    assert_eq!(task["error"]["code"], "result_schema_mismatch", "{task}");
}
