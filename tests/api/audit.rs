//! Who changed what, and who may read it.

use super::server::Server;
use serde_json::json;

#[tokio::test]
async fn changes_are_listed_from_the_newest_and_found_by_what_they_are_about() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let pin = "/v1/namespaces/shop/pins/component/guest";
    let body = json!({"requirement": "1", "reason": "a trial"});
    server.put(pin, &body).await.answered(200);
    server.delete(pin).await;

    let all = server.get("/v1/audit?limit=2").await.answered(200);
    assert_eq!(
        (&all["items"][0]["action"], &all["items"][1]["action"]),
        (&json!("pin.remove"), &json!("pin.set"))
    );
    let next = all["next"].as_str().unwrap();
    let older = server.get(&format!("/v1/audit?before={next}")).await;
    assert_eq!(
        older.answered(200)["items"][0]["action"],
        "template.publish"
    );
    let subject = "/v1/audit?namespace=shop&subject=pin%20component%20guest&action=pin";
    let found = server.get(subject).await.answered(200);
    let items = found["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(
        (&items[1]["actor"], &items[1]["reason"]),
        (&json!("admin"), &json!("a trial"))
    );
    assert_eq!(items[1]["detail"], json!({"from": null, "to": "1"}));
    server
        .get("/v1/audit?action=%00")
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn a_reader_of_one_namespace_sees_its_changes_only() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let permissions = json!([{"namespace": "shop", "actions": ["read"]}]);
    let body = json!({"name": "reader", "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    let reader = server.asked_with(made["key"].as_str());
    let seen = reader.get("/v1/audit").await.answered(200);
    let items = seen["items"].as_array().unwrap();
    assert!(!items.is_empty() && items.iter().all(|item| item["namespace"] == "shop"));
}
