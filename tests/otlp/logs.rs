//! Lines of hosts' logs that are exported.

use super::host::{Setup, TracedHost, ended};
use super::receiver::{Receiver, Sent};
use crate::flow::forget_description;
use crate::harness::wait_until;
use serde_json::json;

const TALKING: &str = "steps: [{name: speak, handler: guest/talks}]";
/// As OTLP has it.
const INFO: i64 = 9;
/// Logs what exports log, and what they send with.
const EXPORTERS: &str = "warn,tasker=info,tasker_otlp=trace,reqwest=trace,hyper=trace,hyper_util=trace,h2=trace,tonic=trace";

/// A database with a template whose step logs.
async fn talking() -> Setup {
    let setup = Setup::new().await;
    forget_description(&setup.database).await;
    setup.api.publish_template("talking", TALKING).await;
    setup
}

/// What an attempt of the task logged, once it is there.
async fn spoken(receiver: &Receiver, task: &str) -> Sent {
    wait_until("the line is there", async || {
        let records = receiver.received("records").await;
        records.into_iter().find(|record| {
            record.0["body"] == "to the log" && record.attribute("tasker.task.id") == task
        })
    })
    .await
}

#[tokio::test]
async fn lines_arrive_by_http_and_by_grpc_with_what_is_known_of_their_attempt() {
    let (setup, receiver) = (talking().await, Receiver::start());
    let (http, grpc) = (receiver.http(), receiver.grpc());
    for (protocol, name, endpoint) in [("http", "http/protobuf", &*http), ("grpc", "grpc", &*grpc)]
    {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", name),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "tenant=a%20b"),
            ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
            ("RUST_LOG", EXPORTERS),
        ];
        let mut host = TracedHost::start(&setup, &variables).await;
        let (id, response) = host.submit("talking", json!({}), None).await;
        let task = ended(&setup, &id).await;
        let record = spoken(&receiver, &id).await;
        let response = response.unwrap();
        let trace_id = response.split('-').nth(1).unwrap();
        let spans = receiver.trace(trace_id, 4).await;
        let attempt = spans.iter().find(|span| span.level() == "attempt");
        assert_eq!(record.trace_id(), trace_id);
        assert_eq!(record.id(), attempt.unwrap().id());
        assert_eq!(record.attribute("tasker.step"), "speak");
        assert_eq!(record.attribute("tasker.attempt"), 1);
        assert_eq!(
            record.attribute("tasker.correlation_id"),
            &task["correlation_id"]
        );
        assert_eq!(record.attribute("fields"), &json!({"order": "7"}));
        assert_eq!(
            (&record.0["severity"], &record.0["severity_text"]),
            (&json!(INFO), &json!("INFO"))
        );
        assert_eq!(record.0["scope"], "tasker::handler");
        assert!(record.0["time"].as_i64() <= record.0["observed"].as_i64());
        assert_eq!(
            (&record.0["protocol"], &record.0["headers"]["tenant"]),
            (&json!(protocol), &json!("a b"))
        );
        assert_eq!(record.0["resource"]["service.name"], "tasker");
        host.stop().await;
        let log = host.log();
        assert!(
            log.contains(r#""target":"hyper_util"#) || log.contains(r#""target":"h2"#),
            "{log}"
        );
    }
    // Otherwise each export would cause the next.
    for record in receiver.received("records").await {
        let scope = record.0["scope"].as_str().unwrap();
        assert!(
            scope.starts_with("tasker") && !scope.starts_with("tasker_otlp"),
            "{record:?}"
        );
    }
}

#[tokio::test]
async fn lines_that_were_logged_while_the_collector_refused_arrive_once_it_takes_them_again() {
    let (setup, receiver) = (talking().await, Receiver::start());
    receiver.answer_with(503).await;
    let endpoint = receiver.grpc();
    let variables = [
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
    ];
    let mut host = TracedHost::start(&setup, &variables).await;
    let (id, _) = host.submit("talking", json!({}), None).await;
    ended(&setup, &id).await;
    wait_until("an export has failed", async || {
        let failed = host.metric("tasker_log_export_failures_total").await;
        (failed >= 1.0).then_some(())
    })
    .await;
    receiver.answer_with(200).await;
    spoken(&receiver, &id).await;
    assert_eq!(
        host.metric(r#"tasker_log_records_total{outcome="dropped"}"#)
            .await,
        0.0
    );
    host.stop().await;
    let log = host.log();
    for said in [
        "the collector of logs takes no lines",
        "the collector of logs takes lines again",
    ] {
        assert_eq!(log.matches(said).count(), 1, "{log}");
    }
}

#[tokio::test]
async fn lines_beyond_the_queue_are_dropped_and_counted_and_tasks_are_not_delayed() {
    let (setup, receiver) = (talking().await, Receiver::start());
    receiver.answer_with(503).await;
    let endpoint = receiver.http();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_TRACES_EXPORTER", "none"),
        ("OTEL_METRICS_EXPORTER", "none"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
        ("OTEL_BLRP_MAX_QUEUE_SIZE", "2"),
        ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "1"),
    ];
    let host = TracedHost::start(&setup, &variables).await;
    wait_until("lines are dropped", async || {
        let (id, _) = host.submit("talking", json!({}), None).await;
        assert_eq!(ended(&setup, &id).await["state"], "complete");
        let dropped = r#"tasker_log_records_total{outcome="dropped"}"#;
        (host.metric(dropped).await >= 3.0).then_some(())
    })
    .await;
    receiver.answer_with(200).await;
    let (id, _) = host.submit("talking", json!({}), None).await;
    ended(&setup, &id).await;
    wait_until("lines are exported", async || {
        let exported = r#"tasker_log_records_total{outcome="exported"}"#;
        (host.metric(exported).await >= 2.0).then_some(())
    })
    .await;
}
