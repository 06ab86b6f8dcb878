//! Secrets go in and never come out.

use super::server::{Answer, Server, answer};
use serde_json::json;

const SECRET: &str = "/v1/namespaces/shop/secrets/stripe-key";

async fn put(server: &Server, path: &str, value: impl Into<reqwest::Body>) -> Answer {
    let request = server
        .request("PUT", path)
        .header("content-type", "application/octet-stream");
    answer(request.body(value)).await
}

#[tokio::test]
async fn a_secret_is_set_replaced_listed_and_removed_and_never_shown() {
    let server = Server::start().await;
    let set = put(&server, SECRET, "sk_live_1").await;
    assert!(!set.text.contains("sk_live"), "{}", set.text);
    let set = set.answered(200);
    assert_eq!(
        (&set["namespace"], &set["name"], &set["version"]),
        (&json!("shop"), &json!("stripe-key"), &json!(1))
    );
    let again = put(&server, SECRET, "sk_live_2").await.answered(200);
    assert_eq!(again["version"], 2);
    let list = server.get("/v1/secrets?namespace=shop").await;
    assert!(!list.text.contains("sk_live"), "{}", list.text);
    let list = list.answered(200);
    assert_eq!(list["items"][0]["name"], "stripe-key");
    assert_eq!(list["items"][0]["created_by"], "admin");
    assert_eq!(server.delete(SECRET).await.status, 204);
    let detail = server.delete(SECRET).await.refused(404, "unknown_secret");
    assert!(detail.contains("no secret shop/stripe-key"), "{detail}");
}

#[tokio::test]
async fn there_is_no_way_to_read_a_value() {
    let server = Server::start().await;
    put(&server, SECRET, "sk_live_1").await.answered(200);
    server.get(SECRET).await.refused(405, "method_not_allowed");
}

#[tokio::test]
async fn secrets_are_listed_page_by_page() {
    let server = Server::start().await;
    for name in ["a", "b", "c"] {
        let path = format!("/v1/namespaces/shop/secrets/{name}");
        put(&server, &path, "some value").await.answered(200);
    }
    let first = server.get("/v1/secrets?limit=2").await.answered(200);
    assert_eq!(first["next"], "shop/b");
    let second = server.get("/v1/secrets?limit=2&after=shop/b").await;
    assert_eq!(second.answered(200)["items"][0]["name"], "c");
    server
        .get("/v1/secrets?after=shop")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn a_value_out_of_bounds_is_refused_without_being_quoted() {
    let server = Server::start().await;
    let detail = put(&server, SECRET, "12345")
        .await
        .refused(422, "invalid_secret");
    assert!(
        detail.contains("has 5 bytes") && !detail.contains("12345"),
        "{detail}"
    );
    let long = "x".repeat((16 << 10) + 1);
    put(&server, SECRET, long)
        .await
        .refused(422, "invalid_secret");
    put(&server, SECRET, "x".repeat(100 << 10))
        .await
        .refused(413, "body_too_large");
    put(&server, SECRET, vec![0xff; 8])
        .await
        .refused(422, "invalid_secret");
    put(&server, SECRET, "a\0bcdef")
        .await
        .refused(422, "invalid_secret");
    put(&server, "/v1/namespaces/shop/secrets/a.b", "some value")
        .await
        .refused(400, "invalid_parameter");
    server
        .put(SECRET, &json!({"value": "some value"}))
        .await
        .refused(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_rotation_tells_the_key_by_its_id() {
    let server = Server::start().await;
    put(&server, SECRET, "sk_live_1").await.answered(200);
    let rotated = server.post("/v1/secrets/rotation", &json!({})).await;
    let rotated = rotated.answered(200);
    assert_eq!(
        (&rotated["secrets"], &rotated["unreadable"]),
        (&json!(0), &json!([]))
    );
    assert_eq!(rotated["key_id"].as_str().unwrap().len(), 16);
}

async fn put_if(server: &Server, (condition, tag): (&str, &str), value: &'static str) -> Answer {
    let request = server
        .request("PUT", SECRET)
        .header("content-type", "application/octet-stream");
    answer(request.header(condition, tag).body(value)).await
}

async fn remove_if(server: &Server, tag: &str) -> Answer {
    answer(server.request("DELETE", SECRET).header("if-match", tag)).await
}

/// What the list says.
async fn tag(server: &Server) -> String {
    let list = server.get("/v1/secrets").await.answered(200);
    format!("\"{}\"", list["items"][0]["etag"].as_str().unwrap())
}

#[tokio::test]
async fn a_secret_that_somebody_else_set_is_neither_overwritten_nor_removed() {
    let server = Server::start().await;
    let none = put_if(&server, ("if-match", "*"), "sk_live_1").await;
    none.refused(412, "precondition_failed");
    let first = put_if(&server, ("if-none-match", "*"), "sk_live_1").await;
    let known = first.etag.clone();
    assert!(
        known.starts_with(tag(&server).await.trim_end_matches('"')),
        "{known}"
    );
    first.answered(200);
    put_if(&server, ("if-none-match", "*"), "sk_live_1")
        .await
        .refused(412, "precondition_failed");
    let second = put_if(&server, ("if-match", &known), "sk_live_2").await;
    assert_eq!(second.answered(200)["version"], 2);
    let lost = put_if(&server, ("if-match", &known), "sk_live_3").await;
    let detail = lost.refused(412, "precondition_failed");
    assert!(!detail.contains("sk_live"), "{detail}");
    remove_if(&server, &known)
        .await
        .refused(412, "precondition_failed");
    let list = server.get("/v1/secrets").await.answered(200);
    assert_eq!(list["items"][0]["version"], 2);
    let removed = remove_if(&server, &tag(&server).await).await;
    assert_eq!(removed.status, 204, "{}", removed.text);
    remove_if(&server, "*")
        .await
        .refused(412, "precondition_failed");
}

#[tokio::test]
async fn the_tag_of_a_secret_says_nothing_of_its_value() {
    let server = Server::start().await;
    put(&server, SECRET, "the same value").await.answered(200);
    let first = tag(&server).await;
    put(&server, SECRET, "the same value").await.answered(200);
    let second = tag(&server).await;
    assert_ne!(first, second, "it is of the version");
    server
        .post("/v1/secrets/rotation", &json!({}))
        .await
        .answered(200);
    assert_eq!(
        tag(&server).await,
        second,
        "the value is the same as before"
    );
    assert_eq!(server.delete(SECRET).await.status, 204);
    put(&server, SECRET, "the same value").await.answered(200);
    assert_ne!(tag(&server).await, first, "a version is not used twice");
}

#[tokio::test]
async fn of_changes_with_one_tag_one_is_made() {
    let server = Server::start().await;
    let first = put(&server, SECRET, "sk_live_1").await;
    let changes = (0..8).map(|_| put_if(&server, ("if-match", &first.etag), "sk_live_2"));
    let answers = futures::future::join_all(changes).await;
    let done = answers.iter().filter(|answer| answer.status == 200);
    assert_eq!(done.count(), 1);
    let refused = answers.iter().filter(|answer| answer.status == 412);
    assert_eq!(refused.count(), 7);
}
