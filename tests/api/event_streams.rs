//! The feed as server-sent events.

use super::server::Server;
use crate::harness::{EventStream, wait_until};
use serde_json::json;
use tasker_api::bounds::Bounds;

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

async fn open(server: &Server, query: &str) -> EventStream {
    EventStream::open(server.request("GET", &format!("/v1/events/stream{query}"))).await
}

#[tokio::test]
async fn a_stream_begins_now_or_in_the_past_and_goes_on_from_the_last_event_id() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let mut now = open(&server, "?types=task.*").await;
    let first = server.submit("one", json!({})).await;
    let message = now.next().await.unwrap();
    assert_eq!(
        (message.event.as_str(), &message.data["subject"]),
        ("tasker.task.created", &json!(first))
    );
    assert_eq!(json!(message.id), message.data["sequence"]);
    let second = server.submit("one", json!({})).await;
    assert_eq!(now.next().await.unwrap().data["subject"], json!(second));

    let request = server.request(
        "GET",
        "/v1/events/stream?types=task.*&from=2000-01-01T00:00:00Z",
    );
    let mut resumed = EventStream::open(request.header("last-event-id", &message.id)).await;
    assert_eq!(resumed.next().await.unwrap().data["subject"], json!(second));
    let mut past = open(&server, "?from=2000-01-01T00:00:00Z").await;
    assert_eq!(past.types(1).await, ["tasker.key.create"]);
}

#[tokio::test]
async fn a_stream_says_at_its_beginning_where_it_begins() {
    let server = Server::start().await;
    let mut stream = open(&server, "").await;
    let begin = stream.any().await.unwrap();
    let request = server.request("GET", "/v1/events/stream");
    let mut resumed = EventStream::open(request.header("last-event-id", &begin.id)).await;
    server.put("/v1/namespaces/shop", &json!({})).await;
    for stream in [&mut stream, &mut resumed] {
        assert_eq!(stream.types(1).await, ["tasker.namespace.create"]);
    }
}

#[tokio::test]
async fn a_stream_with_a_limit_ends_behind_so_many_events_and_says_where_to_go_on() {
    let server = Server::start().await;
    let mut stream = open(&server, "?types=namespace.*&limit=2").await;
    for name in ["one", "two", "three"] {
        server
            .put(&format!("/v1/namespaces/{name}"), &json!({}))
            .await;
    }
    assert_eq!(stream.types(2).await, ["tasker.namespace.create"; 2]);
    let end = stream.next().await.unwrap();
    assert_eq!(
        (end.event.as_str(), &end.data["reason"]),
        ("end", &json!("limit"))
    );
    assert!(stream.any().await.is_none());
    let next = end.data["next"].as_str().unwrap();
    let mut rest = open(&server, &format!("?types=namespace.*&limit=1&from={next}")).await;
    let third = rest.next().await.unwrap();
    assert_eq!(third.data["subject"], "namespace three");
    assert_eq!(rest.next().await.unwrap().data["reason"], "limit");
    for limit in [0, 501] {
        let path = format!("/v1/events/stream?limit={limit}");
        let detail = server.get(&path).await.refused(400, "invalid_parameter");
        assert!(detail.contains("use 1 to 500"), "{detail}");
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_host_and_says_where_to_go_on() {
    let server = Server::start().await;
    let mut stream = open(&server, "").await;
    server.shutdown.cancel();
    let end = stream.next().await.unwrap();
    assert_eq!(
        (end.event.as_str(), &end.data["reason"]),
        ("end", &json!("shutdown"))
    );
    let next = end.data["next"].as_str().unwrap();
    assert!(stream.any().await.is_none());
    let other = server.second_host().await;
    other.put("/v1/namespaces/shop", &json!({})).await;
    let mut resumed = open(&other, &format!("?from={next}")).await;
    assert_eq!(resumed.types(1).await, ["tasker.namespace.create"]);
}

#[tokio::test]
async fn a_stream_ends_when_its_key_is_revoked() {
    let server = Server::start().await;
    let permissions = json!([{"namespace": "*", "actions": ["read"]}]);
    let body = json!({"name": "reader", "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    let reader = server.asked_with(made["key"].as_str());
    let mut stream =
        EventStream::open(reader.request("GET", "/v1/events/stream?types=pin.*")).await;
    server.delete("/v1/keys/reader").await;
    let end = stream.next().await.unwrap();
    assert_eq!(end.data["reason"], "access_changed");
    assert!(stream.any().await.is_none());
}

#[tokio::test]
async fn streams_have_a_bound_per_caller_and_in_all() {
    let bounds = Bounds {
        max_streams_per_caller: 2,
        max_streams: 3,
        ..Bounds::default()
    };
    let server = Server::start_within(bounds).await;
    let body = json!({"name": "reader", "permissions": [{"namespace": "*", "actions": ["read"]}]});
    let made = server.post("/v1/keys", &body).await.answered(201);
    let reader = server.asked_with(made["key"].as_str());
    let first = open(&server, "").await;
    let _second = open(&server, "").await;
    let refused = server.get("/v1/events/stream").await;
    assert!(refused.refused(429, "too_many_streams").contains("2"));
    let _third = EventStream::open(reader.request("GET", "/v1/events/stream")).await;
    let refused = reader.get("/v1/events/stream").await;
    assert!(refused.refused(429, "too_many_streams").contains("3"));
    let status = wait_until("the tail runs", async || {
        let status = server.get("/health/status").await.answered(200);
        (status["feed"]["streams"] == 3).then_some(status)
    })
    .await;
    assert_eq!(status["feed"]["lag_ms"], 0);
    drop(first);
    wait_until("a stream is free again", async || {
        let request = server.request("GET", "/v1/events/stream");
        let answer = request.send().await.unwrap();
        (answer.status() == 200).then_some(())
    })
    .await;
}
