//! What becomes of a pin over time: its history, and the way back.

use super::rollouts::{PIN, pinned, rollout};
use super::server::Server;
use serde_json::{Value, json};

async fn set(server: &Server, requirement: &str) {
    let body = json!({"requirement": requirement});
    server.put(PIN, &body).await.answered(200);
}

async fn rolled_back(server: &Server) -> Value {
    let body = json!({"reason": "it is broken"});
    let answer = server.post(&format!("{PIN}/rollback"), &body).await;
    answer.answered(200)
}

async fn history(server: &Server, query: &str) -> Value {
    server
        .get(&format!("{PIN}/history{query}"))
        .await
        .answered(200)
}

async fn version_of_new_task(server: &Server) -> Value {
    let id = server.submit("one", json!({})).await;
    let task = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    task["lock"][0]["version"].clone()
}

#[tokio::test]
async fn a_rollout_is_rolled_back_to_where_it_began_for_the_very_next_task_of_every_host() {
    let server = pinned().await;
    let other = server.second_host().await;
    rollout(&server, "1.1.0", 99.99).await;
    assert_eq!(version_of_new_task(&other).await, "1.1.0");
    let pin = rolled_back(&server).await;
    assert_eq!(
        (&pin["requirement"], &pin["rollout"]),
        (&json!("=1.0.0"), &Value::Null)
    );
    assert_eq!(version_of_new_task(&other).await, "1.0.0");
    assert_eq!(version_of_new_task(&server).await, "1.0.0");
}

#[tokio::test]
async fn without_a_rollout_changes_are_taken_back_one_after_the_other() {
    let server = pinned().await;
    for requirement in ["=1.1.0", "^1"] {
        set(&server, requirement).await;
    }
    assert_eq!(rolled_back(&server).await["requirement"], "=1.1.0");
    assert_eq!(rolled_back(&server).await["requirement"], "=1.0.0");
    let path = format!("{PIN}/rollback");
    let detail = server
        .post(&path, &json!({}))
        .await
        .refused(409, "nothing_to_roll_back");
    assert!(
        detail.contains("the pin had no other version before =1.0.0"),
        "{detail}"
    );
}

#[tokio::test]
async fn a_rollout_that_was_completed_is_taken_back() {
    let server = pinned().await;
    rollout(&server, "1.1.0", 10.0).await;
    rollout(&server, "1.1.0", 100.0).await;
    assert_eq!(rolled_back(&server).await["requirement"], "=1.0.0");
    assert_eq!(version_of_new_task(&server).await, "1.0.0");
}

#[tokio::test]
async fn a_pin_that_is_not_there_is_not_rolled_back() {
    let server = pinned().await;
    let path = "/v1/namespaces/shop/pins/component/other";
    let rollback = format!("{path}/rollback");
    server
        .post(&rollback, &json!({}))
        .await
        .refused(404, "unknown_pin");
    let history = format!("{path}/history");
    server.get(&history).await.refused(404, "unknown_pin");
}

#[tokio::test]
async fn a_rollback_to_an_ineligible_version_is_refused() {
    let server = pinned().await;
    set(&server, "=1.1.0").await;
    server.withdraw("guest", "1.0.0").await;
    let path = format!("{PIN}/rollback");
    let detail = server
        .post(&path, &json!({}))
        .await
        .refused(422, "pin_matches_nothing");
    assert!(detail.contains("1.0.0 (yanked)"), "{detail}");
}

