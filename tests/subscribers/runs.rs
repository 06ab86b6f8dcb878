//! What runs of subscribers leave: their outcome, what they used and logged, and what guards make of it.

use super::setup::{Shop, delivered, publish, shown, shown_when, subscribe};
use crate::harness::{TestHost, wait_until};
use crate::sandbox::guests;
use serde_json::{Value, json};

const RUNS: &str = "/v1/namespaces/shop/subscriptions/trap/runs";

/// A host whose component handled an event, trapped three times at the next, and handled the one behind it.
async fn after_a_trap(shop: &Shop) -> TestHost {
    let host = shop.host().await;
    publish(&host).await;
    subscribe(&host, "trap", "component:counter/trap").await;
    shop.happen(1, 3).await;
    let row = shown_when(&host, "trap", "all runs are stored", |it| it["runs"] == 5);
    assert_eq!(row.await["delivered"], 2);
    host
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_run_is_listed_with_its_outcome_and_what_it_used() {
    let shop = Shop::new().await;
    let host = after_a_trap(&shop).await;
    let (status, page) = host.get(RUNS).await;
    assert_eq!(status, 200, "{page}");
    let runs = page["items"].as_array().unwrap();
    let outcomes: Vec<_> = runs
        .iter()
        .map(|it| {
            (
                it["number"].as_i64().unwrap(),
                it["attempt"].as_i64().unwrap(),
                &it["failure"]["kind"],
            )
        })
        .collect();
    let trapped = json!("trapped");
    assert_eq!(
        outcomes,
        [
            (5, 1, &Value::Null),
            (4, 3, &trapped),
            (3, 2, &trapped),
            (2, 1, &trapped),
            (1, 1, &Value::Null)
        ]
    );
    for run in runs {
        assert_eq!(
            (&run["component"], &run["version"]),
            (&json!("shop/counter"), &json!("1.0.0"))
        );
        assert!(run["usage"]["cpu_ms"].as_f64() > Some(0.0), "{run}");
        assert!(run["usage"]["memory_kib"].as_i64() > Some(0), "{run}");
        assert_eq!(run["rollouts"], json!([]));
    }
    let used: (i64, i64) = sqlx::query_as(
        "select sum(attempts)::bigint, sum(traps)::bigint from tasker.usage_by_component_version where component = 'counter'",
    )
    .fetch_one(shop.database.pool())
    .await
    .unwrap();
    assert_eq!(used, (5, 3));
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_shown_with_what_it_logged_and_one_that_is_not_kept_is_refused() {
    let shop = Shop::new().await;
    let host = after_a_trap(&shop).await;
    let (status, shown) = host.get(&format!("{RUNS}/2")).await;
    assert_eq!(status, 200, "{shown}");
    let run = &shown["run"];
    assert_eq!(
        (&run["log_lines"], &run["failure"]["kind"]),
        (&json!(1), &json!("trapped")),
        "{shown}"
    );
    let line = &shown["lines"][0];
    let message = line["message"].as_str().unwrap();
    assert!(message.contains("out of order"), "{shown}");
    assert_eq!((&line["attempt"], &line["line"]), (&json!(1), &json!(1)));

    let (status, page) = host.get(&format!("{RUNS}?limit=2&after=4")).await;
    assert_eq!(
        (status, &page["items"][0]["number"], &page["next"]),
        (200, &json!(3), &json!("2"))
    );
    let (status, unknown) = host.get(&format!("{RUNS}/6")).await;
    assert_eq!((status, &unknown["code"]), (404, &json!("unknown_run")));
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_whose_subscriber_traps_is_rolled_back_by_the_guard_of_its_rollout() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    host.pin_component("counter", "=1.0.0").await;
    let bad = guests::subscribing_as("label-bad");
    host.publish_component("counter", "1.1.0", &bad).await;
    subscribe(&host, "trap", "component:counter/trap").await;
    let pin = "/v1/namespaces/shop/pins/component/counter";
    let body = json!({"to": "1.1.0", "percent": 50, "reason": "a try"});
    let (status, rolled) = host.post(&format!("{pin}/rollout"), &body).await;
    assert_eq!(status, 200, "{rolled}");
    // Without `subject 2`, which traps in every version.
    shop.happen(3, 100).await;
    let newest = wait_until("the guard has evaluated", async || {
        let (_, history) = host.get(&format!("{pin}/history")).await;
        let newest = history["items"][0].clone();
        (newest["actor"] == "host").then_some(newest)
    })
    .await;
    assert_eq!(newest["action"], "pin.rollback");
    let why = newest["reason"].as_str().unwrap();
    assert!(
        why.starts_with("100.0 % of ") && why.contains("on =1.1.0 trapped"),
        "{why}"
    );
    let led: Vec<String> = sqlx::query_scalar(
        "select distinct r.rollouts::text || v.version from tasker.subscriber_run r
         join tasker.component_version v using (component_version_id) order by 1",
    )
    .fetch_all(shop.database.pool())
    .await
    .unwrap();
    assert_eq!(led, ["{\"component counter\"}1.1.0", "{}1.0.0"]);
    // All further events go to the version before.
    let before = shown(&host, "trap").await["delivered"].as_i64().unwrap();
    shown_when(&host, "trap", "no event waits", |it| {
        it["delivered"].as_i64().unwrap() + it["given_up"].as_i64().unwrap() == 100
    })
    .await;
    let now = shown(&host, "trap").await["delivered"].as_i64().unwrap();
    shop.happen(103, 5).await;
    delivered(&host, "trap", now + 5).await;
    assert!(now >= before);
    host.host.stop().await.unwrap();
}
