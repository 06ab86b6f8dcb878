//! Metrics that are exported.

use super::host::{Setup, TracedHost, ended};
use super::receiver::{Receiver, Sent};
use crate::harness::wait_until;
use serde_json::{Value, json};

/// As OTLP has it.
const CUMULATIVE: i64 = 2;
const ATTEMPTS: &str = "tasker_attempts_total";

/// The labels of attempts that ended well.
fn complete() -> Value {
    json!({"namespace": "shop", "outcome": "complete"})
}

/// The last value of a metric with these labels that came by the protocol.
fn last<'a>(points: &'a [Sent], protocol: &str, name: &str, labels: &Value) -> Option<&'a Sent> {
    let mut newest = points.iter().rev();
    newest.find(|point| {
        point.0["protocol"] == protocol && point.name() == name && &point.0["attributes"] == labels
    })
}

#[tokio::test]
async fn values_of_all_kinds_arrive_by_http_and_by_grpc_as_prometheus_scrapes_them() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    let (http, grpc) = (receiver.http(), receiver.grpc());
    for (protocol, name, endpoint) in [("http", "http/protobuf", &*http), ("grpc", "grpc", &*grpc)]
    {
        let variables = [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", name),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "tenant=a%20b"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200"),
            ("OTEL_SERVICE_NAME", "orders-engine"),
        ];
        let mut host = TracedHost::start(&setup, &variables).await;
        let (id, _) = host.submit("retried", json!({}), None).await;
        ended(&setup, &id).await;
        let points = wait_until("the attempts are counted", async || {
            let points = receiver.received("points").await;
            let counted = last(&points, protocol, ATTEMPTS, &complete())?;
            (counted.0["value"] == 3.0).then_some(points)
        })
        .await;
        let scraped = format!(r#"{ATTEMPTS}{{namespace="shop",outcome="complete"}}"#);
        assert_eq!(host.metric(&scraped).await, 3.0);
        host.stop().await;

        assert_whole(&points, protocol);
    }
}

/// Asserts what is sent of each kind.
fn assert_whole(points: &[Sent], protocol: &str) {
    let find = |name: &str, labels: Value| {
        let found = last(points, protocol, name, &labels);
        found.unwrap_or_else(|| panic!("{name} {labels}")).0.clone()
    };
    let counter = find(ATTEMPTS, complete());
    assert_eq!(
        (&counter["kind"], &counter["unit"]),
        (&json!("sum"), &json!(""))
    );
    assert_eq!(counter["is_monotonic"], true);
    assert_eq!(counter["temporality"], CUMULATIVE);
    let (start, time) = (counter["start"].as_i64(), counter["time"].as_i64());
    assert!(start > Some(0) && start < time, "{counter}");
    assert_eq!(counter["headers"]["tenant"], "a b");
    let resource = &counter["resource"];
    assert_eq!(resource["service.name"], "orders-engine");
    assert!(resource["service.instance.id"].is_string() && resource["host.name"].is_string());

    let histogram = find(
        "tasker_attempt_duration_seconds",
        json!({"namespace": "shop"}),
    );
    assert_eq!(
        (&histogram["kind"], &histogram["unit"]),
        (&json!("histogram"), &json!("s"))
    );
    assert_eq!(histogram["temporality"], CUMULATIVE);
    assert_eq!(histogram["count"], 4);
    let buckets = histogram["buckets"].as_array().unwrap();
    assert_eq!(
        buckets.len(),
        histogram["bounds"].as_array().unwrap().len() + 1
    );
    assert_eq!(buckets.iter().filter_map(Value::as_i64).sum::<i64>(), 4);
    assert!(histogram["value"].as_f64() > Some(0.0));

    let gauge = find("tasker_host_draining", json!({}));
    assert_eq!(
        (&gauge["kind"], &gauge["value"]),
        (&json!("gauge"), &json!(0.0))
    );
    // What the database counts began before this host did.
    let counted = find(
        "tasker_task_transitions_total",
        json!({"state": "complete"}),
    );
    assert_eq!(
        (&counted["kind"], &counted["start"]),
        (&json!("sum"), &json!(0))
    );
}
