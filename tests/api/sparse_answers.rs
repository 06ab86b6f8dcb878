//! Answers with only the members that are asked for.

use super::server::Server;
use super::withdrawals::two_versions;
use serde_json::json;

const PIN: &str = "/v1/namespaces/shop/pins/component/guest";

async fn pinned() -> Server {
    let server = two_versions().await;
    let body = json!({"requirement": "=1.0.0"});
    server.put(PIN, &body).await.answered(200);
    let step = json!({"to": "1.1.0", "percent": 12.5});
    server
        .post(&format!("{PIN}/rollout"), &step)
        .await
        .answered(200);
    server
}

#[tokio::test]
async fn an_answer_has_only_the_members_that_are_named() {
    let server = pinned().await;
    let pin = server
        .get(&format!("{PIN}?fields=requirement,rollout.percent"))
        .await;
    let expected = json!({"requirement": "=1.0.0", "rollout": {"percent": 12.5}});
    assert_eq!(pin.answered(200), expected);
    let twice = server
        .get(&format!("{PIN}?fields=requirement&fields=rollout.percent"))
        .await;
    assert_eq!(twice.answered(200), expected);
}

#[tokio::test]
async fn of_a_page_each_item_has_only_the_members_that_are_named() {
    let server = pinned().await;
    let page = server.get("/v1/components?namespace=shop&fields=name&limit=1");
    let page = page.await.answered(200);
    assert_eq!(page, json!({"items": [{"name": "guest"}], "next": null}));
    for (list, field) in [
        ("tasks", "id"),
        ("templates", "name"),
        ("pins", "target"),
        ("events", "type"),
        ("namespaces", "name"),
        ("keys", "name"),
        ("audit", "action"),
        ("subscriptions", "name"),
    ] {
        let page = server.get(&format!("/v1/{list}?fields={field}")).await;
        let page = page.answered(200);
        let items = page["items"].as_array().unwrap().iter();
        let members = items.flat_map(|item| item.as_object().unwrap().keys());
        assert!(members.into_iter().all(|it| it == field), "{list}: {page}");
    }
}

#[tokio::test]
async fn a_member_that_no_answer_has_is_refused_with_those_that_there_are() {
    let server = pinned().await;
    let detail = server
        .get(&format!("{PIN}?fields=colour"))
        .await
        .refused(400, "invalid_parameter");
    assert!(
        detail.starts_with(
            "fields: there is no member `colour`; there are created_at, created_by, etag,"
        ),
        "{detail}"
    );
    let detail = server
        .get("/v1/pins?fields=rollout.share")
        .await
        .refused(400, "invalid_parameter");
    assert!(
        detail.contains("there is no member `share` in `rollout`; there are guard,"),
        "{detail}"
    );
    // Where any member may be there, an empty name is none either.
    for empty in ["/v1/pins?fields=", &format!("{PIN}/history?fields=id,")] {
        let refused = server.get(empty).await;
        refused.refused(400, "invalid_parameter");
    }
}

#[tokio::test]
async fn a_sparse_answer_has_a_tag_of_its_own() {
    let server = pinned().await;
    let (whole, sparse) = (
        server.get("/v1/pins").await,
        server.get("/v1/pins?fields=target").await,
    );
    assert_ne!(whole.etag, sparse.etag);
    let names = server.get("/v1/pins?fields=target").await;
    assert_eq!(names.etag, sparse.etag);
}

#[tokio::test]
async fn numbers_keep_their_digits_and_payloads_are_kept_whole() {
    let server = pinned().await;
    let id = server.submit("one", json!({"amount": 1})).await;
    let task = server
        .get(&format!("/v1/tasks/{id}?fields=input,step_counts"))
        .await;
    let task = task.answered(200);
    assert_eq!(task["input"], json!({"amount": 1}));
    assert_eq!(task.as_object().unwrap().len(), 2);
    let amount = server
        .get(&format!("/v1/tasks/{id}?fields=input.amount"))
        .await;
    assert_eq!(amount.answered(200), json!({"input": {"amount": 1}}));
}
