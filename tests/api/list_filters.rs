//! Filters that take several values, and how much the feed has of what they let through.

use super::filled::{filled, items, lists, page_by_page};
use super::server::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn a_list_has_what_is_of_any_of_several_namespaces() {
    let (server, _) = filled().await;
    for list in [
        "limits",
        "secrets",
        "grants",
        "shares",
        "queue",
        "retention",
        "components",
        "templates",
        "pins",
        "subscriptions",
        "audit",
    ] {
        let all = items(
            &server
                .get(&format!("/v1/{list}?limit=500"))
                .await
                .answered(200),
        );
        for namespaces in [
            "shop,bakery",
            "bakery,shop,bakery",
            "bakery&namespace=shop",
            "shop",
        ] {
            let path = format!("/v1/{list}?namespace={namespaces}&count=exact");
            let of = |item: &&Value| {
                let namespace = item[1].as_str().unwrap_or_default();
                namespaces.contains(namespace) || (list == "retention" && namespace == "*")
            };
            let mut wanted: Vec<Value> = match (list, namespaces) {
                // Those that others make for it are listed too.
                ("shares", _) => all.clone(),
                _ => all.iter().filter(of).cloned().collect(),
            };
            if list == "audit" {
                wanted.retain(|item| item[1].is_string());
            }
            let page = server.get(&format!("{path}&limit=500")).await.answered(200);
            assert_eq!(items(&page), wanted, "{path}");
            assert_eq!(page["total"]["count"], wanted.len(), "{path}");
            assert_eq!(page_by_page(&server, &path, 1).await, wanted, "{path}");
            wanted.reverse();
            let key = lists("")
                .into_iter()
                .find(|it| it.path == format!("/v1/{list}"))
                .unwrap();
            let [up, down] = key.orders;
            let other = if key.default == up { down } else { up };
            let reversed = page_by_page(&server, &format!("{path}&order={other}"), 2).await;
            assert_eq!(reversed, wanted, "{path}");
        }
    }
    let many: Vec<String> = (0..21).map(|n| format!("n{n}")).collect();
    let detail = server
        .get(&format!("/v1/pins?namespace={}", many.join(",")))
        .await;
    let detail = detail.refused(400, "invalid_parameter");
    assert!(detail.contains("up to 20 values"), "{detail}");
    server
        .get("/v1/components?namespace=shop,nowhere")
        .await
        .refused(404, "unknown_namespace");
}

#[tokio::test]
async fn tasks_and_changes_are_those_of_any_of_several_values() {
    let (server, _) = filled().await;
    let counts = async |list: &str| {
        let page = server
            .get(&format!("/v1/{list}&count=exact"))
            .await
            .answered(200);
        assert_eq!(page["total"]["count"], items(&page).len(), "{list}");
        items(&page).len()
    };
    assert_eq!(counts("tasks?template=two,three").await, 2);
    assert_eq!(counts("tasks?template=two&template=one").await, 4);
    assert_eq!(
        counts("tasks?namespace=shop,bakery&template=one,two,two").await,
        4
    );
    assert_eq!(counts("tasks?namespace=bakery,pastry").await, 0);
    assert_eq!(
        counts("tasks?template=one,two&state=cancelled,pending").await,
        4
    );
    let all = counts("tasks?limit=50").await;
    assert!(all > 4);
    assert_eq!(counts("tasks?since=2026-01-01T00:00:00Z").await, all);
    assert_eq!(counts("tasks?until=2026-01-01T00:00:00Z").await, 0);
    let both = counts("audit?action=pin.set,share.add").await;
    assert_eq!(
        both,
        counts("audit?action=pin.set").await + counts("audit?action=share").await
    );
    assert_eq!(both, counts("audit?action=pin,share,pin.set").await);
    assert_eq!(both, counts("audit?action=share&action=pin").await);
    assert_eq!(
        counts("audit?namespace=bakery,shop&action=grant,limit").await,
        6
    );
    let detail = server.get("/v1/audit?action=pin,pan").await;
    let detail = detail.refused(400, "invalid_parameter");
    assert!(detail.contains("`pan` is not an action"), "{detail}");
}

