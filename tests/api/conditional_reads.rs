//! What a caller has already is not sent once more.

use super::server::{Answer, Server, answer};
use crate::sandbox::guests::{misbehaving, noted};
use serde_json::json;

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

/// What comes of a read by who has something with these tags.
async fn read(server: &Server, path: &str, known: &str) -> Answer {
    answer(server.request("GET", path).header("if-none-match", known)).await
}

#[tokio::test]
async fn what_the_caller_has_is_not_sent_again_until_it_changes() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let path = "/v1/components?namespace=shop";
    let first = server.request("GET", path).send().await.unwrap();
    assert_eq!(first.headers()["cache-control"], "private, no-cache");
    assert!(!first.headers().contains_key("vary"));
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"other\", {tag}"),
        "*".to_owned(),
    ] {
        let again = read(&server, path, &known).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{known}");
        assert_eq!(again.etag, tag);
        assert_eq!(again.content_type, "");
        assert!(!again.correlation_id.is_empty());
    }
    for unknown in ["\"other\"", "other", ""] {
        let whole = read(&server, path, unknown).await;
        assert_eq!(whole.status, 200, "{unknown}");
    }
    let other = noted(misbehaving(), "other bytes");
    server
        .put_component("guest", "1.1.0", &other)
        .await
        .answered(201);
    let changed = read(&server, path, &tag).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.etag, tag);
}

#[tokio::test]
async fn head_has_the_tag_of_the_answer_that_get_would_have() {
    let server = Server::start().await;
    let path = "/v1/namespaces";
    let tag = server.get(path).await.etag;
    let head = answer(server.request("HEAD", path)).await;
    assert_eq!((head.status, &head.etag), (200, &tag));
    let known = server.request("HEAD", path).header("if-none-match", &tag);
    assert_eq!(answer(known).await.status, 304);
}

#[tokio::test]
async fn a_long_poll_that_ends_without_news_is_answered_with_304() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let path = format!("/v1/tasks/{id}");
    let shown = server.get(&path).await;
    let (tag, seq) = (shown.etag.clone(), shown.answered(200)["seq"].clone());
    let same = read(&server, &format!("{path}?wait_ms=20&since={seq}"), &tag).await;
    assert_eq!(same.status, 304);
    let cancel = format!("{path}/cancel");
    server.post(&cancel, &json!({})).await.answered(200);
    let news = read(&server, &format!("{path}?wait_ms=60000&since={seq}"), &tag).await;
    assert_eq!(news.answered(200)["state"], "cancelled");
}

#[tokio::test]
async fn two_callers_whose_answers_differ_have_different_tags() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let body =
        json!({"name": "baker", "permissions": [{"namespace": "bakery", "actions": ["read"]}]});
    let key = server.post("/v1/keys", &body).await.answered(201);
    let baker = server.asked_with(key["key"].as_str());
    let path = "/v1/components";
    let all = server.get(path).await;
    let request = baker
        .request("GET", path)
        .header("if-none-match", &all.etag);
    let own = answer(request).await;
    assert_ne!(own.etag, all.etag);
    assert_eq!(own.answered(200)["items"], json!([]));
}

#[tokio::test]
async fn bytes_keep_the_tag_that_names_them_and_refusals_have_none() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let version = "/v1/namespaces/shop/components/guest/versions/1.0.0";
    let shown = server.get(version).await.answered(200);
    let digest = shown["digest"].as_str().unwrap();
    let bytes = server.request("GET", &format!("{version}/bytes"));
    let bytes = bytes.send().await.unwrap();
    assert_eq!(bytes.headers()["etag"], format!("\"sha256:{digest}\""));
    let refused = server.get("/v1/namespaces/shop/pins/component/guest").await;
    refused.refused(404, "unknown_pin");
    assert_eq!(refused.etag, "");
}
