//! Which of traces, metrics and logs are exported.

use super::host::{Setup, TracedHost, ended};
use super::receiver::Receiver;
use serde_json::json;

const KINDS: [(&str, &str); 3] = [
    ("OTEL_TRACES_EXPORTER", "spans"),
    ("OTEL_METRICS_EXPORTER", "points"),
    ("OTEL_LOGS_EXPORTER", "records"),
];

#[tokio::test]
async fn each_signal_is_exported_until_the_host_has_ended_unless_its_exporter_is_none() {
    let setup = Setup::new().await;
    for (off, _) in KINDS {
        let receiver = Receiver::start();
        let endpoint = receiver.http();
        let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint), (off, "none")];
        let mut host = TracedHost::start(&setup, &variables).await;
        let (id, _) = host.submit("retried", json!({}), None).await;
        ended(&setup, &id).await;
        host.stop().await;
        for (exporter, kind) in KINDS {
            let received = receiver.received(kind).await;
            assert_eq!(
                received.is_empty(),
                exporter == off,
                "{exporter} {received:?}"
            );
        }
    }
}

#[tokio::test]
async fn with_the_sdk_disabled_nothing_is_exported() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    let endpoint = receiver.http();
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint),
        ("OTEL_SDK_DISABLED", "true"),
    ];
    let mut host = TracedHost::start(&setup, &variables).await;
    let (id, _) = host.submit("retried", json!({}), None).await;
    ended(&setup, &id).await;
    host.stop().await;
    for (_, kind) in KINDS {
        assert!(receiver.received(kind).await.is_empty());
    }
}
