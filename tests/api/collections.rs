//! Collecting what nothing needs any more, and having it back.

use super::server::{Server, yaml};
use crate::sandbox::guests::{misbehaving, noted};
use serde_json::{Value, json};

/// With `guest` 1.0.0, 1.1.0 and 2.0.0, each with bytes of its own, and the template `one`.
async fn three_versions(requirement: &str) -> Server {
    let server = Server::start().await;
    for version in ["1.0.0", "1.1.0", "2.0.0"] {
        server
            .put_component("guest", version, &bytes(version))
            .await
            .answered(201);
    }
    let steps = format!("steps: [{{name: a, handler: 'guest/noop@{requirement}'}}]");
    let yaml = yaml("one", "1.0.0", &steps);
    let put = server.put_template("one", "1.0.0", &yaml);
    put.await.answered(201);
    server
}

fn bytes(version: &str) -> Vec<u8> {
    noted(misbehaving(), &format!("collected {version}"))
}

/// Collects what nothing needs now, whatever its age.
async fn collect(server: &Server) -> Vec<String> {
    let body = json!({"older_than_ms": 0});
    versions(server.post("/v1/collections", &body).await.answered(200))
}

async fn would_collect(server: &Server) -> Vec<String> {
    let body = json!({"older_than_ms": 0, "dry_run": true});
    versions(server.post("/v1/collections", &body).await.answered(200))
}

fn versions(answer: Value) -> Vec<String> {
    let versions = answer["versions"].as_array().unwrap().iter();
    versions
        .map(|it| it["version"].as_str().unwrap().to_owned())
        .collect()
}

async fn guest(server: &Server, version: &str) -> Value {
    let path = format!("/v1/namespaces/shop/components/guest/versions/{version}");
    server.get(&path).await.answered(200)
}

