//! What keeps a version in use.

use super::server::{Server, yaml};
use crate::sandbox::guests;
use serde_json::{Value, json};

const STEPS: &str = "steps: [{name: a, handler: guest/noop@^1}]";

/// With `guest` 1.0.0, 1.1.0 and 2.0.0, and the template `one`, which takes `^1`.
async fn three_versions() -> Server {
    let server = Server::start().await;
    for version in ["1.0.0", "1.1.0", "2.0.0"] {
        let put = server.put_component("guest", version, guests::undescribed());
        put.await.answered(201);
    }
    let yaml = yaml("one", "1.0.0", STEPS);
    let put = server.put_template("one", "1.0.0", &yaml);
    put.await.answered(201);
    server
}

async fn references(server: &Server, families: &str, name: &str, version: &str) -> Value {
    let path = format!("/v1/namespaces/shop/{families}/{name}/versions/{version}/references");
    server.get(&path).await.answered(200)
}

async fn guest(server: &Server, version: &str) -> Value {
    references(server, "components", "guest", version).await
}

#[tokio::test]
async fn a_version_is_held_by_the_templates_that_take_it_in_new_tasks() {
    let server = three_versions().await;
    let held = guest(&server, "1.1.0").await;
    assert_eq!(held["is_unreferenced"], false);
    assert_eq!(
        held["steps"],
        json!([{"namespace": "shop", "template": "one", "version": "1.0.0", "step": "a",
                "requirement": "^1", "is_only": false}])
    );
    assert_eq!(guest(&server, "1.0.0").await["is_unreferenced"], true);
    server.withdraw("guest", "1.1.0").await;
    let held = guest(&server, "1.0.0").await;
    assert_eq!(held["steps"][0]["is_only"], true, "{held}");
    let yanked = guest(&server, "1.1.0").await;
    assert_eq!(
        (&yanked["is_unreferenced"], &yanked["status"]),
        (&json!(true), &json!("yanked"))
    );
}

#[tokio::test]
async fn a_version_is_held_by_the_subscriptions_whose_events_it_takes() {
    let server = Server::start().await;
    for version in ["1.0.0", "2.0.0", "2.1.0"] {
        let put = server.put_component("counter", version, guests::subscribing());
        put.await.answered(201);
    }
    let counter = async |version: &str| references(&server, "components", "counter", version).await;
    let path = "/v1/namespaces/shop/subscriptions/totals";
    let to = |requirement: &str| json!({"to": format!("component:counter/count@{requirement}")});
    server.put(path, &to("=2.0.0")).await.answered(201);
    let held = counter("2.0.0").await;
    assert_eq!(
        held["subscriptions"],
        json!([{"namespace": "shop", "subscription": "totals", "requirement": "=2.0.0"}])
    );
    assert_eq!(held["is_unreferenced"], false);
    let uses = server
        .get("/v1/namespaces/shop/components/counter/references")
        .await
        .answered(200);
    assert_eq!(uses["subscriptions"], held["subscriptions"]);
    let other = counter("1.0.0").await;
    assert_eq!(
        (&other["subscriptions"], &other["is_unreferenced"]),
        (&json!([]), &json!(true))
    );
    assert_eq!(server.delete(path).await.status, 204);
    assert_eq!(counter("2.0.0").await["is_unreferenced"], true);
}

#[tokio::test]
async fn a_yanked_template_holds_nothing() {
    let server = three_versions().await;
    let yank = "/v1/namespaces/shop/templates/one/versions/1.0.0/yank";
    server.post(yank, &json!({})).await.answered(200);
    assert_eq!(guest(&server, "1.1.0").await["is_unreferenced"], true);
}

#[tokio::test]
async fn open_tasks_hold_what_is_in_their_lock_until_they_end() {
    let server = three_versions().await;
    let tasks = [
        server.submit("one", json!({})).await,
        server.submit("one", json!({})).await,
    ];
    server.withdraw("guest", "1.1.0").await;
    let held = guest(&server, "1.1.0").await;
    assert_eq!(
        (&held["open_tasks"], &held["oldest_tasks"]),
        (&json!(2), &json!(tasks))
    );
    assert_eq!(held["is_unreferenced"], false);
    for task in &tasks {
        let path = format!("/v1/tasks/{task}/cancel");
        server.post(&path, &json!({})).await.answered(200);
    }
    let held = guest(&server, "1.1.0").await;
    assert_eq!(
        (&held["open_tasks"], &held["is_unreferenced"]),
        (&json!(0), &json!(true))
    );
}

