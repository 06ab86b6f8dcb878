//! What others are told of a trace.

use super::host::{RETRIED_SPANS, Setup, TracedHost};
use super::receiver::{CLIENT, ERROR, Receiver, assert_whole};
use crate::flow::forget_description;
use serde_json::json;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{self, Receiver as Requests};

/// Answers requests with 503; says what they are.
fn server() -> (SocketAddr, Requests<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (requests, asked) = mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4_096];
            let length = stream.read(&mut head).unwrap();
            let head = String::from_utf8_lossy(&head[..length]).into_owned();
            requests.send(head).ok();
            let answer = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).ok();
        }
    });
    (address, asked)
}

/// A template whose step sends a request to a server, which says what it was asked.
async fn fetching(setup: &Setup) -> (SocketAddr, Requests<String>) {
    forget_description(&setup.database).await;
    let (address, asked) = server();
    let yaml = "steps: [{name: a, handler: guest/fetch, retry: {max_attempts: 1}}]";
    setup.api.publish_template("fetch", yaml).await;
    let grant = format!("http GET {address}");
    setup.api.grant("guest", &grant).await;
    (address, asked)
}

#[tokio::test]
async fn a_request_of_a_handler_is_a_span_below_its_attempt_and_carries_the_trace() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    let (address, asked) = fetching(&setup).await;
    let endpoint = receiver.http();
    let host = TracedHost::start(&setup, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    let (_, response) = host.submit("fetch", json!(address.to_string()), None).await;
    let response = response.unwrap();
    let trace_id = response.split('-').nth(1).unwrap();
    let spans = receiver.trace(trace_id, 5).await;
    assert_whole(&spans, "");
    let span = spans.iter().find(|span| span.name() == "GET").unwrap();
    assert_eq!(
        (&span.0["kind"], &span.0["status"]),
        (&json!(CLIENT), &json!(ERROR))
    );
    for (name, expected) in [
        ("http.request.method", json!("GET")),
        ("http.response.status_code", json!(503)),
        ("error.type", json!("503")),
        ("server.address", json!("127.0.0.1")),
        ("server.port", json!(address.port())),
        ("url.full", json!(format!("http://{address}/"))),
    ] {
        assert_eq!(span.attribute(name), &expected, "{span:?}");
    }
    let head = asked.recv().unwrap();
    let sent = format!("traceparent: 00-{trace_id}-{}-01\r\n", span.id());
    assert!(head.contains(&sent), "{head}");
}

#[tokio::test]
async fn a_host_without_a_collector_passes_the_trace_of_the_caller_on_and_says_none() {
    let setup = Setup::new().await;
    let (address, asked) = fetching(&setup).await;
    let host = TracedHost::start(&setup, &[]).await;
    let caller = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for traceparent in [Some(caller), None] {
        let submitted = host.submit("fetch", json!(address.to_string()), traceparent);
        assert_eq!(submitted.await.1, None);
        let head = asked.recv().unwrap();
        let carries = head.contains(&format!("traceparent: {caller}\r\n"));
        assert_eq!(carries, traceparent.is_some(), "{head}");
    }
    let exporters = "select owner is null and seq is null from tasker.trace_export";
    crate::harness::wait_until_sql(setup.database.pool(), exporters).await;
}

#[tokio::test]
async fn events_name_the_spans_in_which_they_happened() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    let endpoint = receiver.http();
    let host = TracedHost::start(&setup, &[("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]).await;
    let (id, response) = host.submit("retried", json!({}), None).await;
    let response = response.unwrap();
    let trace_id = response.split('-').nth(1).unwrap();
    let spans = receiver.trace(trace_id, RETRIED_SPANS).await;
    let events = host.events(&id).await;
    assert!(events.len() > RETRIED_SPANS, "{events:?}");
    for event in &events {
        let context = event["traceparent"].as_str().unwrap();
        let span_id = context.split('-').nth(2).unwrap();
        assert!(context.starts_with(&format!("00-{trace_id}-")), "{event}");
        let span = spans.iter().find(|span| span.id() == span_id);
        let span = span.unwrap_or_else(|| panic!("no span of {event}"));
        let of = event["type"].as_str().unwrap().split('.').nth(1).unwrap();
        assert!(span.name().starts_with(of), "{event} in {span:?}");
    }
}