/// The version that a new task takes.
async fn taken(server: &Server) -> String {
    let id = server.submit("one", json!({})).await;
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    task["lock"][0]["version"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_no_new_task_would_take_and_no_open_task_has_is_collected() {
    let server = three_versions("^1").await;
    assert_eq!(would_collect(&server).await, ["1.0.0"]);
    assert_eq!(guest(&server, "1.0.0").await.get("collected_at"), None);
    let body = json!({"older_than_ms": 0});
    let answer = server.post("/v1/collections", &body).await.answered(200);
    let size = bytes("1.0.0").len();
    assert_eq!(
        (&answer["dry_run"], &answer["freed_bytes"]),
        (&json!(false), &json!(size))
    );
    assert!(guest(&server, "1.0.0").await["collected_at"].is_string());
    let gone = "/v1/namespaces/shop/components/guest/versions/1.0.0/bytes";
    let detail = server.get(gone).await.refused(410, "bytes_removed");
    assert!(detail.contains("publish the same bytes again"), "{detail}");
    assert_eq!(collect(&server).await, [""; 0]);
    assert_eq!(taken(&server).await, "1.1.0");
}

#[tokio::test]
async fn the_tree_shows_which_versions_have_no_bytes_any_more() {
    let server = three_versions("^1").await;
    let path = "/v1/namespaces/shop/tree";
    let marked = async || {
        let tree = server.get(path).await.answered(200);
        let versions = tree["components"][0]["versions"].as_array().unwrap().iter();
        let marks =
            versions.map(|it| (it["collected_at"].is_string(), it["quarantined"].as_bool()));
        marks.collect::<Vec<_>>()
    };
    let (stays, goes) = ((false, Some(false)), (true, Some(false)));
    assert_eq!(marked().await, [stays; 3]);
    assert_eq!(collect(&server).await, ["1.0.0"]);
    assert_eq!(marked().await, [stays, stays, goes]);
}

#[tokio::test]
async fn what_is_younger_than_asked_for_stays() {
    let server = three_versions("^1").await;
    let hour = json!({"older_than_ms": 3_600_000});
    let answer = server.post("/v1/collections", &hour).await.answered(200);
    assert_eq!(answer["versions"], json!([]));
    let default = server.post("/v1/collections", &json!({})).await;
    assert_eq!(default.answered(200)["versions"], json!([]));
}

#[tokio::test]
async fn pins_keep_both_sides_of_a_rollout_and_what_they_would_lead_to_again() {
    let server = three_versions("*").await;
    assert_eq!(would_collect(&server).await, ["1.0.0", "1.1.0"]);
    server.share("shop", "guest", "bakery").await;
    let pin = "/v1/namespaces/bakery/pins/component/shop~guest";
    let base = json!({"requirement": "=1.0.0"});
    server.put(pin, &base).await.answered(200);
    assert_eq!(would_collect(&server).await, ["1.1.0"]);
    let (path, rollout) = (
        format!("{pin}/rollout"),
        json!({"to": "1.1.0", "percent": 1}),
    );
    server.post(&path, &rollout).await.answered(200);
    assert_eq!(would_collect(&server).await, [""; 0]);
    server.withdraw("guest", "1.0.0").await;
    assert_eq!(would_collect(&server).await, [""; 0]);
    server.delete(pin).await.answered(204);
    assert_eq!(would_collect(&server).await, ["1.0.0", "1.1.0"]);
}

/// With a pin in `bakery` that was set to each of these in turn.
async fn pinned_to(requirements: &[&str]) -> Server {
    let server = three_versions("*").await;
    server.share("shop", "guest", "bakery").await;
    for requirement in requirements {
        let to = json!({ "requirement": requirement });
        server.put(BAKERY, &to).await.answered(200);
    }
    server
}

const BAKERY: &str = "/v1/namespaces/bakery/pins/component/shop~guest";

#[tokio::test]
async fn what_a_pin_would_be_rolled_back_to_stays_until_it_moves_on() {
    let server = pinned_to(&["=1.0.0", "=1.1.0"]).await;
    assert_eq!(collect(&server).await, [""; 0]);
    let rollback = format!("{BAKERY}/rollback");
    server.post(&rollback, &json!({})).await.answered(200);
    // Rolled back, it has nothing before it.
    assert_eq!(would_collect(&server).await, ["1.1.0"]);
    for requirement in ["=1.1.0", "=2.0.0"] {
        let to = json!({ "requirement": requirement });
        server.put(BAKERY, &to).await.answered(200);
    }
    assert_eq!(collect(&server).await, ["1.0.0"]);
    server.post(&rollback, &json!({})).await.answered(200);
}

#[tokio::test]
async fn what_a_pin_would_be_rolled_back_to_is_not_collected() {
    // The range before means 1.1.0 as well, as long as that is eligible.
    let server = pinned_to(&["<2", "=1.1.0"]).await;
    assert_eq!(collect(&server).await, [""; 0]);
    let quarantine = "/v1/namespaces/shop/components/guest/versions/1.1.0/quarantine";
    let answer = server.post(quarantine, &json!({})).await.answered(200);
    assert_eq!(answer["pins"][0]["to"], "<2");
    assert_eq!(collect(&server).await, [""; 0]);
}

#[tokio::test]
async fn what_was_yanked_is_not_kept_for_a_rollback() {
    let server = pinned_to(&["=1.0.0", "=1.1.0"]).await;
    server.withdraw("guest", "1.0.0").await;
    assert_eq!(would_collect(&server).await, ["1.0.0"]);
}

#[tokio::test]
async fn a_pin_that_was_removed_keeps_nothing_for_a_rollback() {
    let server = pinned_to(&["=1.0.0", "=1.1.0"]).await;
    server.delete(BAKERY).await.answered(204);
    assert_eq!(would_collect(&server).await, ["1.0.0", "1.1.0"]);
    let to = json!({"requirement": "=1.1.0"});
    server.put(BAKERY, &to).await.answered(200);
    assert_eq!(would_collect(&server).await, ["1.0.0"]);
}

#[tokio::test]
async fn what_steps_take_under_a_pin_and_without_it_stays() {
    let server = three_versions("^1").await;
    let pin = "/v1/namespaces/shop/pins/component/guest";
    let below = json!({"requirement": "<1.1"});
    server.put(pin, &below).await.answered(200);
    assert_eq!(would_collect(&server).await, [""; 0]);
    assert_eq!(taken(&server).await, "1.0.0");
}

#[tokio::test]
async fn a_template_that_was_yanked_keeps_nothing() {
    let server = three_versions("=1.0.0").await;
    assert_eq!(would_collect(&server).await, ["1.1.0"]);
    let yank = "/v1/namespaces/shop/templates/one/versions/1.0.0/yank";
    server.post(yank, &json!({})).await.answered(200);
    assert_eq!(would_collect(&server).await, ["1.0.0", "1.1.0"]);
}

#[tokio::test]
async fn the_highest_stable_version_stays_though_nothing_takes_it_unless_it_was_yanked() {
    let server = three_versions("=1.0.0").await;
    assert_eq!(would_collect(&server).await, ["1.1.0"]);
    server.withdraw("guest", "2.0.0").await;
    assert_eq!(would_collect(&server).await, ["2.0.0"]);
}

#[tokio::test]
async fn an_open_task_keeps_what_it_has_until_it_ends() {
    let server = three_versions("^1").await;
    let id = server.submit("one", json!({})).await;
    server.withdraw("guest", "1.1.0").await;
    assert_eq!(would_collect(&server).await, [""; 0]);
    let cancel = format!("/v1/tasks/{id}/cancel");
    server.post(&cancel, &json!({})).await.answered(200);
    assert_eq!(collect(&server).await, ["1.1.0"]);
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    assert_eq!(task["lock"][0]["version"], "1.1.0");
}

#[tokio::test]
async fn a_collected_number_takes_only_the_same_bytes_and_has_them_back_then() {
    let server = three_versions("=1.0.0").await;
    server.withdraw("guest", "1.0.0").await;
    let yanked = "shop/guest has 2.0.0, 1.1.0, 1.0.0 (yanked)";
    let submit = json!({"namespace": "shop", "template": "one"});
    let refused = server.post("/v1/tasks", &submit).await;
    let detail = refused.refused(422, "unresolved");
    assert!(detail.contains(yanked), "{detail}");
    assert_eq!(collect(&server).await, ["1.0.0", "1.1.0"]);
    let refused = server.post("/v1/tasks", &submit).await;
    let detail = refused.refused(422, "unresolved");
    assert!(detail.contains("1.0.0 (collected)"), "{detail}");
    server
        .put_component("guest", "1.0.0", &bytes("other"))
        .await
        .refused(409, "version_exists");
    let again = server
        .put_component("guest", "1.0.0", &bytes("1.0.0"))
        .await
        .answered(200);
    assert_eq!(
        (again.get("collected_at"), &again["status"]),
        (None, &json!("yanked"))
    );
    let unyank = "/v1/namespaces/shop/components/guest/versions/1.0.0/unyank";
    server.post(unyank, &json!({})).await.answered(200);
    assert_eq!(taken(&server).await, "1.0.0");
    let path = "/v1/audit?subject=component%20guest@1.0.0&limit=2&action=component.restore";
    let told = server.get(path).await.answered(200);
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
}

#[tokio::test]
async fn an_age_beyond_all_bounds_is_refused() {
    let server = Server::start().await;
    let body = json!({"older_than_ms": u64::MAX});
    let refused = server.post("/v1/collections", &body).await;
    refused.refused(422, "collect_age");
}

#[tokio::test]
async fn a_second_collection_at_the_same_time_is_refused() {
    let server = three_versions("^1").await;
    let mut first = server.pool().begin().await.unwrap();
    sqlx::query("select pg_advisory_xact_lock(hashtext('tasker.collect_versions'))")
        .execute(&mut *first)
        .await
        .unwrap();
    let body = json!({"older_than_ms": 0});
    let refused = server.post("/v1/collections", &body).await;
    let detail = refused.refused(409, "collecting");
    assert!(detail.contains("try again"), "{detail}");
}
