//! What a new task takes, as the registry changes under a host that keeps what it resolved.

use super::server::{Server, yaml};
use crate::sandbox::guests;
use serde_json::{Value, json};

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

async fn lock_of_new_task(server: &Server) -> (Value, Value) {
    let id = server.submit("one", json!({})).await;
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    (task["version"].clone(), task["lock"][0]["version"].clone())
}

#[tokio::test]
async fn new_tasks_take_the_highest_versions_until_a_pin_says_otherwise() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    assert_eq!(
        lock_of_new_task(&server).await,
        (json!("1.0.0"), json!("1.0.0"))
    );
    server
        .put_component("guest", "2.0.0", guests::undescribed())
        .await
        .answered(201);
    assert_eq!(
        lock_of_new_task(&server).await,
        (json!("1.0.0"), json!("2.0.0"))
    );
    let pin = json!({"requirement": "=1.0.0"});
    server
        .put("/v1/namespaces/shop/pins/component/guest", &pin)
        .await
        .answered(200);
    assert_eq!(
        lock_of_new_task(&server).await,
        (json!("1.0.0"), json!("1.0.0"))
    );
    server
        .put_template("one", "1.1.0", &yaml("one", "1.1.0", STEPS))
        .await
        .answered(201);
    assert_eq!(
        lock_of_new_task(&server).await,
        (json!("1.1.0"), json!("1.0.0"))
    );
    server
        .put("/v1/namespaces/shop/pins/template/one", &pin)
        .await
        .answered(200);
    assert_eq!(
        lock_of_new_task(&server).await,
        (json!("1.0.0"), json!("1.0.0"))
    );
    assert_eq!(
        server
            .delete("/v1/namespaces/shop/pins/component/guest")
            .await
            .status,
        204
    );
    assert_eq!(
        lock_of_new_task(&server).await,
        (json!("1.0.0"), json!("2.0.0"))
    );
}

#[tokio::test]
async fn a_caller_may_ask_for_a_version_against_the_pin() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server
        .put_template("one", "2.0.0", &yaml("one", "2.0.0", STEPS))
        .await
        .answered(201);
    let submit = json!({"namespace": "shop", "template": "one", "version": "^1"});
    let answer = server.post("/v1/tasks", &submit).await.answered(201);
    assert_eq!(answer["task"]["version"], "1.0.0");
}

#[tokio::test]
async fn tasks_that_resolve_alike_share_a_lock_and_name_bytes_and_handler() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    let (step, lock) = (&task["steps"][0], &task["lock"][0]);
    assert_eq!(
        (&step["name"], &step["component"], &step["handler"]),
        (&json!("a"), &json!("shop/guest"), &json!("noop"))
    );
    assert_eq!(step["digest"], lock["digest"]);
    assert_eq!(lock["digest"].as_str().unwrap().len(), 64);
}

#[tokio::test]
async fn a_template_or_component_that_is_not_there_is_refused_by_name() {
    let server = Server::start().await;
    let submit = json!({"namespace": "shop", "template": "one"});
    server
        .post("/v1/tasks", &submit)
        .await
        .refused(404, "unknown_template");
    server
        .put_template_early("one", "1.0.0", &yaml("one", "1.0.0", STEPS))
        .await
        .answered(201);
    let detail = server
        .post("/v1/tasks", &submit)
        .await
        .refused(422, "unresolved");
    assert!(
        detail.contains("there is no component shop/guest, which step `a` runs"),
        "{detail}"
    );
    let asked = json!({"namespace": "shop", "template": "one", "version": "^2"});
    let detail = server
        .post("/v1/tasks", &asked)
        .await
        .refused(422, "unresolved");
    assert!(detail.contains("shop/one has 1.0.0"), "{detail}");
}

#[tokio::test]
async fn a_handler_that_its_component_does_not_have_is_refused_with_those_it_has() {
    let server = Server::start().await;
    server
        .put_component("guest", "1.0.0", guests::misbehaving())
        .await
        .answered(201);
    let source = yaml("one", "1.0.0", "steps: [{name: a, handler: guest/missing}]");
    server
        .put_template_early("one", "1.0.0", &source)
        .await
        .answered(201);
    let submit = json!({"namespace": "shop", "template": "one"});
    let detail = server
        .post("/v1/tasks", &submit)
        .await
        .refused(422, "unknown_handler");
    assert!(
        detail.contains("component shop/guest 1.0.0 does not have; it has noop, echo"),
        "{detail}"
    );
}
