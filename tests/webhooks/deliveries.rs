use super::receiver::{Receiver, Reply};
use super::setup::{SECRET, Setup, change, name, quick, received, subjects};
use crate::harness::wait_until;
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use tasker_registry::store::subscription::Start;

/// Computed as a receiver does, by none of our code.
fn signature(key: &[u8], id: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(
        [id.as_bytes(), b".", timestamp.as_bytes(), b".", body]
            .concat()
            .as_slice(),
    );
    format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
}

#[tokio::test]
async fn an_event_is_a_cloud_event_that_each_secret_of_the_subscription_signs() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    setup.set_secret("next", "plain text secret").await;
    setup
        .subscribe_to("hook", receiver.url(), &["signing", "next"])
        .await;
    setup.happen(1, 1).await;
    let host = setup.deliver(quick());
    received(&receiver, 1).await;
    let request = &receiver.all()[0];
    let header = |name: &str| request.headers[name].as_str();
    assert_eq!(header("content-type"), "application/cloudevents+json");
    let event = request.event();
    assert_eq!(event["type"], "tasker.pin.set");
    assert_eq!(event["source"], "/namespaces/shop");
    assert_eq!(event["id"], request.id());
    let key = BASE64.decode(&SECRET.as_bytes()["whsec_".len()..]).unwrap();
    let (id, timestamp) = (request.id(), header("webhook-timestamp"));
    let sign = |key: &[u8]| signature(key, id, timestamp, &request.body);
    let expected = format!("{} {}", sign(&key), sign(b"plain text secret"));
    assert_eq!(header("webhook-signature"), expected);
    host.stop().await;
}

#[tokio::test]
async fn events_arrive_in_order_each_once_and_the_position_is_stored() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    setup.subscribe("hook", &receiver).await;
    setup.happen(1, 150).await;
    let host = setup.deliver(quick());
    received(&receiver, 150).await;
    // What happens while it follows the end of the feed.
    setup.happen(151, 50).await;
    received(&receiver, 200).await;
    host.stop().await;
    assert_eq!(receiver.subjects(), subjects(200));
    let row = setup.row("hook").await;
    assert_eq!((row.delivered, row.failures, row.lag_ms), (200, 0, 0));
    assert_eq!(row.host, None, "who ends leaves its subscriptions");

    let host = setup.deliver(quick());
    setup.happen(201, 1).await;
    received(&receiver, 201).await;
    assert_eq!(receiver.subjects(), subjects(201));
    host.stop().await;
}

#[tokio::test]
async fn a_subscription_by_a_tag_has_the_events_of_tasks_with_it() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    setup.subscribe_tagged("hook", &receiver, "vip").await;
    setup.create_task("{nightly,vip}").await;
    setup.create_task("{nightly}").await;
    setup.create_task("{vip}").await;
    let host = setup.deliver(quick());
    received(&receiver, 2).await;
    let requests = receiver.all();
    let events = requests.iter().map(|request| request.event());
    let tags: Vec<_> = events.map(|event| event["data"]["tags"].clone()).collect();
    assert_eq!(tags, [json!(["nightly", "vip"]), json!(["vip"])]);
    host.stop().await;
}

#[tokio::test]
async fn a_dead_receiver_does_not_delay_another_subscription() {
    let setup = Setup::new().await;
    let dead = Receiver::answering(|_, _| Reply::Hangs).await;
    let living = Receiver::start().await;
    setup.subscribe("dead", &dead).await;
    setup.subscribe("living", &living).await;
    setup.happen(1, 120).await;
    let host = setup.deliver(quick());
    received(&dead, 1).await;
    received(&living, 120).await;
    assert_eq!(dead.all().len(), 1, "the first request is still under way");
    host.stop().await;
}

#[tokio::test]
async fn a_paused_subscription_keeps_its_position() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    setup.subscribe("hook", &receiver).await;
    let host = setup.deliver(quick());
    setup.happen(1, 5).await;
    setup
        .row_when("hook", "five are stored", |row| row.delivered == 5)
        .await;
    let (shop, hook) = (name("shop"), name("hook"));
    let of = change(&shop, &hook);
    assert!(
        setup
            .store
            .pause_subscription(of.as_change())
            .await
            .unwrap()
    );
    // Another one shows that the host has looked since.
    let other = Receiver::start().await;
    setup.subscribe("other", &other).await;
    received(&other, 5).await;
    setup.happen(6, 5).await;
    received(&other, 10).await;
    assert_eq!(receiver.all().len(), 5);
    assert!(
        setup
            .store
            .resume_subscription(of.as_change())
            .await
            .unwrap()
    );
    received(&receiver, 10).await;
    assert_eq!(receiver.subjects(), subjects(10));
    host.stop().await;
}

#[tokio::test]
async fn a_subscription_that_is_set_to_an_earlier_position_delivers_again_from_there() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    setup.subscribe("hook", &receiver).await;
    let host = setup.deliver(quick());
    setup.happen(1, 3).await;
    received(&receiver, 3).await;
    let (shop, hook) = (name("shop"), name("hook"));
    let of = change(&shop, &hook);
    let start = Start {
        seq: 0,
        seq_index: 0,
        since: None,
    };
    let moved = setup.store.move_subscription(of.as_change(), start, "it");
    assert!(moved.await.unwrap());
    received(&receiver, 6).await;
    assert_eq!(receiver.subjects()[3..], subjects(3));
    let ids: Vec<_> = receiver.all().iter().map(|it| it.id().to_owned()).collect();
    assert_eq!(ids[..3], ids[3..], "receivers know what they had");
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_subscriptions_ask_nothing_of_the_database() {
    const SUBSCRIPTIONS: usize = 300;
    const POLLS: u64 = 60;
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    for n in 0..SUBSCRIPTIONS {
        setup.subscribe(&format!("hook{n}"), &receiver).await;
    }
    let host = setup.deliver(quick());
    // Each has read what was behind it once it has this.
    setup.happen(1, 1).await;
    received(&receiver, SUBSCRIPTIONS).await;
    let (before, polls) = (setup.transactions().await, host.feed.polls());
    wait_until("the feed was looked at often", async || {
        (host.feed.polls() >= polls + POLLS).then_some(())
    })
    .await;
    let asked = setup.transactions().await - before;
    assert!(asked < 1_500, "{asked} transactions in {POLLS} polls");
    host.stop().await;
}

#[tokio::test]
async fn a_test_event_reaches_its_subscription_alone_whatever_it_filters() {
    let (setup, receiver, other) = (
        Setup::new().await,
        Receiver::start().await,
        Receiver::start().await,
    );
    setup.subscribe("hook", &receiver).await;
    setup.subscribe("other", &other).await;
    let host = setup.deliver(quick());
    let (shop, hook) = (name("shop"), name("hook"));
    let change = change(&shop, &hook);
    let tested = setup.store.test_subscription(change.as_change());
    tested.await.unwrap();
    setup.happen(1, 1).await;
    received(&receiver, 2).await;
    assert_eq!(receiver.subjects(), ["subscription hook", "subject 1"]);
    received(&other, 1).await;
    assert_eq!(other.subjects(), ["subject 1"]);
    host.stop().await;
}
