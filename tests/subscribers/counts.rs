use super::setup::{Shop, delivered, publish, shown_when, subscribe};
use crate::harness::wait_until;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_is_counted_once() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    subscribe(&host, "count", "component:counter/count@^1").await;
    shop.happen(1, 150).await;
    let shown = delivered(&host, "count", 150).await;
    assert_eq!(
        (&shown["kind"], &shown["lag_ms"]),
        (&json!("component"), &json!(0))
    );
    assert_eq!(
        (&shown["failures"], &shown["last_error"]),
        (&json!(0), &json!(null))
    );
    assert_eq!(shop.counted("total").await, 150);
    shop.assert_counted(1..=150, 1).await;
    host.host.stop().await.unwrap();

    // The next host goes on where it ended.
    let host = shop.host().await;
    shop.happen(151, 5).await;
    delivered(&host, "count", 155).await;
    assert_eq!(shop.counted("total").await, 155);
    shop.assert_counted(1..=155, 1).await;
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscriptions_on_two_hosts_that_write_one_entry_count_all_of_their_events() {
    let shop = Shop::new().await;
    let (first, second) = (shop.host().await, shop.host().await);
    publish(&first).await;
    for name in ["a", "b", "c", "d"] {
        subscribe(&first, name, "component:counter/count").await;
    }
    // Both have some of them.
    wait_until("each host has subscriptions", async || {
        let hosts: i64 = sqlx::query_scalar(
            "select count(distinct delivery_host_id) from tasker.subscription where delivery_host_id is not null",
        )
        .fetch_one(shop.database.pool())
        .await
        .unwrap();
        (hosts >= 1).then_some(())
    })
    .await;
    shop.happen(1, 40).await;
    for name in ["a", "b", "c", "d"] {
        let shown = delivered(&first, name, 40).await;
        assert_eq!(
            (&shown["failures"], &shown["dead_letters"]),
            (&json!(0), &json!(0))
        );
    }
    assert_eq!(shop.counted("total").await, 160);
    shop.assert_counted(1..=40, 4).await;
    first.host.stop().await.unwrap();
    second.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_of_tasks_have_their_data() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    host.publish_component("basics", "1.0.0", crate::harness::basics())
        .await;
    host.publish_template("one", "steps: [{name: it, handler: basics/noop}]")
        .await;
    let body = json!({"to": "component:counter/tell", "types": "task.completed"});
    let path = "/v1/namespaces/shop/subscriptions/tell";
    assert_eq!(host.put(path, &body).await.0, 201);
    let task = host.run("one", json!({})).await;
    delivered(&host, "tell", 1).await;
    let (_, told) = host.get("/v1/namespaces/shop/kv/counts/told").await;
    let told = &told["value"];
    let id = &task["id"];
    assert_eq!(
        (&told["task"], &told["subject"], &told["data"]["task_id"]),
        (id, id, id)
    );
    assert_eq!(
        (&told["type"], &told["step"]),
        (&json!("tasker.task.completed"), &json!("tell"))
    );
    assert_eq!(
        (&told["attempt"], &told["max_attempts"]),
        (&json!(1), &json!(3))
    );
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_runs_nothing_leaves_components_to_others() {
    let shop = Shop::new().await;
    let idle = shop.host_with(|config| config.worker = None).await;
    publish(&idle).await;
    subscribe(&idle, "count", "component:counter/count").await;
    shop.happen(1, 3).await;
    // It has looked since.
    let signs =
        json!({"to": "https://example.com/x", "types": "share.add", "secrets": ["signing"]});
    idle.put_secret("/v1/namespaces/shop/secrets/signing", "some value")
        .await;
    let hook = "/v1/namespaces/shop/subscriptions/hook";
    assert_eq!(idle.put(hook, &signs).await.0, 201);
    shown_when(&idle, "hook", "it has the webhook", |it| {
        it["host"].is_string()
    })
    .await;
    let shown = super::setup::shown(&idle, "count").await;
    assert_eq!(
        (&shown["host"], &shown["delivered"]),
        (&json!(null), &json!(0))
    );
    let host = shop.host().await;
    delivered(&host, "count", 3).await;
    host.host.stop().await.unwrap();
    idle.host.stop().await.unwrap();
}
