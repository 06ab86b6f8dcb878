//! What a trace has.

use super::host::{RETRIED_SPANS, Setup, TracedHost, ended};
use super::receiver::{ERROR, INTERNAL, Receiver, Sent, assert_whole};
use serde_json::json;
use std::collections::HashMap;

const CALLER_TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER_SPAN: &str = "00f067aa0ba902b7";

fn caller(flags: &str) -> String {
    format!("00-{CALLER_TRACE}-{CALLER_SPAN}-{flags}")
}

/// From the log: when each attempt began and ended, in microseconds, by step and attempt.
async fn attempts(setup: &Setup, task: &str) -> HashMap<(String, i64), (i64, i64)> {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "select st.name, b.attempt::bigint, (extract(epoch from b.at) * 1000000)::bigint,
                (extract(epoch from e.at) * 1000000)::bigint
         from tasker.transition b
         join tasker.transition e using (task_id, step_no, attempt)
         join tasker.task t using (task_id)
         join tasker.step_template st on st.template_version_id = t.template_version_id and st.step_no = b.step_no
         where b.task_id = $1::text::uuid and b.to_state = 'running'
           and e.to_state in ('complete', 'error', 'waiting_for_retry')",
    )
    .bind(task)
    .fetch_all(setup.database.pool())
    .await
    .unwrap();
    let by_attempt = rows
        .into_iter()
        .map(|(step, attempt, start, end)| ((step, attempt), (start, end)));
    by_attempt.collect()
}

fn named<'a>(spans: &'a [Sent], name: &str) -> Vec<&'a Sent> {
    let mut spans: Vec<&Sent> = spans.iter().filter(|span| span.name() == name).collect();
    spans.sort_by_key(|span| span.micros("start"));
    spans
}

#[tokio::test]
async fn a_task_of_several_steps_with_a_retry_is_one_whole_trace_with_the_times_of_the_log() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    let endpoint = receiver.http();
    let host = TracedHost::start(&setup, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    let (id, response) = host.submit("retried", json!({}), None).await;
    let response = response.expect("the answer says the trace");
    let parts: Vec<&str> = response.split('-').collect();
    assert_eq!((parts[0], parts[3]), ("00", "01"), "{response}");
    let spans = receiver.trace(parts[1], RETRIED_SPANS).await;
    assert_eq!(spans.len(), RETRIED_SPANS, "{spans:?}");
    assert_whole(&spans, "");

    let task = named(&spans, "task retried")[0];
    assert_eq!(task.id(), parts[2]);
    assert_eq!(task.attribute("tasker.task.id"), &json!(id));
    assert_eq!(task.attribute("tasker.outcome"), "completed");
    assert_eq!(task.0["resource"]["service.name"], "tasker");
    let log = attempts(&setup, &id).await;
    for span in spans.iter().filter(|span| span.level() == "attempt") {
        let step = span.attribute("tasker.step").as_str().unwrap().to_owned();
        let attempt = span.attribute("tasker.attempt").as_i64().unwrap();
        let times = (span.micros("start"), span.micros("end"));
        assert_eq!(log[&(step, attempt)], times, "{span:?}");
        assert_eq!(span.0["kind"], INTERNAL);
        assert_eq!(span.attribute("tasker.component"), "shop/basics");
        let digest = span.attribute("tasker.component.digest").as_str();
        assert!(digest.unwrap().starts_with("sha256:"));
    }
    let [failed, retried] = named(&spans, "attempt second")[..] else {
        panic!("{spans:?}");
    };
    assert_eq!(failed.0["status"], ERROR);
    assert_eq!(failed.attribute("error.type"), "flaky");
    assert_eq!(retried.attribute("tasker.outcome"), "completed");
    // The first step begins with its task, and the others when they are released.
    let first = named(&spans, "step first")[0];
    let second = named(&spans, "step second")[0];
    assert_eq!(first.micros("start"), task.micros("start"));
    assert_eq!(second.micros("end"), retried.micros("end"));
    let third = named(&spans, "step third")[0];
    for (before, after) in [
        (first.micros("end"), second.micros("start")),
        (second.micros("end"), third.micros("start")),
        (third.micros("end"), task.micros("end")),
    ] {
        // In one call, and so within moments.
        assert!((0..1_000_000).contains(&(after - before)), "{spans:?}");
    }
}

#[tokio::test]
async fn a_task_belongs_to_the_trace_of_its_caller_who_also_says_whether_it_is_recorded() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    let endpoint = receiver.http();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0"),
    ];
    let host = TracedHost::start(&setup, &variables).await;
    // Neither a trace of its own, which the ratio leaves out, nor one that its caller does not record.
    let (own, response) = host.submit("retried", json!({}), None).await;
    assert!(response.unwrap().ends_with("-00"));
    let unrecorded = caller("00").replace(CALLER_TRACE, &"1".repeat(32));
    let (unrecorded, response) = host.submit("retried", json!({}), Some(&unrecorded)).await;
    assert!(response.unwrap().ends_with("-00"));
    ended(&setup, &own).await;
    ended(&setup, &unrecorded).await;
    let (_, response) = host.submit("retried", json!({}), Some(&caller("01"))).await;
    assert!(
        response
            .unwrap()
            .starts_with(&format!("00-{CALLER_TRACE}-"))
    );
    let spans = receiver.trace(CALLER_TRACE, RETRIED_SPANS).await;
    assert_whole(&spans, CALLER_SPAN);
    assert_eq!(receiver.spans().await.len(), RETRIED_SPANS);
}

#[tokio::test]
async fn a_task_that_fails_and_one_that_is_cancelled_end_their_traces() {
    const FAILS: &str = "
steps:
  - {name: bad, handler: basics/fail, config: {code: card_declined, message: no}, retry: {max_attempts: 1}}
  - {name: never, handler: basics/noop, depends_on: [bad]}
";
    const SLEEPS: &str = "steps: [{name: long, handler: basics/sleep, config: {ms: 600000}}]";
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    setup.api.publish_template("fails", FAILS).await;
    setup.api.publish_template("sleeps", SLEEPS).await;
    let endpoint = receiver.http();
    let host = TracedHost::start(&setup, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    let (_, response) = host.submit("fails", json!({}), None).await;
    let response = response.unwrap();
    let trace_id = response.split('-').nth(1).unwrap();
    let spans = receiver.trace(trace_id, 4).await;
    assert_whole(&spans, "");
    for level in ["task", "step", "attempt"] {
        let mut of_level = spans.iter().filter(|span| span.level() == level);
        let failed = of_level.next().unwrap();
        assert_eq!(
            (&failed.0["status"], failed.attribute("error.type")),
            (&json!(ERROR), &json!("card_declined"))
        );
        // The step that never was ready has no time of its own.
        assert_eq!(of_level.count(), 0);
    }

    let (id, response) = host.submit("sleeps", json!({}), None).await;
    let response = response.unwrap();
    let running = format!("select state = 'running' from tasker.step where task_id = '{id}'");
    crate::harness::wait_until_sql(setup.database.pool(), &running).await;
    let path = format!("/v1/tasks/{id}/cancel");
    let (status, cancelled) = setup.api.post(&path, &json!({"reason": "no more"})).await;
    assert_eq!(status, 200, "{cancelled}");
    let spans = receiver.trace(response.split('-').nth(1).unwrap(), 3).await;
    assert_whole(&spans, "");
    for span in spans.iter().filter(|span| span.name() != "sandbox") {
        assert_eq!(span.attribute("tasker.outcome"), "cancelled");
    }
}
