//! How requests and answers cross HTTP.

use super::asking::{Asks as _, send};
use crate::api::server::Server;
use data_encoding::HEXLOWER;
use serde_json::json;
use sha2::{Digest as _, Sha256};

const QUERY: &str = "{access {authentication}}";

#[tokio::test]
async fn a_query_is_known_by_its_digest_once_it_was_sent() {
    let server = Server::start().await;
    let digest = HEXLOWER.encode(&Sha256::digest(QUERY));
    let extensions = json!({"persistedQuery": {"version": 1, "sha256Hash": digest}});
    let only = json!({"extensions": extensions});
    let unknown = send(server.request("POST", "/graphql").json(&only)).await;
    assert_eq!(
        unknown.refused(),
        ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
    );
    let whole = json!({"query": QUERY, "extensions": extensions});
    send(server.request("POST", "/graphql").json(&whole))
        .await
        .data();
    let get = server
        .request("GET", "/graphql")
        .query(&[("extensions", extensions.to_string())]);
    assert_eq!(send(get).await.data()["access"]["authentication"], true);
}

#[tokio::test]
async fn get_takes_queries_only() {
    let server = Server::start().await;
    let query = "query ($first: Int) {tasks(first: $first) {nodes {id}}}";
    let asked = server.request("GET", "/graphql");
    let asked = asked.query(&[("query", query), ("variables", r#"{"first": 3}"#)]);
    assert_eq!(send(asked).await.data()["tasks"]["nodes"], json!([]));
    let mutation = r#"mutation {createNamespace(namespace: "shop") {created}}"#;
    let refused = server
        .request("GET", "/graphql")
        .query(&[("query", mutation)]);
    assert_eq!(send(refused).await.refused().0, "method_not_allowed");
    let namespaces = server
        .ask("{namespaces {nodes {name}}}", json!({}))
        .await
        .data();
    assert_eq!(namespaces["namespaces"]["nodes"], json!([]));
}

#[tokio::test]
async fn the_status_says_what_was_not_executed_where_the_client_asks_for_that() {
    let server = Server::start().await;
    let body = json!({"query": "{nothing}"});
    let request = || server.request("POST", "/graphql").json(&body);
    let old = send(request()).await;
    assert_eq!(
        (old.status, old.content_type.as_str()),
        (200, "application/json")
    );
    let media_type = "application/graphql-response+json";
    let new = send(request().header("accept", media_type)).await;
    assert_eq!((new.status, new.content_type.as_str()), (400, media_type));
}

#[tokio::test]
async fn a_request_without_a_key_is_refused_as_in_the_api() {
    let server = Server::start().await;
    let nobody = server.asked_with(None);
    let refused = nobody
        .request("POST", "/graphql")
        .json(&json!({"query": QUERY}));
    assert_eq!(refused.send().await.unwrap().status(), 401);
    let wrong = server
        .request("POST", "/graphql")
        .header("content-type", "text/plain")
        .body(QUERY);
    assert_eq!(wrong.send().await.unwrap().status(), 415);
}

#[tokio::test]
async fn a_browser_changes_nothing_from_another_site() {
    let server = Server::start().await;
    let begun = server.request("POST", "/v1/session").send().await.unwrap();
    let cookie = begun.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let browser = server.asked_with(None);
    let post = |site: &str| {
        let request = browser
            .request("POST", "/graphql")
            .header("cookie", &cookie);
        request
            .header("sec-fetch-site", site)
            .json(&json!({"query": QUERY}))
    };
    assert_eq!(post("cross-site").send().await.unwrap().status(), 403);
    assert_eq!(
        send(post("same-origin")).await.data()["access"]["authentication"],
        true
    );
    let upgrade = |site: &str| {
        let request = browser.request("GET", "/graphql").header("cookie", &cookie);
        let request = request
            .header("sec-fetch-site", site)
            .header("connection", "upgrade");
        let request = request
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13");
        let request = request.header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.header("sec-websocket-protocol", "graphql-transport-ws")
    };
    assert_eq!(upgrade("cross-site").send().await.unwrap().status(), 403);
    assert_eq!(upgrade("same-origin").send().await.unwrap().status(), 101);
}
