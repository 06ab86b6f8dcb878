use super::setup::{Shop, decide, delivered, publish, shown_when, subscribe};
use crate::sandbox::guests;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pin_of_the_namespace_says_which_version_takes_the_next_event() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    host.pin_component("counter", "=1.0.0").await;
    let later = guests::subscribing_as("label-two");
    host.publish_component("counter", "1.1.0", &later).await;
    subscribe(&host, "count", "component:counter/count").await;
    shop.happen(1, 2).await;
    delivered(&host, "count", 2).await;
    host.pin_component("counter", "=1.1.0").await;
    shop.happen(3, 3).await;
    delivered(&host, "count", 5).await;
    assert_eq!(shop.counted("label-one").await, 2);
    assert_eq!(shop.counted("label-two").await, 3);

    // To yank a version sets the pin back.
    decide(&host, "1.1.0", "yank").await;
    shop.happen(6, 1).await;
    delivered(&host, "count", 6).await;
    assert_eq!(shop.counted("label-one").await, 3);
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_wait_while_the_only_version_is_yanked() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    subscribe(&host, "count", "component:counter/count").await;
    decide(&host, "1.0.0", "yank").await;
    shop.happen(1, 2).await;
    let row = shown_when(&host, "count", "it says why", |it| {
        it["last_error"].is_string()
    });
    let row = row.await;
    let error = row["last_error"].as_str().unwrap();
    assert!(error.contains("1.0.0 (yanked)"), "{error}");
    assert_eq!((&row["failures"], &row["given_up"]), (&json!(0), &json!(0)));
    decide(&host, "1.0.0", "unyank").await;
    delivered(&host, "count", 2).await;
    shop.assert_counted(1..=2, 1).await;
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_wait_while_the_component_is_quarantined_and_none_is_lost() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    subscribe(&host, "count", "component:counter/count").await;
    shop.happen(1, 1).await;
    delivered(&host, "count", 1).await;
    decide(&host, "1.0.0", "quarantine").await;
    shop.happen(2, 3).await;
    let row = shown_when(&host, "count", "it says why", |it| {
        it["last_error"].is_string()
    });
    let row = row.await;
    let error = row["last_error"].as_str().unwrap();
    assert!(error.contains("1.0.0 (quarantined)"), "{error}");
    assert_eq!((&row["failures"], &row["given_up"]), (&json!(0), &json!(0)));
    decide(&host, "1.0.0", "release").await;
    delivered(&host, "count", 4).await;
    shop.assert_counted(1..=4, 1).await;
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_runs_is_ended_when_its_code_is_quarantined() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    subscribe(&host, "spin", "component:counter/spin").await;
    shop.happen(2, 1).await;
    shown_when(&host, "spin", "it is under way", |it| {
        it["host"].is_string()
    })
    .await;
    decide(&host, "1.0.0", "quarantine").await;
    let row = shown_when(&host, "spin", "it has ended", |it| {
        it["last_error"].is_string()
    });
    let row = row.await;
    let error = row["last_error"].as_str().unwrap();
    assert!(error.contains("quarantined"), "{error}");
    assert_eq!(row["failures"], 0);
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_a_subscription_takes_is_not_collected() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    subscribe(&host, "count", "component:counter/count@=1.0.0").await;
    for (version, label) in [("1.1.0", "label-two"), ("1.2.0", "label-six")] {
        let later = guests::subscribing_as(label);
        host.publish_component("counter", version, &later).await;
    }
    let body = json!({"older_than_ms": 0});
    let (status, collected) = host.post("/v1/collections", &body).await;
    assert_eq!(status, 200, "{collected}");
    let versions: Vec<&str> = collected["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["version"].as_str().unwrap())
        .collect();
    assert_eq!(versions, ["1.1.0"], "{collected}");
    host.host.stop().await.unwrap();
}
