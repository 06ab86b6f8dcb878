use super::receiver::{Receiver, Reply};
use super::setup::{Setup, change, name, quick, received, subjects};
use crate::harness::wait_until_sql;
use std::time::Duration;
use tasker_domain::order::Seek;
use tasker_domain::subscription::SubscriptionState;
use tasker_subscribers::SubscribersConfig;

#[tokio::test]
async fn an_event_is_tried_again_after_an_error_and_after_a_timeout_with_the_same_id() {
    let setup = Setup::new().await;
    let receiver = Receiver::answering(|n, _| match n {
        0 => Reply::status("500 Internal Server Error"),
        1 => Reply::Hangs,
        _ => Reply::ok(),
    })
    .await;
    setup.subscribe("hook", &receiver).await;
    setup.happen(1, 2).await;
    let host = setup.deliver(SubscribersConfig {
        request_timeout: Duration::from_millis(500),
        ..quick()
    });
    received(&receiver, 4).await;
    let row = setup
        .row_when("hook", "both are stored", |row| row.delivered == 2)
        .await;
    let subjects = receiver.subjects();
    assert_eq!(
        subjects,
        ["subject 1", "subject 1", "subject 1", "subject 2"]
    );
    let all = receiver.all();
    assert_eq!(all[0].id(), all[2].id());
    assert_eq!((row.failures, row.attempts, row.dead_letters), (2, 0, 0));
    assert_eq!(row.last_error.unwrap(), "no answer within 500ms");
    host.stop().await;
}

#[tokio::test]
async fn a_receiver_that_asks_for_a_pause_gets_it() {
    let setup = Setup::new().await;
    let receiver = Receiver::answering(|n, _| match n {
        0 => Reply::status("429 Too Many Requests\r\nretry-after: 1"),
        _ => Reply::ok(),
    })
    .await;
    setup.subscribe("hook", &receiver).await;
    setup.happen(1, 1).await;
    let host = setup.deliver(quick());
    received(&receiver, 2).await;
    let all = receiver.all();
    let pause = all[1].at - all[0].at;
    assert!(pause >= Duration::from_secs(1), "{pause:?}");
    host.stop().await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_ends_the_subscription_which_may_be_resumed() {
    let setup = Setup::new().await;
    let receiver = Receiver::answering(|n, _| match n {
        0 => Reply::status("410 Gone"),
        _ => Reply::ok(),
    })
    .await;
    setup.subscribe("hook", &receiver).await;
    setup.happen(1, 1).await;
    let host = setup.deliver(quick());
    let ended = setup
        .row_when("hook", "it has ended", |row| {
            row.state == SubscriptionState::Ended
        })
        .await;
    assert!(ended.ended_reason.unwrap().contains("410 Gone"));
    let audit = "select exists (select from tasker.audit where action = 'subscription.end' and actor = 'host'
                 and subject = 'subscription hook' and namespace = 'shop')";
    wait_until_sql(setup.database.pool(), audit).await;
    let (shop, hook) = (name("shop"), name("hook"));
    let of = change(&shop, &hook);
    setup
        .store
        .resume_subscription(of.as_change())
        .await
        .unwrap();
    received(&receiver, 2).await;
    assert_eq!(receiver.subjects(), ["subject 1", "subject 1"]);
    host.stop().await;
}

