//! Subscriptions: as server-sent events here, and over WebSockets by a client of another project.

use super::asking::{Asks as _, caller};
use crate::api::server::{Asker, Server};
use crate::harness::EventStream;
use serde_json::{Value, json};
use tasker_api::bounds::Bounds;

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

const EVENTS: &str = "subscription ($after: String, $types: String) {
    events(types: $types, after: $after) {type sequence subject task {id state}}
  }";

fn request(asker: &Asker, query: &str, variables: Value) -> reqwest::RequestBuilder {
    let request = asker
        .request("POST", "/graphql")
        .header("accept", "text/event-stream");
    request.json(&json!({"query": query, "variables": variables}))
}

async fn open(asker: &Asker, variables: Value) -> EventStream {
    EventStream::open(request(asker, EVENTS, variables)).await
}

async fn reader(server: &Server) -> Asker {
    caller(
        server,
        "reader",
        json!([{"namespace": "*", "actions": ["read"]}]),
    )
    .await
}

#[tokio::test]
async fn a_subscription_goes_on_behind_the_last_event_that_its_client_had() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let reader = reader(&server).await;
    let mut now = open(&reader, json!({"types": "task.*"})).await;
    now.any().await.unwrap();
    let first = server.submit("one", json!({})).await;
    let message = now.next().await.unwrap();
    assert_eq!(message.event, "next");
    let event = &message.data["data"]["events"];
    assert_eq!(event["task"], json!({"id": first, "state": "PENDING"}));
    let second = server.submit("one", json!({})).await;
    assert_eq!(
        now.next().await.unwrap().data["data"]["events"]["subject"],
        json!(second)
    );
    let behind = json!({"types": "task.*", "after": event["sequence"]});
    let mut resumed = open(&reader, behind).await;
    assert_eq!(
        resumed.next().await.unwrap().data["data"]["events"]["subject"],
        json!(second)
    );
}

#[tokio::test]
async fn a_subscription_ends_with_the_host_and_says_where_to_go_on() {
    let server = Server::start().await;
    let reader = reader(&server).await;
    let mut stream = open(&reader, json!({})).await;
    stream.any().await.unwrap();
    server.shutdown.cancel();
    let end = stream.next().await.unwrap();
    let error = &end.data["errors"][0]["extensions"];
    assert_eq!(error["code"], "shutdown");
    let next = error["next"].as_str().unwrap().to_owned();
    let complete = stream.any().await.unwrap();
    assert_eq!(complete.event, "complete");
    assert!(stream.any().await.is_none());
    let other = server.second_host().await;
    other.put("/v1/namespaces/shop", &json!({})).await;
    let body = json!({"query": EVENTS, "variables": {"after": next}});
    let request = other
        .request("POST", "/graphql")
        .header("accept", "text/event-stream");
    let mut resumed = EventStream::open(request.json(&body)).await;
    let event = resumed.next().await.unwrap();
    assert_eq!(
        event.data["data"]["events"]["type"],
        "tasker.namespace.create"
    );
}

#[tokio::test]
async fn a_subscription_ends_when_its_key_is_revoked() {
    let server = Server::start().await;
    let reader = reader(&server).await;
    let mut stream = open(&reader, json!({"types": "pin.*"})).await;
    server.delete("/v1/keys/reader").await;
    let end = stream.next().await.unwrap();
    assert_eq!(
        end.data["errors"][0]["extensions"]["code"],
        "access_changed"
    );
}

#[tokio::test]
async fn a_subscription_has_only_what_its_caller_may_read() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let banker = json!([{"namespace": "bank", "actions": ["read"]}]);
    let banker = caller(&server, "banker", banker).await;
    let mut stream = open(&banker, json!({"after": "2000-01-01T00:00:00Z"})).await;
    server.submit("one", json!({})).await;
    server.put("/v1/namespaces/bank", &json!({})).await;
    let event = stream.next().await.unwrap();
    assert_eq!(
        event.data["data"]["events"]["type"],
        "tasker.namespace.create"
    );
    let runner = caller(
        &server,
        "runner",
        json!([{"namespace": "shop", "actions": ["run"]}]),
    )
    .await;
    let mut refused = open(&runner, json!({})).await;
    let end = refused.next().await.unwrap();
    assert_eq!(end.data["errors"][0]["extensions"]["code"], "forbidden");
}

#[tokio::test]
async fn streams_of_graphql_count_as_streams_of_the_feed_do() {
    let bounds = Bounds {
        max_streams_per_caller: 1,
        ..Bounds::default()
    };
    let server = Server::start_within(bounds).await;
    let reader = reader(&server).await;
    let _first = open(&reader, json!({})).await;
    let refused = request(&reader, EVENTS, json!({})).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    let refused = reader.get("/v1/events/stream").await;
    refused.refused(429, "too_many_streams");
}

#[tokio::test]
async fn a_subscription_by_plain_http_and_a_wrong_cursor_are_refused() {
    let server = Server::start().await;
    let plain = server.ask("subscription {events {type}}", json!({})).await;
    assert_eq!(plain.refused().0, "invalid_query");
    let reader = reader(&server).await;
    let mut wrong = open(&reader, json!({"after": "not a cursor"})).await;
    let end = wrong.next().await.unwrap();
    assert_eq!(
        end.data["errors"][0]["extensions"]["code"],
        "invalid_cursor"
    );
}
