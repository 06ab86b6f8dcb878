//! What every request has in common.

use super::server::{Server, answer};
use serde_json::json;

#[tokio::test]
async fn an_unknown_route_and_a_wrong_method_are_problems_like_others() {
    let server = Server::start().await;
    let detail = server.get("/v2/tasks").await.refused(404, "unknown_route");
    assert!(detail.contains("/v2/tasks"), "{detail}");
    let detail = server
        .delete("/v1/tasks")
        .await
        .refused(405, "method_not_allowed");
    assert_eq!(detail, "/v1/tasks does not accept DELETE");
    server
        .get("/v1/templates/check")
        .await
        .refused(405, "method_not_allowed");
}

#[tokio::test]
async fn a_wrong_method_of_a_route_for_everyone_is_refused_as_such_to_everyone() {
    let server = Server::start().await;
    let stranger = server.asked_with(None);
    for path in ["/health/live", "/v1/openapi.json", "/v1/session"] {
        let refused = stranger.request("PUT", path).send().await.unwrap();
        assert_eq!(refused.status(), 405, "{path}");
        assert!(refused.headers().contains_key("allow"), "{path}");
    }
    let closed = stranger.request("DELETE", "/v1/session");
    answer(closed).await.refused(401, "unauthenticated");
    let closed = stranger.request("PUT", "/v1/tasks");
    answer(closed).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn broken_json_is_identified_by_line_and_column() {
    let server = Server::start().await;
    let request = server
        .request("POST", "/v1/tasks")
        .header("content-type", "application/json");
    let refused = answer(request.body("{\"namespace\": \"shop\",\n  oops}")).await;
    refused.refused(400, "invalid_body");
    assert_eq!(
        (
            &refused.json["errors"][0]["line"],
            &refused.json["errors"][0]["column"]
        ),
        (&json!(2), &json!(3))
    );
}

#[tokio::test]
async fn a_field_that_is_wrong_unknown_or_missing_is_identified_by_its_path() {
    let server = Server::start().await;
    let refused = server
        .post("/v1/tasks", &json!([{"namespace": "shop", "template": 7}]))
        .await;
    refused.refused(400, "invalid_body");
    assert_eq!(refused.json["errors"][0]["path"], "/0/template");
    let body = json!({"namespace": "shop", "template": "one", "inptu": {}});
    let detail = server
        .post("/v1/tasks", &body)
        .await
        .refused(400, "invalid_body");
    assert!(
        detail.contains("unknown field `inptu`, expected one of `namespace`"),
        "{detail}"
    );
    let detail = server
        .post("/v1/tasks", &json!({"namespace": "shop"}))
        .await
        .refused(400, "invalid_body");
    assert!(detail.contains("missing field `template`"), "{detail}");
    let detail = server
        .post("/v1/tasks", &json!("one"))
        .await
        .refused(400, "invalid_body");
    assert!(detail.contains("expected a submit"), "{detail}");
}

#[tokio::test]
async fn a_body_of_another_type_or_over_the_limit_is_refused() {
    let server = Server::start().await;
    let request = server.request("POST", "/v1/tasks").body("{}");
    answer(request).await.refused(415, "unsupported_media_type");
    let large = json!({"requirement": "x".repeat(64 << 10)});
    let detail = server
        .put("/v1/namespaces/shop/pins/component/guest", &large)
        .await
        .refused(413, "body_too_large");
    assert_eq!(detail, "the body is larger than 65536 bytes");
}

#[tokio::test]
async fn an_unknown_query_parameter_is_refused() {
    let server = Server::start().await;
    let detail = server
        .get("/v1/tasks?stat=error")
        .await
        .refused(400, "invalid_parameter");
    assert!(detail.contains("unknown field `stat`"), "{detail}");
    for list in [
        "tasks?state=failed",
        "tasks?state=error,failed",
        "tasks?state=",
    ] {
        let detail = server
            .get(&format!("/v1/{list}"))
            .await
            .refused(400, "invalid_parameter");
        assert!(detail.contains("none of pending, in_progress"), "{detail}");
    }
}

#[tokio::test]
async fn the_callers_correlation_id_is_echoed_and_becomes_the_tasks() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let body = json!({"namespace": "shop", "template": "one"});
    let request = server
        .request("POST", "/v1/tasks")
        .header("x-correlation-id", "order-17");
    let created = answer(request.json(&body)).await;
    assert_eq!(created.correlation_id, "order-17");
    assert_eq!(created.answered(201)["task"]["correlation_id"], "order-17");
}

#[tokio::test]
async fn a_missing_or_unusable_correlation_id_is_replaced() {
    let server = Server::start().await;
    assert_eq!(server.get("/health/live").await.correlation_id.len(), 36);
    let request = server
        .request("GET", "/nowhere")
        .header("x-correlation-id", "two words");
    let refused = answer(request).await;
    refused.refused(404, "unknown_route");
    assert_eq!(refused.correlation_id.len(), 36);
}
