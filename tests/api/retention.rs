use super::server::Server;
use serde_json::{Value, json};

const PATH: &str = "/v1/namespaces/shop/retention";
const DAY_MS: u64 = 86_400_000;

/// A rule as it is answered where it was removed: there is nothing to change on condition.
fn without_tag(mut rule: Value) -> Value {
    assert!(rule.as_object_mut().unwrap().remove("etag").is_some());
    rule
}

#[tokio::test]
async fn retention_is_set_as_a_whole_shown_and_removed() {
    let server = Server::start().await;
    let none = server.get(PATH).await.answered(200);
    assert_eq!(
        none,
        json!({"namespace": "shop", "complete_ms": null, "error_ms": null, "cancelled_ms": null,
               "keys_ms": null, "set_at": null, "set_by": null})
    );
    let rule = json!({"complete_ms": 30 * DAY_MS, "error_ms": 90 * DAY_MS, "reason": "as agreed"});
    let set = server.put(PATH, &rule).await.answered(200);
    assert_eq!(
        (&set["complete_ms"], &set["cancelled_ms"], &set["set_by"]),
        (&json!(30 * DAY_MS), &json!(null), &json!("admin"))
    );
    assert_eq!(server.put(PATH, &rule).await.answered(200), set);
    let other = json!({"cancelled_ms": DAY_MS});
    let other = server.put(PATH, &other).await.answered(200);
    assert_eq!(
        (&other["complete_ms"], &other["cancelled_ms"]),
        (&json!(null), &json!(DAY_MS))
    );
    assert_eq!(server.get(PATH).await.answered(200), other);
    let removed = server.delete(PATH).await.answered(200);
    assert_eq!(removed, without_tag(other));
    server.delete(PATH).await.refused(404, "unknown_retention");
    let changes = server.get("/v1/audit?action=retention").await.answered(200);
    let actions: Vec<_> = changes["items"].as_array().unwrap().iter().collect();
    let actions: Vec<_> = actions
        .iter()
        .map(|change| (&change["action"], &change["detail"]["after"]["complete_ms"]))
        .collect();
    assert_eq!(
        actions,
        [
            (&json!("retention.remove"), &json!(null)),
            (&json!("retention.set"), &json!(null)),
            (&json!("retention.set"), &json!(30 * DAY_MS)),
        ]
    );
}

#[tokio::test]
async fn times_that_are_too_short_or_too_long_or_none_are_refused() {
    let server = Server::start().await;
    for rule in [
        json!({"error_ms": 59_999}),
        json!({"error_ms": 36_501 * DAY_MS}),
        json!({"complete_ms": null}),
    ] {
        let refused = server.put(PATH, &rule).await;
        refused.refused(422, "invalid_retention");
    }
}

#[tokio::test]
async fn a_rule_for_all_is_shown_for_namespaces_without_one() {
    let server = Server::start().await;
    let all = json!({"complete_ms": 30 * DAY_MS});
    let all = server.put("/v1/retention", &all).await.answered(200);
    assert_eq!(
        (&all["namespace"], &all["set_by"]),
        (&json!("*"), &json!("admin"))
    );
    assert_eq!(server.get(PATH).await.answered(200), all);
    let own = json!({"error_ms": DAY_MS});
    let own = server.put(PATH, &own).await.answered(200);
    assert_eq!(server.get(PATH).await.answered(200), own);
    let page = server.get("/v1/retention?limit=1").await.answered(200);
    assert_eq!((&page["items"][0], &page["next"]), (&all, &json!("*")));
    let next = server.get("/v1/retention?after=*").await.answered(200);
    assert_eq!((&next["items"][0], &next["next"]), (&own, &json!(null)));
    let kept = server
        .put(PATH, &json!({"for_ever": true}))
        .await
        .answered(200);
    assert_eq!(kept["error_ms"], json!(null));
    assert_eq!(server.get(PATH).await.answered(200), kept);
    server.delete(PATH).await.answered(200);
    let removed = server.delete("/v1/retention").await.answered(200);
    assert_eq!(removed, without_tag(all));
    server
        .delete("/v1/retention")
        .await
        .refused(404, "unknown_retention");
    for (path, rule) in [
        ("/v1/retention", json!({"for_ever": true})),
        ("/v1/retention", json!({})),
        (PATH, json!({"for_ever": true, "error_ms": DAY_MS})),
    ] {
        server
            .put(path, &rule)
            .await
            .refused(422, "invalid_retention");
    }
}

#[tokio::test]
async fn rules_are_listed_page_by_page_and_by_namespace() {
    let server = Server::start().await;
    for namespace in ["bakery", "shop", "garden"] {
        let path = format!("/v1/namespaces/{namespace}/retention");
        let rule = json!({"complete_ms": DAY_MS, "error_ms": DAY_MS});
        server.put(&path, &rule).await.answered(200);
    }
    let page = server.get("/v1/retention?limit=2").await.answered(200);
    let names = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items
            .map(|rule| rule["namespace"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&page), ["bakery", "garden"]);
    let next = format!("/v1/retention?after={}", page["next"].as_str().unwrap());
    assert_eq!(names(&server.get(&next).await.answered(200)), ["shop"]);
    let own = server.get("/v1/retention?namespace=shop").await;
    assert_eq!(names(&own.answered(200)), ["shop"]);
}

#[tokio::test]
async fn a_task_that_was_deleted_is_not_found_and_the_answer_says_why_that_may_be() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let id = server.submit("one", json!({})).await;
    server
        .execute("update tasker.task set state = 'cancelled', finished_at = now()")
        .await;
    server
        .execute("select tasker.delete_finished_tasks(array(select task_id from tasker.task))")
        .await;
    let detail = server
        .get(&format!("/v1/tasks/{id}"))
        .await
        .refused(404, "unknown_task");
    assert!(detail.contains("keeps such tasks no longer"), "{detail}");
}
