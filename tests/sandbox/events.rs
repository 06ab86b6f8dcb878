//! Events as a handler sends them: under granted names, without secrets.

use super::attempt::{Attempt, attempt, failure};
use super::guests;
use futures::future::BoxFuture;
use serde_json::Value;
use std::sync::Arc;
use tasker_domain::declared_event::{DeclaredBy, EventSchemas};
use tasker_domain::outcome::{Outcome, Retry};
use tasker_domain::secret::SecretValue;
use tasker_sandbox::{Executed, LogSource, SecretUnavailable, SecretValues};

/// A value whose place is taken by a longer text.
const SECRET: &str = "sk_live_1";

struct Secrets;

impl SecretValues for Secrets {
    fn value<'a>(
        &'a self,
        _namespace: &'a str,
        _name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        Box::pin(async { Ok(Some(SecretValue::parse(SECRET.into()).unwrap())) })
    }
}

fn prepared(handler: &str, input: &str, granted: &[&str]) -> Attempt {
    let mut attempt = attempt(handler)
        .input(&format!("\"{input}\""))
        .granted(granted);
    attempt.plan.component = "confidant".into();
    attempt.services.secrets = Some(Arc::new(Secrets));
    attempt
}

async fn run(handler: &str, input: &str, granted: &[&str]) -> Executed {
    let attempt = prepared(handler, input, granted);
    attempt.run_in(guests::confidant()).await
}

fn sent(executed: &Executed) -> Vec<(&str, &str)> {
    let events = executed.effects.events.iter();
    events
        .map(|event| (event.name.as_str(), event.payload.as_str()))
        .collect()
}

fn result(executed: &Executed) -> Value {
    match &executed.outcome {
        Outcome::Completed(result) => serde_json::from_str(result).unwrap(),
        other => panic!("it did not complete: {other:?}"),
    }
}

#[tokio::test]
async fn events_under_a_granted_name_are_left_in_order() {
    let executed = run("sends_events", "orders.charged", &["events orders"]).await;
    assert_eq!(
        sent(&executed),
        [
            ("orders.charged", "{\"n\": 1}"),
            ("orders.charged.more", "null")
        ]
    );
    assert_eq!(result(&executed), Value::Null);
}

#[tokio::test]
async fn what_is_no_event_or_not_granted_is_refused_in_words() {
    let granted = ["events orders"];
    let executed = run("is_refused_events", "orders", &granted).await;
    let starts = [
        "sent",
        "an event's name has 1 to 100 bytes; this one has 0",
        "`orders charged` is not an event's name",
        "`task.complete` is a reserved name",
        "the payload: expected value at line 1",
        "the payload: it is nested 101 levels deep",
        "the payload: it contains a NUL or half a surrogate pair",
        "the payload: it contains a NUL or half a surrogate pair",
        "not granted",
    ];
    let told = result(&executed);
    assert_eq!(told.as_array().unwrap().len(), starts.len());
    for (told, start) in told.as_array().unwrap().iter().zip(starts) {
        assert!(told.as_str().unwrap().starts_with(start), "{told} {start}");
    }
    assert_eq!(sent(&executed), [("orders", "1")]);
    let refused = executed.log.iter();
    let refused = refused.filter(|line| line.source == LogSource::Host);
    let told: Vec<&str> = refused.map(|line| line.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "event refused: namespace orders grants no `events orders_old` to confidant; an operator can: tasker grant add orders/confidant 'events orders_old'"
        ]
    );
}

#[tokio::test]
async fn without_a_grant_nothing_is_sent() {
    let executed = run("sends_events", "orders.charged", &["events orders.shipped"]).await;
    assert_eq!(sent(&executed), []);
    let message = failure(executed).message;
    assert!(
        message.starts_with("not granted; event refused: "),
        "{message}"
    );
}

#[tokio::test]
async fn a_secret_is_redacted_of_an_event_and_never_its_name() {
    let granted = ["events orders", "secret key clear"];
    let handler = "sends_an_event_of_a_secret";
    let executed = run(handler, "orders key", &granted).await;
    assert_eq!(sent(&executed), [("orders", "\"it is [secret key]\"")]);
    assert!(
        result(&executed)[0]
            .as_str()
            .unwrap()
            .starts_with("the name contains a secret")
    );
}

#[tokio::test]
async fn the_replacement_of_a_secret_counts_as_well() {
    let granted = ["events orders", "secret key clear"];
    let attempt = prepared("sends_an_event_of_a_secret", "orders key", &granted);
    let bytes = format!("\"it is {SECRET}\"").len();
    let tight = attempt.limits(|limits| limits.event_bytes = bytes);
    let failure = failure(tight.run_in(guests::confidant()).await);
    assert_eq!(failure.code, "event_too_large");
}

#[tokio::test]
async fn a_payload_that_breaks_a_declared_schema_ends_the_attempt() {
    let declared = serde_json::json!({
        "orders.charged": {"schema": {"type": "object", "required": ["amount"]}},
    });
    let declared = serde_json::from_value(declared).unwrap();
    let schemas = EventSchemas::compile(DeclaredBy::Component, &declared).unwrap();
    let mut attempt = prepared("sends_events", "orders.charged", &["events orders"]);
    attempt.plan.event_schemas = vec![Arc::new(schemas)];
    let failure = failure(attempt.run_in(guests::confidant()).await);
    assert_eq!(failure.code, "event_schema_mismatch");
    assert_eq!(failure.retry, Retry::Never);
    assert!(
        failure.message.starts_with(
            "the payload of the event `orders.charged` does not match the schema that the component declares: "
        ) && failure.message.contains("amount"),
        "{}",
        failure.message
    );
}