#[tokio::test]
async fn an_event_that_is_refused_too_often_is_a_dead_letter_and_the_rest_goes_on() {
    let setup = Setup::new().await;
    let long = "x".repeat(5_000);
    let receiver =
        Receiver::answering(
            move |n, request| match n < 10 && request.subject() == "subject 2" {
                true => Reply::Says("500 Internal Server Error", long.clone()),
                false => Reply::ok(),
            },
        )
        .await;
    setup.subscribe("hook", &receiver).await;
    setup.happen(1, 3).await;
    let host = setup.deliver(quick());
    let row = setup
        .row_when("hook", "the rest is stored", |row| row.delivered == 2)
        .await;
    assert_eq!((row.given_up, row.dead_letters, row.failures), (1, 1, 2));
    let mut tried = vec!["subject 2"; 3];
    tried.insert(0, "subject 1");
    tried.push("subject 3");
    assert_eq!(receiver.subjects(), tried);
    let letters = setup
        .store
        .list_dead_letters(row.subscription_id, Seek::lowest(10));
    let letter = letters.await.unwrap().remove(0);
    assert_eq!((letter.attempts, letter.status), (3, Some(500)));
    assert_eq!(letter.event_type, "tasker.pin.set");
    assert_eq!(letter.body.unwrap().len(), 1_024);

    // Delivered once more, it is refused, and then not.
    setup.happen(4, 5).await;
    received(&receiver, 10).await;
    let (shop, hook) = (name("shop"), name("hook"));
    let of = change(&shop, &hook);
    let asked = setup
        .store
        .redeliver(of.as_change(), row.subscription_id, None);
    assert_eq!(asked.await.unwrap(), 1);
    setup
        .row_when("hook", "no letter is left", |row| row.dead_letters == 0)
        .await;
    assert_eq!(receiver.subjects().last().unwrap(), "subject 2");
    host.stop().await;
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let setup = Setup::new().await;
    let other = Receiver::start().await;
    let location = format!("location: {}", other.url());
    let head: &'static str = Box::leak(format!("302 Found\r\n{location}").into_boxed_str());
    let receiver = Receiver::answering(move |_, _| Reply::status(head)).await;
    setup.subscribe("hook", &receiver).await;
    setup.happen(1, 1).await;
    let host = setup.deliver(quick());
    let row = setup
        .row_when("hook", "it is given up", |row| row.dead_letters == 1)
        .await;
    assert!(
        row.last_error
            .unwrap()
            .contains("redirects are not followed")
    );
    assert!(other.all().is_empty());
    host.stop().await;
}

#[tokio::test]
async fn inner_addresses_are_not_reached_unless_the_host_allows_them() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    let tls = |host: &str| {
        receiver
            .url()
            .replace("http", "https")
            .replace("127.0.0.1", host)
    };
    setup
        .subscribe_to("http", receiver.url(), &["signing"])
        .await;
    setup
        .subscribe_to("address", tls("127.0.0.1"), &["signing"])
        .await;
    setup
        .subscribe_to("name", tls("localhost"), &["signing"])
        .await;
    setup.happen(1, 1).await;
    let host = setup.deliver(SubscribersConfig {
        to_inner_addresses: false,
        ..quick()
    });
    for (subscription, why) in [
        ("http", "over https only"),
        ("address", "is an inner address"),
        ("name", "is an inner address"),
    ] {
        let row = setup
            .row_when(subscription, "it is given up", |row| row.dead_letters == 1)
            .await;
        let error = row.last_error.unwrap();
        assert!(error.contains(why), "{subscription}: {error}");
    }
    assert!(receiver.all().is_empty());
    host.stop().await;
}

#[tokio::test]
async fn events_wait_for_a_secret_that_is_missing_and_none_is_given_up() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    setup.subscribe_to("hook", receiver.url(), &["later"]).await;
    setup.happen(1, 5).await;
    let host = setup.deliver(quick());
    let row = setup
        .row_when("hook", "it says why", |row| row.last_error.is_some())
        .await;
    assert!(
        row.last_error
            .unwrap()
            .contains("tasker secret set shop/later")
    );
    setup.set_secret("later", "plain text secret").await;
    received(&receiver, 5).await;
    let row = setup
        .row_when("hook", "all are stored", |row| row.delivered == 5)
        .await;
    assert_eq!((row.failures, row.given_up), (0, 0));
    assert_eq!(receiver.subjects(), subjects(5));
    host.stop().await;
}