#[tokio::test]
async fn who_may_not_see_one_of_several_namespaces_is_refused_as_for_that_one() {
    let (server, _) = filled().await;
    let permissions = json!([
        {"namespace": "shop", "actions": ["read", "grant"]},
        {"namespace": "pastry", "actions": ["read", "grant"]},
    ]);
    let body = json!({"name": "clerk", "permissions": permissions});
    let key = server.post("/v1/keys", &body).await.answered(201);
    let clerk = server.asked_with(key["key"].as_str());
    for list in [
        "tasks",
        "limits",
        "secrets",
        "grants",
        "shares",
        "queue",
        "retention",
        "components",
        "templates",
        "pins",
        "subscriptions",
    ] {
        for namespaces in [
            "shop,bakery",
            "bakery,shop",
            "shop&namespace=bakery",
            "shop%2Cbakery",
        ] {
            let path = format!("/v1/{list}?namespace={namespaces}");
            let detail = clerk.get(&path).await.refused(403, "forbidden");
            assert!(
                detail.ends_with("on namespace `bakery`"),
                "{path}: {detail}"
            );
        }
        let own = clerk
            .get(&format!("/v1/{list}?namespace=shop,pastry"))
            .await;
        own.answered(200);
    }
    let events = clerk.get("/v1/events?count=exact").await.answered(200);
    let all = server.get("/v1/events?count=exact").await.answered(200);
    let count = |page: &Value| page["total"]["count"].as_u64().unwrap();
    assert!(count(&events) < count(&all), "it does not tell of others");
}

#[tokio::test]
async fn the_events_of_the_feed_are_counted_as_they_are_filtered() {
    let (server, task) = filled().await;
    for filter in [
        "",
        "types=pin.*&",
        "namespace=shop&",
        &format!("task={task}&"),
    ] {
        let list = format!("/v1/events?{filter}limit=500");
        let page = server
            .get(&format!("{list}&count=exact"))
            .await
            .answered(200);
        let found = page["items"].as_array().unwrap().len();
        assert_eq!(page["is_end"], true);
        assert_eq!(
            page["total"],
            json!({"count": found, "is_exact": true}),
            "{list}"
        );
        assert_eq!(server.get(&list).await.answered(200)["total"], Value::Null);
    }
    let first = server.get("/v1/events?limit=3").await.answered(200);
    let next = first["next"].as_str().unwrap();
    let whole = server
        .get("/v1/events?count=exact&limit=1")
        .await
        .answered(200);
    let rest = server
        .get(&format!("/v1/events?count=exact&limit=1&from={next}"))
        .await;
    let counts = [whole, rest.answered(200)].map(|page| page["total"]["count"].as_u64().unwrap());
    assert_eq!(counts[0] - 3, counts[1], "it is of what lies behind `from`");
}

#[tokio::test]
async fn a_feed_that_is_too_long_to_be_counted_is_estimated() {
    let server = Server::start().await;
    server
        .run(
            "insert into tasker.audit (actor, action, namespace, subject, reason)
             select 'ada', 'pin.set', case when n % 2 = 0 then 'shop' end, 'pin component charge', ''
             from generate_series(1, 3000) n",
        )
        .await;
    for (filter, count) in [("", 3_000), ("namespace=shop&", 1_500)] {
        let exact = server
            .get(&format!("/v1/events?{filter}count=exact&limit=1"))
            .await;
        let exact = exact.answered(200)["total"].clone();
        assert_eq!(exact["is_exact"], true);
        let exact = exact["count"].as_u64().unwrap();
        assert!(exact.abs_diff(count) < 10, "{exact}");
        let about = server
            .get(&format!("/v1/events?{filter}count=estimate&limit=1"))
            .await;
        let about = about.answered(200)["total"].clone();
        assert_eq!(about["is_exact"], false);
        let about = about["count"].as_u64().unwrap();
        assert!(about.abs_diff(count) < count / 10, "{about}");
    }
}
