use super::server::{Answer, Server};
use crate::sandbox::guests;
use serde_json::{Value, json};
use tasker_domain::order::Seek;

const GUEST: &str = "/v1/namespaces/shop/components/guest";
const GRANTS: &str = "/v1/namespaces/shop/grants";

/// Publishes a version of `shop/guest` that requested these; its status and what nobody agreed to.
async fn published(server: &Server, version: &str, requested: &[&str]) -> (Value, Value) {
    let answer = server
        .put_component("guest", version, &guests::wanting(requested))
        .await
        .answered(201);
    (answer["status"].clone(), answer["unapproved"].clone())
}

async fn grant(server: &Server, capability: &str) {
    let body = json!({"component": "guest", "capability": capability});
    server.post(GRANTS, &body).await.answered(201);
}

async fn approve(server: &Server, version: &str) -> Answer {
    let path = format!("{GUEST}/versions/{version}/approve");
    server.post(&path, &json!({"reason": "as agreed"})).await
}

fn active() -> (Value, Value) {
    (json!("active"), json!([]))
}

fn waiting(unapproved: &[&str]) -> (Value, Value) {
    (json!("needs_approval"), json!(unapproved))
}

/// The version of `shop/guest` that a new task takes.
async fn taken(server: &Server) -> String {
    let id = server.submit("one", json!({})).await;
    sqlx::query_scalar(
        "select v.version from tasker.task t join tasker.lock_entry e using (lock_id)
         join tasker.component_version v using (component_version_id) where t.task_id::text = $1",
    )
    .bind(id)
    .fetch_one(server.pool())
    .await
    .unwrap()
}

#[tokio::test]
async fn a_first_version_waits_for_what_its_namespace_does_not_grant() {
    let server = Server::start().await;
    let requested = ["http a.example.com", "kv a"];
    assert_eq!(
        published(&server, "1.0.0", &requested).await,
        waiting(&requested)
    );
    let yaml = super::server::yaml("one", "1.0.0", "steps: [{name: a, handler: guest/noop}]");
    let template = server
        .put_template_early("one", "1.0.0", &yaml)
        .await
        .answered(201);
    let warning = template["warnings"][0].as_str().unwrap();
    assert!(warning.contains("1.0.0 (needs approval)"), "{warning}");
    let submit = json!({"namespace": "shop", "template": "one"});
    server
        .post("/v1/tasks", &submit)
        .await
        .refused(422, "unresolved");
}

#[tokio::test]
async fn a_first_version_that_requests_what_is_granted_is_active() {
    let server = Server::start().await;
    grant(&server, "http *.example.com").await;
    let requested = ["http GET a.example.com/v1/*"];
    assert_eq!(published(&server, "1.0.0", &requested).await, active());
    let shown = server
        .get(&format!("{GUEST}/versions/1.0.0"))
        .await
        .answered(200);
    assert_eq!(
        shown["requested"],
        json!([{"capability": requested[0], "granted": true}])
    );
}

#[tokio::test]
async fn a_first_request_without_a_destination_needs_no_approval() {
    let server = Server::start().await;
    assert_eq!(
        published(&server, "1.0.0", &["http", "env LEVEL"]).await,
        active()
    );
    let shown = server
        .get(&format!("{GUEST}/versions/1.0.0"))
        .await
        .answered(200);
    assert_eq!(
        shown["requested"][0],
        json!({"capability": "http", "granted": false})
    );
}

#[tokio::test]
async fn a_version_that_requests_more_than_the_one_below_waits_with_any_number() {
    let server = Server::start().await;
    published(&server, "1.0.0", &["kv a read"]).await;
    approve(&server, "1.0.0").await.answered(200);
    let requested = ["kv a read", "http"];
    for version in ["1.1.0", "2.0.0"] {
        assert_eq!(
            published(&server, version, &requested).await,
            waiting(&["http"]),
            "{version}"
        );
    }
    assert_eq!(
        published(&server, "1.2.0", &["kv a"]).await,
        waiting(&["kv a"])
    );
    assert_eq!(published(&server, "1.3.0", &["kv a read"]).await, active());
    assert_eq!(published(&server, "1.4.0", &[]).await, active());
    // What the one below no longer wanted is new again.
    assert_eq!(
        published(&server, "1.5.0", &["kv a read"]).await,
        waiting(&["kv a read"])
    );
}

