//! What a key for one namespace does and sees.

use super::server::{Asker, Server, yaml};
use serde_json::{Value, json};

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

async fn asker(server: &Server, name: &str, permissions: Value) -> Asker {
    let body = json!({"name": name, "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    server.asked_with(made["key"].as_str())
}

#[tokio::test]
async fn an_account_for_ci_publishes_in_its_namespace_and_does_nothing_else() {
    let server = Server::start().await;
    let permissions = json!([{"namespace": "shop", "actions": ["publish"]}]);
    let ci = asker(&server, "ci", permissions).await;
    let put = async |namespace: &str| {
        let path =
            format!("/v1/namespaces/{namespace}/templates/one/versions/1.0.0?allow_missing=true");
        let text = yaml("one", "1.0.0", STEPS).replace("shop", namespace);
        let request = ci.request("PUT", &path).body(text);
        super::server::answer(request.header("content-type", "application/yaml")).await
    };
    put("shop").await.answered(201);
    let detail = put("bakery").await.refused(403, "forbidden");
    assert_eq!(detail, "`ci` lacks `publish` on namespace `bakery`");
    let detail = ci
        .get("/v1/namespaces/shop/templates/one")
        .await
        .refused(403, "forbidden");
    assert_eq!(detail, "`ci` lacks `read` on namespace `shop`");
    ci.get("/v1/keys").await.refused(403, "forbidden");
    let pin = json!({"requirement": "1"});
    ci.send("PUT", "/v1/namespaces/shop/pins/template/one", &pin)
        .await
        .refused(403, "forbidden");
    let by: String =
        sqlx::query_scalar("select actor from tasker.audit where action = 'template.publish'")
            .fetch_one(server.pool())
            .await
            .unwrap();
    assert_eq!(by, "ci");
}

#[tokio::test]
async fn a_batch_with_one_foreign_task_is_refused_whole() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let permissions = json!([{"namespace": "shop", "actions": ["run"]}]);
    let runner = asker(&server, "runner", permissions).await;
    let own = json!({"namespace": "shop", "template": "one"});
    let foreign = json!({"namespace": "bakery", "template": "one"});
    let detail = runner
        .send("POST", "/v1/tasks", &json!([own, foreign]))
        .await
        .refused(403, "forbidden");
    assert_eq!(detail, "`runner` lacks `run` on namespace `bakery`");
    let none = server.get("/v1/tasks").await.answered(200);
    assert_eq!(none["items"], json!([]));
    runner.send("POST", "/v1/tasks", &own).await.answered(201);
}

#[tokio::test]
async fn a_task_is_shown_and_cancelled_by_those_who_may_in_its_namespace() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let (task, cancel) = (format!("/v1/tasks/{id}"), format!("/v1/tasks/{id}/cancel"));
    let reader = asker(
        &server,
        "reader",
        json!([{"namespace": "shop", "actions": ["read"]}]),
    )
    .await;
    let baker = asker(
        &server,
        "baker",
        json!([{"namespace": "bakery", "actions": ["admin"]}]),
    )
    .await;
    baker.get(&task).await.refused(403, "forbidden");
    baker
        .send("POST", &cancel, &json!({}))
        .await
        .refused(403, "forbidden");
    reader.get(&task).await.answered(200);
    let detail = reader
        .send("POST", &cancel, &json!({}))
        .await
        .refused(403, "forbidden");
    assert_eq!(detail, "`reader` lacks `run` on namespace `shop`");
    let unknown = "/v1/tasks/01890000-0000-7000-8000-000000000000";
    baker.get(unknown).await.refused(404, "unknown_task");
    baker
        .get("/v1/tasks/one")
        .await
        .refused(400, "invalid_parameter");

    let runner = asker(
        &server,
        "runner",
        json!([{"namespace": "shop", "actions": ["run"]}]),
    )
    .await;
    runner
        .send("POST", &cancel, &json!({"reason": "a mistake"}))
        .await
        .answered(200);
    let (actor, subject, reason): (String, String, String) =
        sqlx::query_as("select actor, subject, reason from tasker.audit where action = 'task.cancel' and namespace = 'shop'")
            .fetch_one(server.pool())
            .await
            .unwrap();
    assert_eq!(
        (actor.as_str(), subject, reason.as_str()),
        ("runner", format!("task {id}"), "a mistake")
    );
}

#[tokio::test]
async fn lists_show_what_the_caller_may_see() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server.submit("one", json!({})).await;
    let reader = asker(
        &server,
        "reader",
        json!([{"namespace": "shop", "actions": ["read"]}]),
    )
    .await;
    let baker = asker(
        &server,
        "baker",
        json!([{"namespace": "bakery", "actions": ["read"]}]),
    )
    .await;
    for list in ["tasks", "components", "templates"] {
        let seen = reader
            .get(&format!("/v1/{list}?limit=1"))
            .await
            .answered(200);
        assert_eq!(seen["items"][0]["namespace"], "shop", "{list}");
        let seen = baker.get(&format!("/v1/{list}")).await.answered(200);
        assert_eq!(seen["items"], json!([]), "{list}");
        let foreign = format!("/v1/{list}?namespace=shop");
        baker.get(&foreign).await.refused(403, "forbidden");
        let twice = format!("/v1/{list}?namespace=bakery&namespace=shop");
        baker.get(&twice).await.refused(403, "forbidden");
        let escaped = format!("/v1/{list}?n%61mespace=sho%70");
        baker.get(&escaped).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn who_may_see_several_namespaces_names_one_of_them() {
    let server = Server::start().await;
    let both = json!([{"namespace": "shop", "actions": ["read"]}, {"namespace": "bakery", "actions": ["read"]}]);
    let both = asker(&server, "both", both).await;
    let detail = both.get("/v1/tasks").await.refused(403, "forbidden");
    assert!(
        detail.contains("bakery, shop") && detail.contains("?namespace=bakery"),
        "{detail}"
    );
    both.get("/v1/tasks?namespace=shop").await.answered(200);
    let runner = asker(
        &server,
        "runner",
        json!([{"namespace": "shop", "actions": ["run"]}]),
    )
    .await;
    let detail = runner.get("/v1/tasks").await.refused(403, "forbidden");
    assert_eq!(detail, "`runner` lacks `read` on any namespace");
}

#[tokio::test]
async fn the_log_of_a_step_is_for_who_may_read_its_namespace() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let submit = json!({"namespace": "shop", "template": "one"});
    let task = server.post("/v1/tasks", &submit).await.answered(201);
    let id = task["task"]["id"].as_str().unwrap();
    let path = format!("/v1/tasks/{id}/steps/a/logs");
    for (name, namespace, action, status) in [
        ("reader", "shop", "read", 200),
        ("runner", "shop", "run", 403),
        ("stranger", "bakery", "read", 403),
    ] {
        let permissions = json!([{"namespace": namespace, "actions": [action]}]);
        let asker = asker(&server, name, permissions).await;
        let answer = asker.get(&path).await;
        assert_eq!(answer.status, status, "{name}");
    }
}
