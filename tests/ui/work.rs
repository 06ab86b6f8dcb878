//! What people do on the pages, in a browser against a real host.

use super::browser::drive;
use super::seeds::{STRANGE, open_host, publish};
use crate::harness::{TestDatabase, TestHost};
use crate::sandbox::guests;
use serde_json::{Value, json};
use tasker::host::AuthConfig;

#[tokio::test]
async fn a_task_is_run_from_its_form_and_watched_until_its_end() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    drive("run.mjs", &host.host.url(), &Value::Null).await;
}

#[tokio::test]
async fn a_failed_task_begins_with_its_cause() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    let task = host.run("failing", json!({})).await;
    drive(
        "failure.mjs",
        &host.host.url(),
        &json!({"task": task["id"]}),
    )
    .await;
}

#[tokio::test]
async fn a_version_is_rolled_out_by_a_slider_and_back_by_one_button() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    host.pin_component("guest", "=1.0.0").await;
    if !drive("rollout.mjs", &host.host.url(), &Value::Null).await {
        return;
    }
    let (_, pins) = host.get("/v1/pins?namespace=shop").await;
    assert_eq!(pins["items"][0]["rollout"], Value::Null);
    let (_, history) = host
        .get("/v1/namespaces/shop/pins/component/guest/history")
        .await;
    assert_eq!(history["items"][0]["reason"], "too slow");
}

#[tokio::test]
async fn capabilities_are_approved_and_code_is_quarantined_and_released() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    let bytes = guests::wanting(&["http api.example.com"]);
    host.publish_component("guest", "1.2.0", &bytes).await;
    if !drive("approval.mjs", &host.host.url(), &Value::Null).await {
        return;
    }
    let (_, grants) = host.get("/v1/grants?namespace=shop").await;
    assert_eq!(grants["items"][0]["capability"], "http api.example.com");
}

#[tokio::test]
async fn texts_of_strangers_are_texts_and_large_results_are_cut() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    let strange = host.run("strange", json!({"text": STRANGE})).await;
    let large = host.run("echo", json!({"text": "x".repeat(900_000)})).await;
    let digits = host
        .run("echo", json!({"text": STRANGE, "many": [1, 2, 3]}))
        .await;
    let given = json!({
        "strange": strange["id"], "large": large["id"], "small": digits["id"], "text": STRANGE,
    });
    drive("strangers.mjs", &host.host.url(), &given).await;
}

#[tokio::test]
async fn one_tab_of_a_browser_follows_the_feed_for_all() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    drive("feed.mjs", &host.host.url(), &Value::Null).await;
}

#[tokio::test]
async fn a_template_is_published_after_its_plan_and_a_mistake_is_at_its_line() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    if !drive("publish.mjs", &host.host.url(), &Value::Null).await {
        return;
    }
    let (status, _) = host
        .get("/v1/namespaces/shop/templates/two/versions/1.0.0")
        .await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_reader_signs_in_with_a_key_and_is_offered_nothing_else() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    publish(&host).await;
    let key =
        json!({"name": "reader", "permissions": [{"namespace": "shop", "actions": ["read"]}]});
    let (status, key) = host.post("/v1/keys", &key).await;
    assert_eq!(status, 201, "{key}");
    let task = host.run("echo", json!({})).await;
    let given = json!({"reader": key["key"], "task": task["id"]});
    drive("sign-in.mjs", &host.host.url(), &given).await;
}

#[tokio::test]
async fn all_open_tasks_of_a_filter_are_cancelled_after_a_dry_run() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| {
        (config.auth, config.worker) = (AuthConfig::Off, None);
    });
    let host = host.await;
    publish(&host).await;
    let mut ids = Vec::new();
    for tag in ["nightly", "nightly", "daily"] {
        let input = json!({"name": "Ada", "size": "small"});
        let body = json!({"namespace": "shop", "template": "form", "input": input, "tags": [tag]});
        let (status, created) = host.post("/v1/tasks", &body).await;
        assert_eq!(status, 201, "{created}");
        ids.push(created["task"]["id"].as_str().unwrap().to_owned());
    }
    let given = json!({"tagged": &ids[..2]});
    if !drive("cancel-all.mjs", &host.host.url(), &given).await {
        return;
    }
    let mut states = Vec::new();
    for id in &ids {
        states.push(host.task(id).await["state"].clone());
    }
    assert_eq!(states, ["cancelled", "cancelled", "pending"]);
}

#[tokio::test]
async fn selected_tasks_that_ended_are_run_again_with_their_input_and_tags() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    // More than a browser's numbers hold.
    let input = json!({"order": 9_007_199_254_740_993_i64});
    for _ in 0..2 {
        let body = json!({"namespace": "shop", "template": "echo", "input": input, "tags": ["nightly"], "priority": 7});
        let (status, created) = host.post("/v1/tasks", &body).await;
        assert_eq!(status, 201, "{created}");
        host.finished(created["task"]["id"].as_str().unwrap()).await;
    }
    if !drive("run-again.mjs", &host.host.url(), &Value::Null).await {
        return;
    }
    let (_, tasks) = host.get("/v1/tasks?tag=nightly").await;
    let tasks = tasks["items"].as_array().unwrap();
    assert_eq!(tasks.len(), 4, "{tasks:?}");
    for task in tasks {
        assert_eq!(task["priority"], 7, "{task}");
        let path = format!("/v1/tasks/{}/input", task["id"].as_str().unwrap());
        assert_eq!(host.get(&path).await.1, input);
    }
}

#[tokio::test]
async fn entries_signing_keys_and_bytes_are_kept_in_order_on_their_pages() {
    let database = TestDatabase::new().await;
    let host = open_host(&database).await;
    publish(&host).await;
    host.grant("basics", "kv orders").await;
    let given = json!({"publicKey": "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="});
    drive("rules.mjs", &host.host.url(), &given).await;
}

#[tokio::test]
async fn graphs_forms_and_differences_are_computed_as_they_are_drawn() {
    drive("layout.mjs", "", &Value::Null).await;
}
