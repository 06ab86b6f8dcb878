use super::nats_server::{NatsServer, count, messages, stream};
use super::setup::{Setup, quick, subjects};
use crate::harness::wait_until;
use serde_json::Value;
use std::collections::HashSet;
use tasker_subscribers::{NatsConfig, SubjectPrefix, SubscribersConfig};

fn publishing_to(server: &NatsServer) -> SubscribersConfig {
    let servers = vec![server.url().parse().unwrap()];
    SubscribersConfig {
        nats: Some(NatsConfig::new(servers, None, SubjectPrefix::default())),
        ..quick()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_is_a_message_of_its_own_subject_in_the_order_of_the_feed() {
    let Some(server) = NatsServer::start() else {
        return;
    };
    let stream = stream(&server.context().await).await;
    let setup = Setup::new().await;
    setup.subscribe_nats("bus").await;
    let host = setup.deliver(publishing_to(&server));
    setup.happen(1, 20).await;
    wait_until("all is published", async || {
        (count(&stream).await == 20).then_some(())
    })
    .await;
    host.stop().await;
    let messages = messages(&stream).await;
    let mut got = Vec::new();
    for message in &messages {
        assert_eq!(message.subject.as_str(), "events.shop.tasker.pin.set");
        let headers = message.headers.as_ref().unwrap();
        let header = |name: &str| headers.get(name).unwrap().as_str().to_owned();
        assert_eq!(header("Content-Type"), "application/cloudevents+json");
        let event: Value = serde_json::from_slice(&message.payload).unwrap();
        assert_eq!(header("Nats-Msg-Id"), event["id"].as_str().unwrap());
        assert_eq!(event["type"], "tasker.pin.set");
        got.push(event["data"]["subject"].as_str().unwrap().to_owned());
    }
    assert_eq!(got, subjects(20));
    let row = setup.row("bus").await;
    assert_eq!((row.delivered, row.failures), (20, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_has_each_event_once_although_hosts_are_killed() {
    let Some(server) = NatsServer::start() else {
        return;
    };
    let stream = stream(&server.context().await).await;
    let setup = Setup::new().await;
    setup.subscribe_nats("bus").await;
    setup.happen(1, 200).await;
    let short = SubscribersConfig {
        ttl: std::time::Duration::from_secs(1),
        ..publishing_to(&server)
    };
    for published in [30, 90, 150] {
        let host = setup.deliver(short.clone());
        wait_until("some are published", async || {
            (count(&stream).await >= published).then_some(())
        })
        .await;
        host.kill().await;
    }
    let host = setup.deliver(short);
    setup
        .row_when("bus", "all is stored", |row| row.lag_rows == 0)
        .await;
    host.stop().await;
    let messages = messages(&stream).await;
    let ids: HashSet<String> = messages
        .iter()
        .map(|it| {
            it.headers
                .as_ref()
                .unwrap()
                .get("Nats-Msg-Id")
                .unwrap()
                .to_string()
        })
        .collect();
    assert_eq!((messages.len(), ids.len()), (200, 200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_wait_while_nats_is_down_or_has_no_stream_and_no_try_counts() {
    let Some(mut server) = NatsServer::start() else {
        return;
    };
    let context = server.context().await;
    let setup = Setup::new().await;
    setup.subscribe_nats("bus").await;
    let host = setup.deliver(publishing_to(&server));
    setup.happen(1, 1).await;
    let row = setup
        .row_when("bus", "it says that there is no stream", |row| {
            row.last_error.is_some()
        })
        .await;
    let error = row.last_error.unwrap();
    assert!(
        error.contains("events.shop.tasker.pin.set") && error.contains("nats stream add"),
        "{error}"
    );
    stream(&context).await;
    setup
        .row_when("bus", "the event is published", |row| row.delivered == 1)
        .await;

    server.kill();
    setup.happen(2, 1).await;
    let row = setup
        .row_when("bus", "it says that NATS is away", |row| {
            let error = row.last_error.as_deref().unwrap_or_default();
            !error.contains("stream")
        })
        .await;
    assert_eq!((row.attempts, row.failures, row.given_up), (0, 0, 0));
    server.restart();
    setup
        .row_when("bus", "the other event is published", |row| {
            row.delivered == 2
        })
        .await;
    host.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_nats_refuses_is_given_up_and_the_next_is_published() {
    let Some(server) = NatsServer::start() else {
        return;
    };
    let context = server.context().await;
    let config = async_nats::jetstream::stream::Config {
        name: "EVENTS".to_owned(),
        subjects: vec!["events.>".to_owned()],
        max_message_size: 2_000,
        ..Default::default()
    };
    let stream = context.create_stream(config).await.unwrap();
    let setup = Setup::new().await;
    setup.subscribe_nats("bus").await;
    sqlx::query(
        "insert into tasker.audit (actor, action, namespace, subject, reason)
         values ('ada', 'pin.set', 'shop', 'subject 0', repeat('x', 5000))",
    )
    .execute(setup.database.pool())
    .await
    .unwrap();
    setup.happen(1, 1).await;
    let host = setup.deliver(publishing_to(&server));
    setup
        .row_when("bus", "the small one is published", |row| {
            row.delivered == 1
        })
        .await;
    host.stop().await;
    let row = setup.row("bus").await;
    assert_eq!((row.given_up, row.dead_letters), (1, 1));
    assert_eq!(messages(&stream).await.len(), 1);
}

#[tokio::test]
async fn credentials_that_cannot_be_read_are_named_and_events_wait() {
    let Some(server) = NatsServer::start() else {
        return;
    };
    let setup = Setup::new().await;
    setup.subscribe_nats("bus").await;
    let (servers, file) = (vec![server.url().parse().unwrap()], "/nowhere/of.creds");
    let config = NatsConfig::new(servers, Some(file.into()), SubjectPrefix::default());
    let host = setup.deliver(SubscribersConfig {
        nats: Some(config),
        ..quick()
    });
    setup.happen(1, 1).await;
    let row = setup
        .row_when("bus", "it says what is wrong", |row| {
            row.last_error.is_some()
        })
        .await;
    assert!(row.last_error.unwrap().contains(file));
    assert_eq!(row.failures, 0);
    host.stop().await;
}
