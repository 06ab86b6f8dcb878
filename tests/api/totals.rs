//! How many items lists have, and in which order they come.

use super::server::{Server, answer};
use super::withdrawals::two_versions;
use serde_json::json;

async fn total(server: &Server, list: &str) -> serde_json::Value {
    let page = server.get(&format!("/v1/{list}")).await.answered(200);
    page["total"].clone()
}

#[tokio::test]
async fn a_list_says_how_many_items_are_on_all_its_pages_where_that_is_asked() {
    let server = two_versions().await;
    let grants = [("kv a", 201), ("kv b", 201)];
    for (capability, status) in grants {
        let grant = json!({"component": "guest", "capability": capability});
        server
            .post("/v1/namespaces/shop/grants", &grant)
            .await
            .answered(status);
    }
    let limit = json!({"limits": {"memory": "64MiB"}});
    let limits = server.request("PATCH", "/v1/namespaces/shop/limits/guest");
    answer(limits.json(&limit)).await.answered(200);
    let record = server.request("PUT", "/v1/namespaces/shop/recording-rules/guest");
    answer(record.json(&json!({"percent": 1})))
        .await
        .answered(200);
    let pin = json!({"requirement": "^1"});
    server
        .put("/v1/namespaces/shop/pins/component/guest", &pin)
        .await
        .answered(200);
    server.share("shop", "guest", "bakery").await;
    for (list, count) in [
        ("components", 1),
        ("templates", 1),
        ("pins", 1),
        ("namespaces", 1),
        ("keys", 1),
        ("secrets", 0),
        ("subscriptions", 0),
        ("grants", 2),
        ("limits", 1),
        ("recording-rules", 1),
        ("shares", 1),
    ] {
        for how in ["exact", "estimate"] {
            let found = total(&server, &format!("{list}?count={how}&limit=1")).await;
            assert_eq!(
                found,
                json!({"count": count, "is_exact": true}),
                "{list} {how}"
            );
        }
        assert_eq!(total(&server, list).await, json!(null), "{list}");
    }
    let first = server.get("/v1/grants?limit=1").await.answered(200);
    let after = first["next"].as_str().unwrap();
    let rest = total(&server, &format!("grants?count=exact&after={after}")).await;
    assert_eq!(rest["count"], 2, "it is of all pages");
    let audit = total(
        &server,
        "audit?namespace=shop&action=grant&count=exact&limit=1",
    )
    .await;
    assert_eq!(audit, json!({"count": 2, "is_exact": true}));
}

#[tokio::test]
async fn tasks_are_counted_as_they_are_filtered() {
    let server = two_versions().await;
    let submit = |tags: &[&str]| json!({"namespace": "shop", "template": "one", "tags": tags});
    for tags in [&["red"][..], &["red", "blue"], &[]] {
        server.post("/v1/tasks", &submit(tags)).await.answered(201);
    }
    let id = server.submit("one", json!({})).await;
    server
        .post(&format!("/v1/tasks/{id}/cancel"), &json!({}))
        .await
        .answered(200);
    for (filter, count) in [
        ("", 4),
        ("namespace=shop&", 4),
        ("template=one&", 4),
        ("template=two&", 0),
        ("state=pending&", 3),
        ("state=cancelled&", 1),
        ("state=error&", 0),
        ("state=complete&", 0),
        ("namespace=shop&template=one&state=pending&", 3),
        ("namespace=shop&state=cancelled&", 1),
        ("tag=red&", 2),
        ("tag=red&namespace=shop&template=one&state=pending&", 2),
        ("tag=blue&state=cancelled&", 0),
        ("state=pending,in_progress&", 3),
        ("state=error,cancelled&", 1),
        ("template=one&state=cancelled,pending&", 4),
    ] {
        let found = total(&server, &format!("tasks?{filter}count=exact&limit=1")).await;
        assert_eq!(found, json!({"count": count, "is_exact": true}), "{filter}");
    }
}

#[tokio::test]
async fn a_caller_is_told_the_number_of_what_it_may_see() {
    let server = two_versions().await;
    server.submit("one", json!({})).await;
    let body =
        json!({"name": "baker", "permissions": [{"namespace": "bakery", "actions": ["read"]}]});
    let key = server.post("/v1/keys", &body).await.answered(201);
    let baker = server.asked_with(key["key"].as_str());
    for list in ["tasks", "components", "pins"] {
        let page = baker.get(&format!("/v1/{list}?count=exact")).await;
        assert_eq!(page.answered(200)["total"]["count"], 0, "{list}");
    }
}

#[tokio::test]
async fn a_count_of_another_kind_or_of_what_is_no_list_is_refused() {
    let server = two_versions().await;
    for wrong in [
        "tasks?count=all",
        "tasks?count=",
        "tasks?count=exact&count=exact",
        "events/stream?count=exact",
    ] {
        server
            .get(&format!("/v1/{wrong}"))
            .await
            .refused(400, "invalid_parameter");
    }
}

#[tokio::test]
async fn tasks_are_listed_from_the_oldest_on_where_that_is_asked_page_by_page() {
    let server = two_versions().await;
    let mut submitted = Vec::new();
    for tags in [&["red"][..], &[], &["red"]] {
        let submit = json!({"namespace": "shop", "template": "one", "tags": tags});
        let made = server.post("/v1/tasks", &submit).await.answered(201);
        submitted.push(made["task"]["id"].as_str().unwrap().to_owned());
    }
    let cancel = format!("/v1/tasks/{}/cancel", submitted[1]);
    server.post(&cancel, &json!({})).await.answered(200);
    for (filter, wanted) in [
        ("", vec![0, 1, 2]),
        ("namespace=shop&", vec![0, 1, 2]),
        ("namespace=shop&state=pending&", vec![0, 2]),
        ("state=pending&", vec![0, 2]),
        ("state=cancelled&", vec![1]),
        ("template=one&state=cancelled&", vec![1]),
        ("state=pending,cancelled&", vec![0, 1, 2]),
        ("state=cancelled&state=pending&", vec![0, 1, 2]),
        ("template=one&state=error,cancelled,pending&", vec![0, 1, 2]),
        ("state=cancelled,error,cancelled&", vec![1]),
        ("namespace=shop&state=complete,cancelled&", vec![1]),
        ("tag=red&", vec![0, 2]),
        ("tag=red&state=error,pending&", vec![0, 2]),
        ("tag=red&state=pending&", vec![0, 2]),
    ] {
        for (order, is_newest_first) in [("created_at", false), ("-created_at", true)] {
            let mut ids: Vec<&str> = wanted
                .iter()
                .map(|it: &usize| submitted[*it].as_str())
                .collect();
            if is_newest_first {
                ids.reverse();
            }
            let mut after = String::new();
            for id in ids {
                let list = format!("/v1/tasks?{filter}order={order}&limit=1{after}");
                let page = server.get(&list).await.answered(200);
                assert_eq!(page["items"][0]["id"], id, "{list}");
                after = page["next"]
                    .as_str()
                    .map_or_else(String::new, |next| format!("&after={next}"));
            }
            assert_eq!(after, "", "{filter}{order}: the last page has no next one");
        }
    }
    server
        .get("/v1/tasks?order=state")
        .await
        .refused(400, "invalid_parameter");
}
