use super::receiver::{Receiver, Reply};
use super::setup::{Setup, quick, received, subjects};

#[tokio::test]
async fn events_that_wait_come_as_lists_in_order_and_one_that_comes_alone_as_a_list_of_one() {
    let (setup, receiver) = (Setup::new().await, Receiver::start().await);
    setup.subscribe_batches("hook", &receiver, 30).await;
    setup.happen(1, 100).await;
    let host = setup.deliver(quick());
    received(&receiver, 4).await;
    setup
        .row_when("hook", "all is stored", |row| row.delivered == 100)
        .await;
    setup.happen(101, 1).await;
    received(&receiver, 5).await;
    host.stop().await;

    let requests = receiver.all();
    let sizes: Vec<usize> = requests
        .iter()
        .map(|it| it.batch_of_subjects().len())
        .collect();
    assert_eq!(sizes, [30, 30, 30, 10, 1]);
    let all: Vec<String> = requests
        .iter()
        .flat_map(|it| it.batch_of_subjects())
        .collect();
    assert_eq!(all, subjects(101));
    for request in &requests {
        let media = &request.headers["content-type"];
        assert_eq!(media, "application/cloudevents-batch+json");
    }
    let ids: std::collections::HashSet<&str> = requests.iter().map(|it| it.id()).collect();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn only_the_event_of_a_batch_that_a_receiver_does_not_take_becomes_a_dead_letter() {
    let setup = Setup::new().await;
    let receiver = Receiver::answering(|_, request| {
        let has_poison = request
            .batch_of_subjects()
            .contains(&"subject 3".to_owned());
        match has_poison {
            true => Reply::status("500 Internal Server Error"),
            false => Reply::ok(),
        }
    })
    .await;
    setup.subscribe_batches("hook", &receiver, 10).await;
    setup.happen(1, 5).await;
    let host = setup.deliver(quick());
    let row = setup
        .row_when("hook", "the others are delivered", |row| row.delivered == 4)
        .await;
    host.stop().await;
    assert_eq!((row.given_up, row.dead_letters), (1, 1));
    let accepted: Vec<String> = receiver
        .all()
        .iter()
        .map(|it| it.batch_of_subjects())
        .filter(|it| !it.contains(&"subject 3".to_owned()))
        .flatten()
        .collect();
    assert_eq!(
        accepted,
        ["subject 1", "subject 2", "subject 4", "subject 5"]
    );
}
