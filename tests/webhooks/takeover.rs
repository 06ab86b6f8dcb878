use super::receiver::{Receiver, Reply};
use super::setup::{Setup, quick, received, subjects};
use crate::harness::wait_until;
use std::time::Duration;
use tasker_domain::subscription::SubscriptionKind::{Nats, Webhook};
use tasker_subscribers::SubscribersConfig;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_killed_is_taken_over_and_nothing_is_lost() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    setup.subscribe("hook", &receiver).await;
    let named = |name: &str, ttl| SubscribersConfig {
        host_name: name.to_owned(),
        ttl: Duration::from_secs(ttl),
        ..quick()
    };
    let first = setup.deliver(named("first", 2));
    setup
        .row_when("hook", "the first has it", |row| {
            row.host.as_deref() == Some("first")
        })
        .await;
    let second = setup.deliver(named("second", 30));
    setup.happen(1, 300).await;
    received(&receiver, 20).await;
    first.kill().await;
    setup
        .row_when("hook", "the second has it", |row| {
            row.host.as_deref() == Some("second")
        })
        .await;
    setup.happen(301, 1).await;
    setup
        .row_when("hook", "the last event is stored", |row| {
            receiver
                .subjects()
                .last()
                .is_some_and(|it| it == "subject 301")
                && row.lag_ms == 0
        })
        .await;
    second.stop().await;
    // Each came, and the first time in order.
    let mut once = Vec::new();
    for subject in receiver.subjects() {
        if !once.contains(&subject) {
            once.push(subject);
        }
    }
    assert_eq!(once, subjects(301));
}

#[tokio::test]
async fn subscriptions_are_shared_among_the_hosts() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    for host in ["first", "second"] {
        // Known before there is anything to take.
        let registered = setup.store.engine().renew_delivery_host(
            None,
            host,
            Duration::from_secs(60),
            &[Webhook],
        );
        registered.await.unwrap();
    }
    for n in 0..10 {
        setup.subscribe(&format!("hook{n}"), &receiver).await;
    }
    let engine = setup.store.engine();
    assert_eq!(engine.take_subscriptions(1, 100).await.unwrap(), 5);
    assert_eq!(engine.take_subscriptions(1, 100).await.unwrap(), 0);
    assert_eq!(engine.take_subscriptions(2, 100).await.unwrap(), 5);
    engine.leave_subscriptions(2).await.unwrap();
    assert_eq!(engine.take_subscriptions(1, 100).await.unwrap(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_joins_gets_its_share_and_no_event_is_lost_or_repeated() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    let named = |name: &str| SubscribersConfig {
        host_name: name.to_owned(),
        ttl: Duration::from_secs(6),
        ..quick()
    };
    for n in 0..4 {
        setup.subscribe(&format!("hook{n}"), &receiver).await;
    }
    let hosts = async |first: usize, second: usize| {
        wait_until("the hosts have their shares", async || {
            let has: Vec<(String, i64)> = sqlx::query_as(
                "select coalesce(host, ''), count(*) from tasker.subscription_status group by 1 order by 1",
            )
            .fetch_all(setup.database.pool())
            .await
            .unwrap();
            let of = |name: &str| has.iter().find(|it| it.0 == name).map_or(0, |it| it.1 as usize);
            (of("first") == first && of("second") == second).then_some(())
        })
        .await;
    };
    let first = setup.deliver(named("first"));
    hosts(4, 0).await;
    setup.happen(1, 200).await;
    let second = setup.deliver(named("second"));
    hosts(2, 2).await;
    setup.happen(201, 100).await;
    for n in 0..4 {
        let hook = format!("hook{n}");
        setup
            .row_when(&hook, "all is delivered", |row| row.delivered == 300)
            .await;
    }
    let all = receiver.subjects();
    assert_eq!(all.len(), 4 * 300);
    let mut seen = std::collections::HashMap::<&String, usize>::new();
    for subject in &all {
        *seen.entry(subject).or_default() += 1;
    }
    assert!(seen.values().all(|times| *times == 4), "{seen:?}");
    second.stop().await;
    hosts(4, 0).await;
    first.stop().await;
}

#[tokio::test]
async fn a_host_has_a_surplus_only_while_another_has_less_than_its_share() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    for n in 0..5 {
        setup.subscribe(&format!("hook{n}"), &receiver).await;
    }
    let engine = setup.store.engine();
    let ttl = Duration::from_secs(60);
    let surplus = async |host| engine.surplus_subscriptions(host, 10).await.unwrap();
    let first = engine.renew_delivery_host(None, "first", ttl, &[Webhook]);
    let first = first.await.unwrap();
    assert_eq!(engine.take_subscriptions(first, 10).await.unwrap(), 5);
    assert_eq!(surplus(first).await, [0; 0]);
    // Hosts that do not deliver to webhooks have no share of them.
    engine
        .renew_delivery_host(None, "other", ttl, &[Nats])
        .await
        .unwrap();
    assert_eq!(surplus(first).await, [0; 0]);
    let second = engine.renew_delivery_host(None, "second", ttl, &[Webhook]);
    let second = second.await.unwrap();
    let given_up = surplus(first).await;
    assert_eq!(given_up.len(), 2);
    engine
        .leave_some_subscriptions(first, &given_up)
        .await
        .unwrap();
    assert_eq!(engine.take_subscriptions(first, 10).await.unwrap(), 0);
    assert_eq!(engine.take_subscriptions(second, 10).await.unwrap(), 2);
    assert_eq!(
        (surplus(first).await, surplus(second).await),
        (vec![], vec![])
    );
}

