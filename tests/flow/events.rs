//! Events from a handler to who follows the task, exactly once.

use crate::harness::{TestDatabase, TestHost, step_of};
use crate::sandbox::guests;
use serde_json::{Value, json};

const ONCE: &str = "retry: {max_attempts: 1}";

async fn publish(host: &TestHost, handler: &str, policy: &str) {
    host.publish_component("confidant", "1.0.0", guests::confidant())
        .await;
    let steps = format!("steps: [{{name: it, handler: confidant/{handler}, {policy}}}]");
    host.publish_template("one", &steps).await;
}

/// A host on which the handler may send what lies below `orders`.
async fn host_with(database: &TestDatabase, handler: &str, policy: &str) -> TestHost {
    let host = TestHost::start(database).await;
    host.grant("confidant", "events orders").await;
    publish(&host, handler, policy).await;
    host
}

/// The events of a task as (name, attempt, payload).
async fn events(host: &TestHost, task: &Value) -> Vec<Value> {
    let id = task["id"].as_str().unwrap();
    let path = format!("/v1/tasks/{id}/transitions?only_events=true");
    let (status, page) = host.get(&path).await;
    assert_eq!(status, 200, "{page}");
    let rows = page["items"].as_array().unwrap().iter();
    let event = |row: &Value| {
        assert_eq!(
            (&row["to_state"], &row["step"]),
            (&Value::Null, &json!("it"))
        );
        json!([row["event"], row["attempt"], row["detail"]])
    };
    rows.map(event).collect()
}

#[tokio::test]
async fn what_a_handler_sends_is_in_the_log_of_the_task_before_its_end() {
    let database = TestDatabase::new().await;
    let host = host_with(&database, "sends_events", ONCE).await;
    let task = host.run("one", json!("orders.charged")).await;
    assert_eq!(task["state"], "complete", "{task}");
    assert_eq!(
        events(&host, &task).await,
        [
            json!(["orders.charged", 1, {"n": 1}]),
            json!(["orders.charged.more", 1, null])
        ]
    );
    let log = host.transitions(task["id"].as_str().unwrap(), "it").await;
    let told = log
        .iter()
        .map(|row| row["to_state"].as_str().or(row["event"].as_str()).unwrap());
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "running",
            "orders.charged",
            "orders.charged.more",
            "complete"
        ]
    );
}

#[tokio::test]
async fn an_attempt_that_fails_sends_no_event() {
    let database = TestDatabase::new().await;
    let policy = "retry: {max_attempts: 2, base: 1ms}";
    let host = host_with(&database, "sends_an_event_and_fails_once", policy).await;
    let task = host.run("one", json!("orders")).await;
    assert_eq!(step_of(&task, "it")["attempts"], 2, "{task}");
    assert_eq!(events(&host, &task).await, [json!(["orders", 2, 2])]);
}

#[tokio::test]
async fn what_comes_with_a_checkpoint_is_reported_with_it() {
    let database = TestDatabase::new().await;
    let host = host_with(&database, "sends_events_on", ONCE).await;
    let task = host.run("one", json!("orders")).await;
    assert_eq!(task["state"], "complete", "{task}");
    assert_eq!(
        events(&host, &task).await,
        [1, 2, 3].map(|attempt| json!(["orders", attempt, attempt]))
    );
}

#[tokio::test]
async fn events_and_writes_to_kv_come_together() {
    let database = TestDatabase::new().await;
    let host = host_with(&database, "sends_and_keeps", ONCE).await;
    host.grant("confidant", "kv counters").await;
    let task = host.run("one", json!("orders.counted counters k")).await;
    assert_eq!(task["result"], 1, "{task}");
    assert_eq!(events(&host, &task).await.len(), 2);
}

#[tokio::test]
async fn a_grant_and_a_limit_count_from_the_next_attempt_on() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    publish(&host, "sends_events", ONCE).await;
    let refused = host.run("one", json!("orders.charged")).await;
    let message = step_of(&refused, "it")["error"]["message"].to_string();
    assert!(
        message.starts_with("\"not granted; event refused:"),
        "{message}"
    );
    let command = "tasker grant add shop/confidant 'events orders.charged'";
    assert!(message.contains(command), "{message}");
    assert_eq!(events(&host, &refused).await, [Value::Null; 0]);
    host.grant("confidant", "events orders").await;
    let sent = host.run("one", json!("orders.charged")).await;
    assert_eq!(events(&host, &sent).await.len(), 2);
    let limits = json!({"limits": {"events": 1}});
    let path = "/v1/namespaces/shop/limits/confidant";
    assert_eq!(host.patch(path, &limits).await.0, 200);
    let over = host.run("one", json!("orders.charged")).await;
    assert_eq!(step_of(&over, "it")["error"]["code"], "event_limit");
    assert_eq!(events(&host, &over).await, [Value::Null; 0]);
}

/// A component with the handler `sends`, which sends its input as `orders.charged`, declared as this.
fn declaring(schema: &Value) -> Vec<u8> {
    guests::described(&json!({
        "handlers": [{"name": "sends"}, {"name": "other"}],
        "capabilities": ["events orders"],
        "events": {"orders.charged": {"description": "An order was charged.", "schema": schema}},
    }))
}

#[tokio::test]
async fn an_event_that_its_component_declares_keeps_to_the_schema_or_fails_the_attempt() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    host.grant("guest", "events orders").await;
    let component = declaring(&json!({"type": "object", "required": ["amount"]}));
    host.publish_component("guest", "1.0.0", &component).await;
    host.publish_template("one", "steps: [{name: it, handler: guest/sends}]")
        .await;
    let task = host.run("one", json!({"amount": 3})).await;
    assert_eq!(task["state"], "complete", "{task}");
    let sent = json!(["orders.charged", 1, {"amount": 3}]);
    assert_eq!(events(&host, &task).await, [sent]);

    let task = host.run("one", json!({"sum": 3})).await;
    assert_eq!(task["state"], "error", "{task}");
    let step = step_of(&task, "it");
    assert_eq!(step["attempts"], 1, "{task}");
    assert_eq!(step["error"]["code"], "event_schema_mismatch", "{task}");
    assert_eq!(events(&host, &task).await, [] as [Value; 0]);
}

#[tokio::test]
async fn what_a_template_declares_holds_for_all_of_its_steps() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    host.grant("guest", "events orders").await;
    let component = declaring(&json!(true));
    host.publish_component("guest", "1.0.0", &component).await;
    let template = "events: {orders.charged: {schema: {type: object, maxProperties: 1}}}
steps: [{name: first, handler: guest/other}, {name: it, handler: guest/sends, depends_on: [first]}]";
    host.publish_template("one", template).await;
    let task = host.run("one", json!({"amount": 3})).await;
    assert_eq!(task["state"], "complete", "{task}");
    let task = host.run("one", json!({"amount": 3, "sum": 4})).await;
    let message = step_of(&task, "it")["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("does not match the schema that the template declares"),
        "{task}"
    );
}
