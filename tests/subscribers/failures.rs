use super::setup::{
    Shop, dead_letters, delivered, publish, redeliver, shown, shown_when, subscribe,
};
use crate::crash::hosts::serve;
use crate::harness::wait_until;
use crate::sandbox::guests;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permanent_failure_is_a_dead_letter_at_once_and_another_is_tried_again() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    subscribe(&host, "picky", "component:counter/picky").await;
    shop.happen(1, 4).await;
    let row = delivered(&host, "picky", 3).await;
    assert_eq!((&row["given_up"], &row["failures"]), (&json!(1), &json!(1)));
    let letters = dead_letters(&host, "picky").await;
    assert_eq!((letters.len(), &letters[0]["attempts"]), (1, &json!(1)));
    let reason = letters[0]["reason"].as_str().unwrap();
    assert_eq!(reason, "shop/counter@1.0.0: refused: not this one");
    // What a failed try wrote is not there.
    assert_eq!(shop.counted("tries").await, 3);
    assert_eq!(shop.counted("subject 2").await, 0);
    assert_eq!(shop.counted("subject 3").await, 1);
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_that_traps_or_never_ends_has_dead_letters_and_delays_no_other() {
    let shop = Shop::new().await;
    let host = shop
        .host_with(|config| {
            let worker = config.worker.as_mut().unwrap();
            worker.limits.deadline = Duration::from_millis(500);
        })
        .await;
    publish(&host).await;
    for name in ["trap", "spin", "count"] {
        subscribe(&host, name, &format!("component:counter/{name}")).await;
    }
    shop.happen(1, 3).await;
    delivered(&host, "count", 3).await;
    for (name, why) in [("trap", "out of order"), ("spin", "deadline_exceeded")] {
        let row = shown_when(&host, name, "the rest is delivered", |it| {
            it["delivered"] == 2 && it["given_up"] == 1
        });
        assert_eq!(row.await["failures"], 2, "{name}");
        let letters = dead_letters(&host, name).await;
        assert_eq!(letters[0]["attempts"], 3);
        let reason = letters[0]["reason"].as_str().unwrap();
        assert!(reason.contains(why), "{name}: {reason}");
    }
    assert_eq!(shop.counted("subject 1").await, 3);
    assert_eq!(shop.counted("subject 2").await, 1);
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_grant_is_named_and_events_are_counted_once_it_is_there() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    host.publish_component("counter", "1.0.0", guests::subscribing())
        .await;
    subscribe(&host, "count", "component:counter/count").await;
    shop.happen(1, 2).await;
    let row = shown_when(&host, "count", "both are given up", |it| {
        it["given_up"] == 2
    });
    let error = row.await["last_error"].as_str().unwrap().to_owned();
    assert!(error.contains("kv_not_granted"), "{error}");
    assert!(error.contains("tasker grant add shop/counter"), "{error}");
    host.grant("counter", "kv counts").await;
    // Asked for twice, each is counted once.
    redeliver(&host, "count").await;
    redeliver(&host, "count").await;
    shop.happen(3, 1).await;
    delivered(&host, "count", 3).await;
    shop.assert_counted(1..=3, 1).await;
    assert_eq!(shop.counted("total").await, 3);
    assert_eq!(shown(&host, "count").await["dead_letters"], 0);
    host.host.stop().await.unwrap();
}

#[tokio::test]
async fn what_no_component_can_take_is_refused_with_the_reason() {
    let shop = Shop::new().await;
    let host = shop.host().await;
    publish(&host).await;
    host.publish_component("basics", "1.0.0", crate::harness::basics())
        .await;
    for (to, secrets, why) in [
        ("component:counter", json!([]), "COMPONENT/SUBSCRIBER"),
        ("component:none/count", json!([]), "no component shop/none"),
        ("component:counter/count@^2", json!([]), "none satisfies ^2"),
        ("component:counter/other", json!([]), "it has count, picky"),
        (
            "component:basics/echo",
            json!([]),
            "has no subscriber `echo`",
        ),
        ("component:other/counter/count", json!([]), "not share"),
        (
            "component:counter/count",
            json!(["signing"]),
            "leave them out",
        ),
    ] {
        let body = json!({"to": to, "secrets": secrets});
        let path = "/v1/namespaces/shop/subscriptions/count";
        let (status, refused) = host.put(path, &body).await;
        assert!((400..500).contains(&status), "{to}: {refused}");
        assert!(
            refused["detail"].as_str().unwrap().contains(why),
            "{to}: {refused}"
        );
    }
    host.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_subscriber_logs_is_in_the_log_of_a_host_that_writes_lines_of_handlers() {
    let shop = Shop::new().await;
    let watcher = shop.host_with(|config| config.worker = None).await;
    publish(&watcher).await;
    subscribe(&watcher, "trap", "component:counter/trap").await;
    let folder = tempfile::tempdir().unwrap();
    let (mut host, _) = serve(
        folder.path(),
        0,
        &shop.database.url(),
        &["--log-handlers", "--log-format", "json"],
    )
    .await;
    shop.happen(2, 1).await;
    let line = wait_until("the panic is in the log", async || {
        let log = std::fs::read_to_string(folder.path().join("host-0.log")).unwrap();
        let lines = log.lines().map(str::to_owned);
        lines.into_iter().find(|line| line.contains("out of order"))
    })
    .await;
    let line: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(line["target"], "tasker::subscriber", "{line}");
    assert_eq!(line["level"], "ERROR", "{line}");
    assert_eq!(
        (
            &line["namespace"],
            &line["subscription"],
            &line["subscriber"],
            &line["attempt"]
        ),
        (&json!("shop"), &json!("trap"), &json!("trap"), &json!(1)),
        "{line}"
    );
    let message = line["message"].as_str().unwrap();
    assert!(message.starts_with("panicked at"), "{line}");
    host.kill().await.unwrap();
    watcher.host.stop().await.unwrap();
}