#[tokio::test]
async fn the_history_shows_who_did_what_why_from_what_to_what() {
    let server = pinned().await;
    let body = json!({"to": "1.1.0", "percent": 10, "reason": "faster"});
    server
        .post(&format!("{PIN}/rollout"), &body)
        .await
        .answered(200);
    rolled_back(&server).await;
    server.delete(&format!("{PIN}?reason=not%20needed")).await;
    let page = history(&server, "").await;
    let items = page["items"].as_array().unwrap();
    let told: Vec<_> = items
        .iter()
        .map(|it| {
            (
                &it["actor"],
                &it["action"],
                &it["reason"],
                &it["from"],
                &it["to"],
            )
        })
        .map(|(a, b, c, d, e)| format!("{a} {b} {c} {d} {e}").replace('"', ""))
        .collect();
    assert_eq!(
        told,
        [
            "admin pin.remove not needed =1.0.0 null",
            "admin pin.rollback it is broken =1.0.0 =1.0.0",
            "admin pin.rollout faster =1.0.0 =1.0.0",
            "admin pin.set  null =1.0.0",
        ]
    );
    let rollout = &items[2]["rollout_to"];
    let said = (
        &rollout["requirement"],
        &rollout["percent"],
        &rollout["state"],
    );
    assert_eq!(said, (&json!("=1.1.0"), &json!(10.0), &json!("running")));
    assert_eq!(rollout["guard"]["window"], "5m");
    assert_eq!(items[2]["rollout_from"], Value::Null);
    assert_eq!(
        (&items[1]["rollout_from"], &items[1]["rollout_to"]),
        (rollout, &Value::Null)
    );
    let first = history(&server, "?limit=3").await;
    let next = first["next"].as_str().unwrap();
    let rest = history(&server, &format!("?limit=3&after={next}")).await;
    assert_eq!(
        (&rest["items"][0], &rest["next"]),
        (&items[3], &Value::Null)
    );
    let wrong = format!("{PIN}/history?after=one");
    server.get(&wrong).await.refused(400, "invalid_parameter");
}

/// Yanks the version; what became of each pin.
async fn yank_and_list(server: &Server, version: &str) -> Vec<String> {
    let yank = format!("/v1/namespaces/shop/components/guest/versions/{version}/yank");
    let yanked = server.post(&yank, &json!({"reason": "it leaks"})).await;
    let yanked = yanked.answered(200);
    let text = |it: &Value, member: &str| it[member].as_str().unwrap().to_owned();
    let fell = yanked["pins"].as_array().cloned().unwrap_or_default();
    let fell = fell.iter().map(|it| {
        let (from, to) = (text(it, "from"), text(it, "to"));
        format!("{}: {from} ⇒ {to}", text(it, "namespace"))
    });
    let unresolvable = yanked["unresolvable_pins"].as_array();
    let unresolvable = unresolvable.cloned().unwrap_or_default();
    let unresolvable = unresolvable.iter().map(|it| {
        let requirement = text(it, "requirement");
        format!("{}: {requirement} has nothing left", text(it, "namespace"))
    });
    fell.chain(unresolvable).collect()
}

#[tokio::test]
async fn pins_of_every_namespace_are_rolled_back_when_their_version_is_ineligible() {
    let server = pinned().await;
    set(&server, "=1.1.0").await;
    server.share("shop", "guest", "*").await;
    let foreign = "/v1/namespaces/bakery/pins/component/shop~guest";
    for requirement in ["=1.0.0", "=1.1.0"] {
        let body = json!({"requirement": requirement});
        server.put(foreign, &body).await.answered(200);
    }
    let unmoved = "/v1/namespaces/cafe/pins/component/shop~guest";
    server
        .put(unmoved, &json!({"requirement": "^1"}))
        .await
        .answered(200);
    assert_eq!(
        yank_and_list(&server, "1.1.0").await,
        ["bakery: =1.1.0 ⇒ =1.0.0", "shop: =1.1.0 ⇒ =1.0.0"]
    );
    assert_eq!(version_of_new_task(&server).await, "1.0.0");
    let last = &history(&server, "?limit=1").await["items"][0];
    assert_eq!(
        (&last["action"], &last["reason"]),
        (
            &json!("pin.rollback"),
            &json!("1.1.0 is ineligible: it leaks")
        )
    );
    // What was taken back is not taken back again.
    let path = format!("{PIN}/rollback");
    server
        .post(&path, &json!({}))
        .await
        .refused(409, "nothing_to_roll_back");
}

#[tokio::test]
async fn a_rollout_to_an_ineligible_version_ends_and_an_unresolvable_pin_stays() {
    let server = pinned().await;
    rollout(&server, "1.1.0", 10.0).await;
    assert_eq!(
        yank_and_list(&server, "1.1.0").await,
        ["shop: =1.0.0 → =1.1.0 10 % ⇒ =1.0.0"]
    );
    assert_eq!(
        yank_and_list(&server, "1.0.0").await,
        ["shop: =1.0.0 has nothing left"]
    );
    let submit = json!({"namespace": "shop", "template": "one"});
    let detail = server
        .post("/v1/tasks", &submit)
        .await
        .refused(422, "unresolved");
    assert!(
        detail.contains("1.0.0 (yanked)") && detail.contains("pin =1.0.0"),
        "{detail}"
    );
}