#[tokio::test]
async fn pins_hold_what_they_lead_to_on_both_sides_of_a_rollout() {
    let server = three_versions().await;
    server.share("shop", "guest", "bakery").await;
    let pin = "/v1/namespaces/bakery/pins/component/shop~guest";
    let base = json!({"requirement": "=1.0.0"});
    server.put(pin, &base).await.answered(200);
    let rollout = json!({"to": "2.0.0", "percent": 10});
    let path = format!("{pin}/rollout");
    server.post(&path, &rollout).await.answered(200);
    for (version, requirement, side) in
        [("1.0.0", "=1.0.0", "base"), ("2.0.0", "=2.0.0", "rollout")]
    {
        let held = guest(&server, version).await;
        assert_eq!(
            held["pins"],
            json!([{"namespace": "bakery", "target": "shop/guest", "requirement": requirement,
                    "side": side}])
        );
        assert_eq!(held["is_unreferenced"], false);
    }
}

#[tokio::test]
async fn a_pin_references_what_it_would_resolve_to_after_an_unyank() {
    let server = three_versions().await;
    let pin = "/v1/namespaces/shop/pins/component/guest";
    let to = json!({"requirement": "=1.0.0"});
    server.put(pin, &to).await.answered(200);
    server.withdraw("guest", "1.0.0").await;
    assert_eq!(guest(&server, "1.0.0").await["pins"][0]["side"], "base");
}

#[tokio::test]
async fn a_pin_references_its_rollback_target_until_that_is_yanked() {
    let server = three_versions().await;
    server.share("shop", "guest", "bakery").await;
    let pin = "/v1/namespaces/bakery/pins/component/shop~guest";
    for requirement in ["=1.0.0", "=2.0.0"] {
        let to = json!({ "requirement": requirement });
        server.put(pin, &to).await.answered(200);
    }
    let held = guest(&server, "1.0.0").await;
    assert_eq!(
        held["pins"],
        json!([{"namespace": "bakery", "target": "shop/guest", "requirement": "=1.0.0",
                "side": "rollback"}])
    );
    assert_eq!(held["is_unreferenced"], false);
    server.withdraw("guest", "1.0.0").await;
    assert_eq!(guest(&server, "1.0.0").await["is_unreferenced"], true);
}

#[tokio::test]
async fn it_is_reported_when_a_version_was_used_last_or_that_it_never_was() {
    let server = three_versions().await;
    let used = async |version: &str| {
        let held = guest(&server, version).await;
        let at = held["last_used_at"].is_string();
        (at, held["is_running"] == true, held["is_unused"] == true)
    };
    assert_eq!(used("1.1.0").await, (false, false, true));
    server.submit("one", json!({})).await;
    assert_eq!(used("1.1.0").await, (true, false, false));
    server
        .run(
            "update tasker.step set state = 'running', ready_at = null, worker_id = 7, deadline_at = now(),
                    attempt = 1;
             delete from tasker.queue",
        )
        .await;
    assert_eq!(used("1.1.0").await, (true, true, false));
    server
        .run(
            "update tasker.step set state = 'complete', worker_id = null, deadline_at = null, finished_at = now(), result = 'null';
             update tasker.task set state = 'complete', finished_at = now();
             update tasker.lock set created_at = created_at - interval '31 days'",
        )
        .await;
    assert_eq!(used("1.1.0").await, (true, false, false));
    assert_eq!(used("1.0.0").await, (false, false, true));
}

#[tokio::test]
async fn the_highest_stable_version_is_the_default() {
    let server = three_versions().await;
    assert_eq!(guest(&server, "2.0.0").await["is_default"], true);
    assert_eq!(guest(&server, "1.1.0").await["is_default"], false);
}

#[tokio::test]
async fn a_template_is_held_by_its_tasks_by_its_pin_or_as_the_default() {
    let server = three_versions().await;
    let second = yaml("one", "1.1.0", STEPS);
    let put = server.put_template("one", "1.1.0", &second);
    put.await.answered(201);
    let references_of =
        async |version: &str| references(&server, "templates", "one", version).await;
    assert_eq!(references_of("1.0.0").await["is_unreferenced"], true);
    let default = references_of("1.1.0").await;
    assert_eq!(
        (&default["is_unreferenced"], &default["is_default"]),
        (&json!(false), &json!(true))
    );
    let pin = "/v1/namespaces/shop/pins/template/one";
    let to = json!({"requirement": "=1.0.0"});
    server.put(pin, &to).await.answered(200);
    assert_eq!(references_of("1.1.0").await["is_unreferenced"], true);
    assert_eq!(
        references_of("1.0.0").await["pins"][0]["requirement"],
        "=1.0.0"
    );
    let task = server.submit("one", json!({})).await;
    let held = references_of("1.0.0").await;
    assert_eq!(held["oldest_tasks"], json!([task]));
    assert!(held["last_used_at"].is_string(), "{held}");
}

#[tokio::test]
async fn what_does_not_exist_has_no_references() {
    let server = three_versions().await;
    for (path, code) in [
        ("components/guest/versions/9.0.0", "unknown_version"),
        ("components/none/versions/1.0.0", "unknown_component"),
        ("templates/one/versions/9.0.0", "unknown_version"),
        ("templates/none/versions/1.0.0", "unknown_template"),
    ] {
        let path = format!("/v1/namespaces/shop/{path}/references");
        server.get(&path).await.refused(404, code);
    }
}