#[tokio::test]
async fn a_version_is_measured_by_the_one_below_it_and_not_by_one_above() {
    let server = Server::start().await;
    published(&server, "1.0.0", &[]).await;
    published(&server, "2.0.0", &["kv a"]).await;
    approve(&server, "2.0.0").await.answered(200);
    assert_eq!(
        published(&server, "1.1.0", &["kv a"]).await,
        waiting(&["kv a"])
    );
    assert_eq!(published(&server, "2.1.0", &["kv a"]).await, active());
}

#[tokio::test]
async fn new_tasks_take_a_version_once_it_is_approved() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    assert_eq!(
        published(&server, "1.1.0", &["http", "kv a"]).await,
        waiting(&["kv a"])
    );
    assert_eq!(taken(&server).await, "1.0.0");
    let approved = approve(&server, "1.1.0").await.answered(200);
    assert_eq!(
        (&approved["status"], &approved["unapproved"]),
        (&json!("active"), &json!([]))
    );
    assert_eq!(taken(&server).await, "1.1.0");
}

#[tokio::test]
async fn approval_grants_what_is_wanted_and_not_granted_yet() {
    let server = Server::start().await;
    grant(&server, "http *.example.com").await;
    let requested = ["http a.example.com", "kv a"];
    assert_eq!(
        published(&server, "1.0.0", &requested).await,
        waiting(&["kv a"])
    );
    let approved = approve(&server, "1.0.0").await.answered(200);
    let granted = approved["granted"].as_array().unwrap();
    assert_eq!(granted.len(), 1);
    assert_eq!(
        (&granted[0]["component"], &granted[0]["capability"]),
        (&json!("guest"), &json!("kv a"))
    );
    assert!(
        approved["requested"]
            .as_array()
            .unwrap()
            .iter()
            .all(|it| it["granted"] == true)
    );
    let changes = server
        .store
        .list_audit(Default::default(), Seek::highest(2))
        .await
        .unwrap();
    let actions: Vec<_> = changes.iter().map(|it| it.action.as_str()).collect();
    assert_eq!(actions, ["component.approve", "grant.add"]);
    assert_eq!(changes[0].subject, "component guest@1.0.0");
    assert_eq!(changes[0].reason, "as agreed");
}

#[tokio::test]
async fn only_what_waits_can_be_approved() {
    let server = Server::start().await;
    approve(&server, "1.0.0")
        .await
        .refused(404, "unknown_component");
    published(&server, "1.0.0", &[]).await;
    let detail = approve(&server, "1.0.0")
        .await
        .refused(409, "not_waiting_for_approval");
    assert!(detail.ends_with("it is active"), "{detail}");
    let quarantine = format!("{GUEST}/versions/1.0.0/quarantine");
    server.post(&quarantine, &json!({})).await.answered(200);
    let detail = approve(&server, "1.0.0")
        .await
        .refused(409, "not_waiting_for_approval");
    assert!(detail.ends_with("it is quarantined"), "{detail}");
    approve(&server, "1.0.1")
        .await
        .refused(404, "unknown_version");
}

#[tokio::test]
async fn the_same_bytes_again_do_not_pass_the_gate() {
    let server = Server::start().await;
    published(&server, "1.0.0", &["kv a"]).await;
    let again = server
        .put_component("guest", "1.0.0", &guests::wanting(&["kv a"]))
        .await
        .answered(200);
    assert_eq!(again["status"], "needs_approval");
}

#[tokio::test]
async fn an_unknown_capability_is_refused() {
    let server = Server::start().await;
    let answer = server
        .put_component("guest", "1.0.0", &guests::wanting(&["gpu"]))
        .await;
    let detail = answer.refused(422, "component_refused");
    assert!(detail.contains("`gpu` is not a capability"), "{detail}");
}

#[tokio::test]
async fn yanking_and_unyanking_is_no_way_around_an_approval() {
    let server = Server::start().await;
    published(&server, "1.0.0", &["kv a"]).await;
    for (verb, status) in [("yank", "yanked"), ("unyank", "needs_approval")] {
        let path = format!("{GUEST}/versions/1.0.0/{verb}");
        let view = server.post(&path, &json!({"reason": "to see"})).await;
        assert_eq!(view.answered(200)["status"], status);
    }
}
