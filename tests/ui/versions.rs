//! What pages say of versions: what they may reach, what they changed, and how they do.

use super::browser::drive;
use super::seeds::{open_host, publish, wide};
use crate::harness::{TestDatabase, TestHost, basics, wait_until};
use crate::sandbox::guests;
use serde_json::{Value, json};

#[tokio::test]
async fn a_step_shows_what_its_version_requests_and_what_is_granted_now() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    let bytes = guests::wanting(&["kv orders", "http api.example.com"]);
    host.publish_component("guest", "1.2.0", &bytes).await;
    let path = "/v1/namespaces/shop/components/guest/versions/1.2.0/approve";
    let (status, approved) = host.post(path, &json!({"reason": "agreed"})).await;
    assert_eq!(status, 200, "{approved}");
    let mut granted = approved["granted"].as_array().unwrap().iter();
    let http = granted.find(|it| it["capability"] == "http api.example.com");
    let id = &http.unwrap()["id"];
    let (status, _) = host
        .delete(&format!("/v1/namespaces/shop/grants/{id}?reason=closed"))
        .await;
    assert!(matches!(status, 200 | 204), "{status}");
    host.pin_component("guest", "=1.2.0").await;
    let own = host.run("one", json!({})).await;
    let given = json!({"own": own["id"], "foreign": foreign_task(&host).await});
    drive("capabilities.mjs", &host.host.url(), &given).await;
}

/// A task of another namespace that runs a component of this one.
async fn foreign_task(host: &TestHost) -> Value {
    host.share("guest", "mail").await;
    let yaml = "namespace: mail\nname: one\nversion: 1.0.0\nsteps: [{name: a, handler: shop/guest/noop@=1.2.0}]";
    host.publish_yaml("mail", "one", yaml).await;
    let body = json!({"namespace": "mail", "template": "one", "input": {}});
    let (status, created) = host.post("/v1/tasks", &body).await;
    assert_eq!(status, 201, "{created}");
    let id = created["task"]["id"].clone();
    host.finished(id.as_str().unwrap()).await;
    id
}

#[tokio::test]
async fn a_version_is_compared_with_the_one_that_is_chosen() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    let bytes = guests::wanting(&["http api.example.com"]);
    host.publish_component("guest", "1.2.0", &bytes).await;
    for (version, steps) in [
        ("1.0.0", "[{name: a, handler: basics/noop}]"),
        (
            "1.1.0",
            "[{name: b, handler: basics/noop}, {name: a, handler: basics/noop, depends_on: [b]}]",
        ),
        ("2.0.0", "[{name: z, handler: basics/echo}]"),
    ] {
        host.publish_template_version("two", version, &format!("steps: {steps}"))
            .await;
    }
    drive("comparison.mjs", &host.host.url(), &Value::Null).await;
}

#[tokio::test]
async fn use_and_failures_of_versions_are_shown_over_time() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    for version in ["=1.0.0", "=1.1.0"] {
        host.pin_component("guest", version).await;
        host.run("one", json!({})).await;
    }
    host.run("one", json!({})).await;
    host.run("failing", json!({})).await;
    let path = "/v1/analytics/performance?namespace=shop&by=namespace";
    wait_until("the tasks are counted", async || {
        let (_, found) = host.get(path).await;
        let tasks = &found["groups"][0]["tasks"];
        (tasks["complete"] == 3 && tasks["failed"] == 1).then_some(())
    })
    .await;
    drive("usage.mjs", &host.host.url(), &Value::Null).await;
}

#[tokio::test]
async fn a_graph_of_ten_thousand_steps_is_searched_zoomed_and_collapsed() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("huge", &wide(9_998)).await;
    drive("huge-graph.mjs", &host.host.url(), &Value::Null).await;
}
