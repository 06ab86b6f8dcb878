//! Tags: what a caller marks tasks with, and what is found by them.

use super::server::Server;
use serde_json::{Value, json};

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

/// Submits a task with tags; its id.
async fn submit(server: &Server, template: &str, tags: &[&str]) -> String {
    let body = json!({"namespace": "shop", "template": template, "tags": tags});
    let made = server.post("/v1/tasks", &body).await.answered(201);
    made["task"]["id"].as_str().unwrap().to_owned()
}

/// The ids of a list.
async fn listed(server: &Server, query: &str) -> Vec<String> {
    let page = server
        .get(&format!("/v1/tasks?{query}"))
        .await
        .answered(200);
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|task| task["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn tasks_are_found_by_their_tags_newest_first() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server.publish("two", STEPS).await;
    let first = submit(&server, "one", &["nightly", "customer:7", "nightly"]).await;
    let second = submit(&server, "two", &["nightly"]).await;
    submit(&server, "one", &[]).await;
    let third = submit(&server, "one", &["night"]).await;

    let shown = server
        .get(&format!("/v1/tasks/{first}"))
        .await
        .answered(200);
    assert_eq!(shown["tags"], json!(["customer:7", "nightly"]));
    let all = [second.clone(), first.clone()];
    assert_eq!(listed(&server, "tag=nightly").await, all);
    assert_eq!(listed(&server, "tag=nightly&namespace=shop").await, all);
    assert_eq!(listed(&server, "tag=customer:7").await, all[1..]);
    assert_eq!(listed(&server, "tag=night").await, [third]);
    let of_template = "tag=nightly&namespace=shop&template=two";
    assert_eq!(listed(&server, of_template).await, all[..1]);
    assert_eq!(
        listed(&server, "tag=nightly&namespace=other").await.len(),
        0
    );

    let cancel = format!("/v1/tasks/{second}/cancel");
    server
        .post(&cancel, &json!({"reason": "enough"}))
        .await
        .answered(200);
    let cancelled = listed(&server, "tag=nightly&state=cancelled").await;
    assert_eq!(cancelled, [second]);
    assert_eq!(listed(&server, "tag=nightly&state=pending").await, [first]);
}

#[tokio::test]
async fn a_list_by_tag_has_pages() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let submits = vec![json!({"namespace": "shop", "template": "one", "tags": ["all"]}); 25];
    server
        .post("/v1/tasks", &json!(submits))
        .await
        .answered(200);
    let (mut found, mut query) = (Vec::new(), "tag=all&limit=10".to_owned());
    loop {
        let page = server
            .get(&format!("/v1/tasks?{query}"))
            .await
            .answered(200);
        let items = page["items"].as_array().unwrap().iter();
        found.extend(items.map(|task| task["id"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        query = format!("tag=all&limit=10&after={next}");
    }
    assert_eq!(found.len(), 25);
    assert!(found.is_sorted_by(|newer, older| newer > older));
}

#[tokio::test]
async fn what_is_no_tag_is_refused_with_its_form() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let many: Vec<String> = (0..17).map(|no| format!("t{no}")).collect();
    for (tags, says) in [
        (json!(["a b"]), "the tag `a b`"),
        (json!([""]), "1 to 64 letters"),
        (json!(["x".repeat(65)]), "1 to 64 letters"),
        (json!(["{a,b}"]), "1 to 64 letters"),
        (json!(many), "at most 16 tags"),
    ] {
        let body = json!({"namespace": "shop", "template": "one", "tags": tags});
        let refused = server.post("/v1/tasks", &body).await;
        let detail = refused.refused(400, "invalid_body");
        assert!(detail.contains(says), "{detail}");
    }
    let detail = server
        .get("/v1/tasks?tag=a%20b")
        .await
        .refused(400, "invalid_parameter");
    assert!(detail.contains("the tag `a b`"), "{detail}");
}

#[tokio::test]
async fn a_submit_with_the_same_identity_is_the_same_task_whatever_its_tags() {
    let server = Server::start().await;
    server
        .publish("one", &format!("identity: strict\n{STEPS}"))
        .await;
    let first = submit(&server, "one", &["a"]).await;
    let body = json!({"namespace": "shop", "template": "one", "tags": ["b"]});
    let again = server.post("/v1/tasks", &body).await;
    let detail = again.refused(409, "duplicate_task");
    assert!(detail.contains(&first), "{detail}");
    assert_eq!(listed(&server, "tag=b").await.len(), 0);
}

#[tokio::test]
async fn events_are_asked_for_by_the_tag_of_their_task() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let tagged = submit(&server, "one", &["nightly", "vip"]).await;
    submit(&server, "one", &["weekly"]).await;
    let page = server
        .get("/v1/events?types=task.created&tag=vip")
        .await
        .answered(200);
    let items = page["items"].as_array().unwrap();
    let of: Vec<(&Value, &Value)> = items
        .iter()
        .map(|event| (&event["data"]["task_id"], &event["data"]["tags"]))
        .collect();
    assert_eq!(of, [(&json!(tagged), &json!(["nightly", "vip"]))]);
}
