//! Collectors that are set up in all ways, or are not there.

use super::host::{RETRIED_SPANS, Setup, TracedHost, ended};
use super::receiver::{Receiver, assert_whole};
use crate::harness::{S3Server, wait_until};
use serde_json::json;

async fn traced(host: &TracedHost, receiver: &Receiver) -> Vec<super::receiver::Sent> {
    let (_, response) = host.submit("retried", json!({}), None).await;
    let response = response.unwrap();
    let trace_id = response.split('-').nth(1).unwrap();
    let spans = receiver.trace(trace_id, RETRIED_SPANS).await;
    assert_whole(&spans, "");
    spans
}

#[tokio::test]
async fn spans_go_by_grpc_or_http_compressed_and_with_headers_as_the_variables_say() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    let (http, grpc) = (receiver.http(), receiver.grpc());
    let traces = format!("{http}/v1/traces");
    let common = [
        (
            "OTEL_EXPORTER_OTLP_HEADERS",
            "authorization=Bearer%20s3cret",
        ),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_SERVICE_NAME", "orders-engine"),
        (
            "OTEL_RESOURCE_ATTRIBUTES",
            "deployment.environment.name=test",
        ),
    ];
    let by_grpc = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*grpc),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
    ];
    // What is said of traces goes before what is said of all, and is taken as it is.
    let by_http = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &*traces),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
    ];
    for (protocol, own) in [("grpc", &by_grpc[..]), ("http", &by_http[..])] {
        let variables = [&common[..], own].concat();
        let mut host = TracedHost::start(&setup, &variables).await;
        for span in traced(&host, &receiver).await {
            assert_eq!(span.0["protocol"], protocol);
            assert_eq!(span.0["headers"]["authorization"], "Bearer s3cret");
            let resource = &span.0["resource"];
            assert_eq!(resource["service.name"], "orders-engine");
            assert_eq!(resource["deployment.environment.name"], "test");
        }
        host.stop().await;
    }
}

#[tokio::test]
async fn a_dead_collector_disturbs_nothing_and_is_warned_of_once() {
    let setup = Setup::new().await;
    let endpoint = S3Server::url_at(S3Server::free_port());
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "200"),
    ];
    let mut host = TracedHost::start(&setup, &variables).await;
    let failures = "tasker_span_export_failures_total";
    wait_until("exports have failed", async || {
        let (id, _) = host.submit("retried", json!({}), None).await;
        assert_eq!(ended(&setup, &id).await["state"], "complete");
        (host.metric(failures).await >= 2.0).then_some(())
    })
    .await;
    assert!(
        host.metric(r#"tasker_spans_total{outcome="dropped"}"#)
            .await
            >= 1.0
    );
    assert_eq!(
        host.metric(r#"tasker_spans_total{outcome="exported"}"#)
            .await,
        0.0
    );
    let exports = host.part("exports").await;
    assert_eq!(exports["status"], "degraded", "{exports}");
    let why = exports["why"].as_str().unwrap();
    assert!(why.contains("traces; the host"), "{why}");
    host.stop().await;
    let log = host.log();
    for said in [
        "the collector of traces takes no spans",
        "the collector of metrics takes no values",
        "the collector of logs takes no lines",
    ] {
        assert_eq!(log.matches(said).count(), 1, "{log}");
    }
}

#[tokio::test]
async fn what_ended_while_the_collector_refused_is_exported_once_it_takes_spans_again() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    receiver.answer_with(503).await;
    let endpoint = receiver.http();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "200"),
    ];
    let host = TracedHost::start(&setup, &variables).await;
    let (id, response) = host.submit("retried", json!({}), None).await;
    ended(&setup, &id).await;
    wait_until("an export has failed", async || {
        let failed = host.metric("tasker_span_export_failures_total").await;
        (failed >= 1.0).then_some(())
    })
    .await;
    receiver.answer_with(200).await;
    let response = response.unwrap();
    // A task, three steps, four attempts; the spans that this host measured may have been dropped.
    let spans = receiver.trace(response.split('-').nth(1).unwrap(), 8).await;
    assert_whole(&spans, "");
}

#[tokio::test]
async fn a_variable_that_cannot_be_used_keeps_the_host_from_starting_and_is_named() {
    let setup = Setup::new().await;
    let database = setup.database.url();
    let refused = tokio::process::Command::new(crate::harness::tasker())
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            &database,
        ])
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
        .env("OTEL_TRACES_SAMPLER", "sometimes")
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && said.contains("OTEL_TRACES_SAMPLER is `sometimes`"),
        "{said}"
    );
}
