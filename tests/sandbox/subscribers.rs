//! Subscribers: called with events, in place of handlers.

use super::attempt::{Attempt, MAX_CONCURRENT, attempt, failure, prepared, sandbox};
use super::guests;
use super::refusals::refusal_of_wat;
use serde_json::{Value, json};
use std::sync::Arc;
use tasker_domain::digest::Digest;
use tasker_domain::outcome::{Outcome, Retry};
use tasker_domain::subscriber_event::SubscriberEvent;
use tasker_sandbox::{Refusal, SUBSCRIBER_SLOTS};

/// An attempt of this subscriber, at an event of this subject.
fn event(subscriber: &str, subject: &str) -> Attempt {
    let mut attempt = attempt(subscriber).granted(&["kv counts"]);
    attempt.plan.digest = Digest::of(guests::subscribing());
    attempt.input = r#"{"namespace": "orders"}"#.to_owned();
    attempt.event = Some(Arc::new(SubscriberEvent {
        id: "7-0".to_owned(),
        source: "/namespaces/orders".to_owned(),
        event_type: "tasker.share.add".to_owned(),
        subject: Some(subject.to_owned()),
        time: "2026-01-31T12:00:00Z".to_owned(),
        sequence: "cursor".to_owned(),
        correlation_id: Some("request-1".to_owned()),
        attributes: vec![("causationid".to_owned(), "6-0".to_owned())],
    }));
    attempt
}

#[tokio::test]
async fn a_component_with_subscribers_describes_them_and_has_no_handler() {
    let inspected = sandbox().inspect(guests::subscribing()).await.unwrap();
    let descriptor = inspected.descriptor;
    assert_eq!(descriptor.contract, "1.1.0");
    assert_eq!(descriptor.handlers, Some(Vec::new()));
    assert!(!descriptor.may_have("count"));
    assert!(descriptor.may_have_subscriber("count"));
    assert!(!descriptor.may_have_subscriber("other"));
    let subscribers = descriptor.subscribers.unwrap();
    let described = subscribers[0].description.as_deref();
    assert_eq!(
        described,
        Some("Counts events: all, by subject, and by the version that counts.")
    );
    let handlers = sandbox().inspect(guests::misbehaving()).await.unwrap();
    assert!(!handlers.descriptor.may_have_subscriber("echo"));
}

#[tokio::test]
async fn a_subscriber_gets_the_event_and_a_context_that_tells_of_it() {
    let attempt = event("tell", "subject 1");
    let executed = attempt.run_in(guests::subscribing()).await;
    assert_eq!(executed.outcome, Outcome::Completed("null".to_owned()));
    let written = &executed.effects.writes[0];
    let told: Value = serde_json::from_str(written.value.as_deref().unwrap()).unwrap();
    let expected = json!({
        "task": told["task"], "step": "charge", "namespace": "orders", "attempt": 2, "max_attempts": 3,
        "key": "orders/charge:7-0", "id": "7-0", "source": "/namespaces/orders", "type": "tasker.share.add",
        "subject": "subject 1", "time": "2026-01-31T12:00:00Z", "sequence": "cursor",
        "correlation_id": "request-1", "attributes": {"causationid": "6-0"}, "data": {"namespace": "orders"},
    });
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_subscriber_that_fails_writes_nothing() {
    let executed = event("picky", "subject 2").run_in(guests::subscribing());
    let executed = executed.await;
    assert!(executed.effects.writes.len() < 2);
    let failure = failure(executed);
    assert_eq!((&*failure.code, failure.retry), ("refused", Retry::Never));
}

#[tokio::test]
async fn a_subscriber_sends_no_events() {
    let attempt = event("send", "subject 1").granted(&["events orders"]);
    let failure = failure(attempt.run_in(guests::subscribing()).await);
    assert_eq!(failure.code, "event_invalid");
    assert!(failure.message.contains("sends no events"), "{failure:?}");
}

#[tokio::test]
async fn a_component_that_lacks_what_is_called_fails_for_good() {
    let mut step = attempt("count");
    step.plan.digest = Digest::of(guests::subscribing());
    let as_handler = failure(step.run_in(guests::subscribing()).await);
    assert_eq!(as_handler.code, "unknown_handler");
    let as_subscriber = failure(event("echo", "x").run_in(guests::misbehaving()).await);
    assert_eq!(as_subscriber.code, "unknown_subscriber");
    let other = failure(event("other", "x").run_in(guests::subscribing()).await);
    assert_eq!(other.code, "unknown_subscriber");
    for failure in [as_handler, as_subscriber, other] {
        assert_eq!(failure.retry, Retry::Never);
    }
}

#[tokio::test]
async fn a_subscriber_of_another_shape_is_refused() {
    let wat = r#"(component
        (core module $m (func (export "f")))
        (core instance $i (instantiate $m))
        (func $f (canon lift (core func $i "f")))
        (instance $s (export "handle" (func $f)))
        (export "tasker:step/subscriber@1.1.0" (instance $s)))"#;
    let refusal = refusal_of_wat(wat).await;
    assert!(matches!(refusal, Refusal::Start(_)), "{refusal:?}");
    let refusal = refusal_of_wat(&wat.replace("subscriber@1.1.0", "subscriber@2.0.0")).await;
    assert!(
        matches!(refusal, Refusal::OtherContract { .. }),
        "{refusal:?}"
    );
}

#[tokio::test]
async fn subscribers_are_not_described_by_a_component_that_exports_none() {
    let descriptor = json!({"handlers": [], "subscribers": [{"name": "totals"}]});
    let described = guests::described(&descriptor);
    let refused = sandbox().inspect(described).await.unwrap_err();
    let refused = refused.to_string();
    let chain = "the component describes subscriber, but does not export `tasker:step/subscriber`";
    let source = format!("{refused}: {chain}");
    assert!(source.contains(chain), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_that_never_end_take_no_slot_from_steps() {
    let prepared = prepared(guests::subscribing()).await;
    let spins = (0..SUBSCRIBER_SLOTS + 4).map(|_| {
        let invocation = event("spin", "subject 2").deadline_ms(1_500).invocation();
        let prepared = prepared.clone();
        let services = tasker_sandbox::HostServices::default();
        tokio::spawn(async move { sandbox().execute(&prepared, invocation, services).await })
    });
    let spins: Vec<_> = spins.collect();
    for _ in 0..MAX_CONCURRENT.min(8) {
        let outcome = attempt("echo")
            .input("[1]")
            .deadline_ms(10_000)
            .run()
            .await
            .outcome;
        assert_eq!(outcome, Outcome::Completed("[1]".to_owned()));
    }
    for spin in spins {
        assert_eq!(failure(spin.await.unwrap()).code, "deadline_exceeded");
    }
}