#[tokio::test]
async fn what_a_host_delivered_before_it_was_taken_for_dead_moves_nothing() {
    use tasker_engine::subscription::{DeliveryLease, FailedTry, StoredCursor};
    let setup = Setup::new().await;
    let receiver = Receiver::answering(|_, _| Reply::Hangs).await;
    setup.subscribe("hook", &receiver).await;
    let engine = setup.store.engine();
    let ttl = Duration::from_secs(60);
    let dead = engine
        .renew_delivery_host(None, "dead", ttl, &[Webhook])
        .await
        .unwrap();
    assert_eq!(engine.take_subscriptions(dead, 10).await.unwrap(), 1);
    sqlx::query("update tasker.delivery_host set renewed_at = renewed_at - interval '1 hour'")
        .execute(setup.database.pool())
        .await
        .unwrap();
    let living = engine
        .renew_delivery_host(None, "living", ttl, &[Webhook])
        .await
        .unwrap();
    assert_eq!(engine.take_subscriptions(living, 10).await.unwrap(), 1);
    let subscription_id = setup.row("hook").await.subscription_id;
    let cursor = StoredCursor {
        subscription_id,
        moves: 0,
        seq: 100,
        seq_index: 255,
        delivered: 1,
        pending_at: None,
    };
    engine.store_cursors(dead, &[cursor]).await.unwrap();
    let lease = DeliveryLease {
        delivery_host_id: dead,
        subscription_id,
        moves: 0,
    };
    let failed = FailedTry {
        attempts: 1,
        delay: ttl,
        error: "no",
        pending_at: sqlx::types::chrono::Utc::now(),
        counts: true,
    };
    assert!(!engine.store_failure(lease, &failed).await.unwrap());
    assert!(!engine.end_subscription(lease, "gone").await.unwrap());
    let row = setup.row("hook").await;
    assert_eq!((row.seq, row.attempts, row.delivered), (0, 0, 0));
    engine.store_cursors(living, &[cursor]).await.unwrap();
    assert_eq!(setup.row("hook").await.seq, 100);
    // A host that comes back is another one.
    let back = engine
        .renew_delivery_host(Some(dead), "dead", ttl, &[Webhook])
        .await
        .unwrap();
    assert_ne!(back, dead);
}

#[tokio::test]
async fn a_host_takes_only_what_it_can_deliver_to_and_its_share_of_each_kind() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    let engine = setup.store.engine();
    let ttl = Duration::from_secs(60);
    let plain = engine.renew_delivery_host(None, "plain", ttl, &[Webhook]);
    let plain = plain.await.unwrap();
    let both = engine.renew_delivery_host(None, "both", ttl, &[Webhook, Nats]);
    let both = both.await.unwrap();
    for name in ["a", "b", "c", "d"] {
        setup.subscribe(name, &receiver).await;
    }
    for name in ["e", "f", "g"] {
        setup.subscribe_nats(name).await;
    }
    assert_eq!(engine.take_subscriptions(plain, 100).await.unwrap(), 2);
    assert_eq!(engine.take_subscriptions(both, 100).await.unwrap(), 5);
    // One that is set to another kind is free for those who deliver to it.
    setup.subscribe_nats("a").await;
    assert_eq!(engine.take_subscriptions(plain, 100).await.unwrap(), 0);
    assert_eq!(engine.take_subscriptions(both, 100).await.unwrap(), 1);
}
