//! Namespaces that are made, and those that would be made by mistake.

use super::server::{Asker, Server, answer, yaml};
use serde_json::json;

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

async fn publish(asker: &Asker, namespace: &str) -> super::server::Answer {
    let path =
        format!("/v1/namespaces/{namespace}/templates/one/versions/1.0.0?allow_missing=true");
    let text = yaml("one", "1.0.0", STEPS).replace("shop", namespace);
    let request = asker.request("PUT", &path);
    answer(
        request
            .header("content-type", "application/yaml")
            .body(text),
    )
    .await
}

#[tokio::test]
async fn a_name_that_is_nearly_another_makes_no_namespace_unless_it_is_meant() {
    let server = Server::start().await;
    let admin = server.asked_with(Some(crate::harness::ADMIN_KEY));
    publish(&admin, "orders").await.answered(201);
    let detail = publish(&admin, "ordrs")
        .await
        .refused(404, "unknown_namespace");
    assert!(detail.contains("did you mean `orders`?"), "{detail}");
    assert!(detail.contains("tasker namespace create ordrs"), "{detail}");
    for (method, path) in [
        ("PUT", "secrets/one"),
        ("PUT", "kv/bucket/key"),
        ("POST", "grants"),
        ("POST", "shares"),
        ("PATCH", "limits/*"),
        ("PUT", "recording-rules/*"),
        ("PUT", "pins/component/orders~one"),
    ] {
        let path = format!("/v1/namespaces/ordrs/{path}");
        let refused = admin.send(method, &path, &json!({})).await;
        refused.refused(404, "unknown_namespace");
    }
    let made = admin.send("PUT", "/v1/namespaces/ordrs", &json!({})).await;
    assert_eq!(
        made.answered(201),
        json!({"name": "ordrs", "created": true})
    );
    let again = admin.send("PUT", "/v1/namespaces/ordrs", &json!({})).await;
    assert_eq!(again.answered(200)["created"], false);
    publish(&admin, "ordrs").await.answered(201);
    publish(&admin, "stock").await.answered(201);
    let audit = server.get("/v1/audit?action=namespace.create").await;
    assert_eq!(
        audit.answered(200)["items"][0]["subject"],
        "namespace ordrs"
    );
}

#[tokio::test]
async fn no_caller_learns_of_a_namespace_that_it_may_not_read() {
    let server = Server::start().await;
    let admin = server.asked_with(Some(crate::harness::ADMIN_KEY));
    publish(&admin, "orders").await.answered(201);
    let permissions = json!([{"namespace": "ordrs", "actions": ["publish"]}]);
    let body = json!({"name": "ci", "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    let ci = server.asked_with(made["key"].as_str());
    publish(&ci, "ordrs").await.answered(201);
}
