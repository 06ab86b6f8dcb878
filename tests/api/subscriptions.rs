//! Subscriptions, as their owners meet them. What is delivered is tested with the webhooks.

use super::server::{Answer, Server};
use serde_json::{Value, json};

const HOOK: &str = "/v1/namespaces/shop/subscriptions/hook";

async fn server() -> Server {
    let server = Server::start().await;
    for name in ["signing", "next"] {
        let path = format!("/v1/namespaces/shop/secrets/{name}");
        let request = server.request("PUT", &path).body("some value");
        let request = request.header("content-type", "text/plain");
        assert_eq!(request.send().await.unwrap().status(), 200);
    }
    server
}

fn with(member: &str, value: Value) -> Value {
    let mut body = json!({"to": "https://example.com/events", "secrets": ["signing"]});
    body[member] = value;
    body
}

async fn put(server: &Server, body: &Value) -> Answer {
    server.put(HOOK, body).await
}

#[tokio::test]
async fn a_subscription_is_made_shown_listed_changed_and_removed() {
    let server = server().await;
    let made = put(&server, &with("types", json!("task.*,orders.charged"))).await;
    let made = made.answered(201);
    assert_eq!(
        (&made["state"], &made["kind"], &made["created"]),
        (&json!("active"), &json!("webhook"), &json!(true))
    );
    let again = put(&server, &with("types", json!("task.*,orders.charged"))).await;
    assert_eq!(again.answered(200)["created"], false);
    let changed = put(&server, &with("secrets", json!(["signing", "next"]))).await;
    let changed = changed.answered(200);
    assert_eq!(changed["secrets"], json!(["signing", "next"]));
    assert_eq!(changed["cursor"], made["cursor"], "it keeps its position");
    let shown = server.get(HOOK).await.answered(200);
    assert_eq!(
        (&shown["types"], &shown["lag_ms"]),
        (&json!(null), &json!(0))
    );
    let list = server.get("/v1/subscriptions?namespace=shop").await;
    assert_eq!(list.answered(200)["items"][0]["name"], "hook");
    assert_eq!(server.delete(HOOK).await.status, 204);
    let gone = server
        .delete(HOOK)
        .await
        .refused(404, "unknown_subscription");
    assert!(gone.contains("shop/hook"), "{gone}");
    let audit = server
        .get("/v1/audit?namespace=shop&action=subscription")
        .await;
    let audit = audit.answered(200);
    let actions: Vec<&str> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    assert_eq!(
        actions,
        [
            "subscription.remove",
            "subscription.set",
            "subscription.set"
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_delivered_is_refused_with_the_reason() {
    let server = server().await;
    for (member, value, why) in [
        ("to", json!("http://example.com"), "https only"),
        ("to", json!("https://10.0.0.1/"), "inner address"),
        ("to", json!("example"), "not a URL"),
        ("types", json!("task.complete"), "`task.completed`"),
        ("secrets", json!([]), "from 1 to 4"),
        ("batch", json!(101), "from 1 to 100"),
        ("from", json!("yesterday"), "not a cursor"),
    ] {
        let refused = put(&server, &with(member, value)).await;
        assert_eq!(refused.status, 400, "{member}: {}", refused.text);
        let detail = refused.json["detail"].as_str().unwrap();
        assert!(detail.contains(why), "{member}: {detail}");
    }
    let missing = put(&server, &with("secrets", json!(["other"]))).await;
    let missing = missing.refused(404, "unknown_secret");
    assert!(missing.contains("shop/other"), "{missing}");
    server.get(HOOK).await.refused(404, "unknown_subscription");
}

#[tokio::test]
async fn a_subscription_is_paused_resumed_and_set_to_another_position() {
    let server = server().await;
    put(&server, &with("from", json!(null))).await.answered(201);
    let post = async |what: &str, body: Value| server.post(&format!("{HOOK}/{what}"), &body).await;
    let paused = post("pause", json!({"reason": "moved"}))
        .await
        .answered(200);
    assert_eq!(paused["state"], "paused");
    let again = post("pause", json!({})).await.answered(200);
    let untested = post("test", json!({})).await;
    untested.refused(422, "subscription_not_active");
    assert_eq!(again["state"], "paused");
    let resumed = post("resume", json!({})).await.answered(200);
    assert_eq!(resumed["state"], "active");
    let from = json!({"from": "2000-01-01T00:00:00Z"});
    let moved = post("replay", from).await.answered(200);
    assert!(moved["cursor"].as_str() < paused["cursor"].as_str());
    let wrong = post("replay", json!({"from": "7"})).await;
    wrong.refused(400, "invalid_cursor");
    let rows = server
        .get("/v1/audit?namespace=shop&action=subscription.pause")
        .await;
    let rows = rows.answered(200);
    assert_eq!(rows["items"].as_array().unwrap().len(), 1, "one changed it");
    assert_eq!(rows["items"][0]["reason"], "moved");
}

#[tokio::test]
async fn dead_letters_are_listed_page_by_page_and_asked_for_once_more() {
    let server = server().await;
    put(&server, &with("from", json!(null))).await.answered(201);
    server
        .run(
            "insert into tasker.dead_letter (subscription_id, seq, seq_index, type, reason, status, body, attempts, at)
             select subscription_id, n, 0, 'tasker.pin.set', 'the receiver answered 500', 500, 'no', 12, now()
             from tasker.subscription, generate_series(1, 3) n",
        )
        .await;
    let letters = format!("{HOOK}/dead-letters");
    let first = server
        .get(&format!("{letters}?limit=2"))
        .await
        .answered(200);
    assert_eq!(first["items"][0]["event_id"], "1-0");
    let after = first["next"].as_str().unwrap();
    let second = server
        .get(&format!("{letters}?limit=2&after={after}"))
        .await;
    assert_eq!(second.answered(200)["items"][0]["event_id"], "3-0");
    let replay = format!("{letters}/replay");
    let one = server
        .post(&replay, &json!({"id": first["items"][0]["id"]}))
        .await;
    assert_eq!(one.answered(200)["dead_letters"], 1);
    let marked = server.get(&letters).await.answered(200);
    assert_eq!(marked["items"][0]["is_replaying"], true);
    assert_eq!(marked["items"][1]["is_replaying"], false);
    let all = server.post(&replay, &json!({})).await;
    assert_eq!(all.answered(200)["dead_letters"], 3);
    let unknown = server.post(&replay, &json!({"id": 9})).await;
    unknown.refused(404, "unknown_dead_letter");
    assert_eq!(server.get(HOOK).await.answered(200)["dead_letters"], 3);
    assert_eq!(server.delete(HOOK).await.status, 204);
}
