//! What a namespace, its rule for a component and a step say of limits holds for the next attempt, on
//! hosts that run.

use super::{forget_description, host};
use crate::harness::{TestDatabase, TestHost, step_of};
use crate::sandbox::server;
use serde_json::{Value, json};
use tasker_domain::limits::Limit;

const ONCE: &str = "retry: {max_attempts: 1}";

/// A host with a template of one step, which runs this handler and says this more.
async fn with_step(database: &TestDatabase, handler: &str, more: &str) -> TestHost {
    let host = host(database).await;
    forget_description(database).await;
    let yaml = format!("steps: [{{name: a, handler: guest/{handler}, {ONCE}{more}}}]");
    host.publish_template("one", &yaml).await;
    host
}

/// Sets limits, or removes them by null.
async fn limit(host: &TestHost, component: &str, limits: Value) {
    let path = format!("/v1/namespaces/shop/limits/{component}");
    let (status, answer) = host.patch(&path, &json!({ "limits": limits })).await;
    assert_eq!(status, 200, "{answer}");
}

/// The state of a task, and the code of its step's failure.
async fn outcome(host: &TestHost, input: Value) -> (String, String) {
    let task = host.run("one", input).await;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        text(&task["state"]),
        text(&step_of(&task, "a")["error"]["code"]),
    )
}

fn complete() -> (String, String) {
    ("complete".to_owned(), String::new())
}

fn over(code: &str) -> (String, String) {
    ("error".to_owned(), code.to_owned())
}

#[tokio::test]
async fn a_limit_holds_from_the_next_attempt_on_and_so_does_its_end() {
    let database = TestDatabase::new().await;
    let host = with_step(&database, "fetch", "").await;
    let address = server("204 No Content").to_string();
    host.grant("guest", &format!("http {address}")).await;
    let run = async || outcome(&host, json!(address)).await;
    assert_eq!(run().await, complete());
    for component in ["*", "guest"] {
        limit(&host, component, json!({"http_requests": 0})).await;
        assert_eq!(run().await, over("http_request_limit"));
        limit(&host, component, json!({"http_requests": null})).await;
        assert_eq!(run().await, complete());
    }
    limit(&host, "basics", json!({"http_requests": 0})).await;
    assert_eq!(run().await, complete());
}

#[tokio::test]
async fn the_narrowest_holds_and_a_step_cannot_raise_it() {
    let database = TestDatabase::new().await;
    let more = ", limits: {result: 4KiB, memory: 32MiB}";
    let host = with_step(&database, "echo", more).await;
    let input = json!({"text": "x".repeat(2_000)});
    assert_eq!(outcome(&host, input.clone()).await, complete());
    limit(&host, "*", json!({"result": "1KiB", "memory": "1GiB"})).await;
    assert_eq!(
        outcome(&host, input.clone()).await,
        over("result_too_large")
    );
    limit(&host, "*", json!({"result": "8KiB"})).await;
    let large = json!({"text": "x".repeat(5_000)});
    assert_eq!(outcome(&host, large).await, over("result_too_large"));
    assert_eq!(outcome(&host, input).await, complete());
}

#[tokio::test]
async fn defaults_of_a_template_are_for_steps_that_do_not_say() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = format!(
        "defaults: {{limits: {{result: 1KiB}}, {ONCE}}}\n\
         steps: [{{name: b, handler: guest/echo, limits: {{result: 4KiB}}}}, {{name: a, handler: guest/echo}}]"
    );
    host.publish_template("one", &yaml).await;
    let task = host.run("one", json!({"text": "x".repeat(2_000)})).await;
    assert_eq!(step_of(&task, "b")["state"], "complete", "{task}");
    assert_eq!(
        step_of(&task, "a")["error"]["code"],
        "result_too_large",
        "{task}"
    );
}

#[tokio::test]
async fn a_host_holds_every_attempt_to_its_own_limits() {
    let database = TestDatabase::new().await;
    let (limit, value) = Limit::parse_setting("result=1KiB").unwrap();
    let host = TestHost::start_with(&database, |config| {
        let worker = config.worker.as_mut().unwrap();
        worker.limits.set(limit, value);
    })
    .await;
    super::publish_components(&host).await;
    let yaml =
        format!("steps: [{{name: a, handler: guest/echo, limits: {{result: 1MiB}}, {ONCE}}}]");
    host.publish_template("one", &yaml).await;
    let input = json!({"text": "x".repeat(2_000)});
    assert_eq!(outcome(&host, input).await, over("result_too_large"));
}

#[tokio::test]
async fn a_namespace_shortens_what_a_step_may_take() {
    let database = TestDatabase::new().await;
    let host = with_step(&database, "sleeps", ", timeout: 1h").await;
    limit(&host, "*", json!({"timeout": "50ms"})).await;
    assert_eq!(outcome(&host, json!({})).await, over("deadline_exceeded"));
}
