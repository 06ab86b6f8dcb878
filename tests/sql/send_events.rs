//! Events stand in the log exactly if the end of their attempt does.

use super::{Claim, Graph, Session, engine_with};

/// An event as SQL: the place of its attempt, from 1, its name and its payload.
type Event<'a> = (usize, &'a str, &'a str);

fn list(events: &[Event<'_>]) -> String {
    let row =
        |(ord, name, payload): &Event<'_>| format!("({ord}, '{name}', '{payload}')::tasker.event");
    let rows: Vec<String> = events.iter().map(row).collect();
    format!("array[{}]::tasker.event[]", rows.join(", "))
}

fn arrays(leases: &[Claim]) -> String {
    let column = |of: &dyn Fn(&Claim) -> String, kind: &str| {
        let values: Vec<String> = leases.iter().map(of).collect();
        format!("array[{}]::{kind}[]", values.join(", "))
    };
    [
        column(&|lease| format!("'{}'", lease.task_id), "uuid"),
        column(&|lease| lease.step_no.to_string(), "smallint"),
        column(&|lease| lease.attempt.to_string(), "int"),
        column(&|_| "'1'".to_owned(), "text"),
    ]
    .join(", ")
}

impl Session {
    pub(super) async fn complete_with_events(
        &mut self,
        worker: i32,
        leases: &[Claim],
        claim: i32,
        events: &[Event<'_>],
    ) {
        let (arrays, events) = (arrays(leases), list(events));
        self.run(&format!(
            "select tasker.complete_steps({worker}, {arrays}, {claim}, null, {events})"
        ))
        .await;
    }

    async fn checkpoint_with_events(
        &mut self,
        worker: i32,
        leases: &[Claim],
        events: &[Event<'_>],
    ) {
        let (arrays, events) = (arrays(leases), list(events));
        self.run(&format!(
            "select tasker.checkpoint_steps({worker}, {arrays}, null, {events})"
        ))
        .await;
    }
}

#[tokio::test]
async fn events_come_before_the_end_of_their_attempt_and_in_order() {
    let (_database, mut session, worker, task) = engine_with(Graph::chain(2)).await;
    let first = session.claim(worker, 1).await;
    let events = [(1, "b", "1"), (1, "a", "{\"n\": 2}"), (1, "b", "null")];
    session
        .complete_with_events(worker, &first, 1, &events)
        .await;
    assert_eq!(
        session.log(task).await[2..],
        [
            "0 running #1",
            "0 !b #1",
            "0 !a #1",
            "0 !b #1",
            "0 complete #1",
            "1 running #1"
        ]
    );
    let payloads =
        "select detail::text from tasker.transition where event is not null order by seq";
    assert_eq!(
        session.all::<String>(payloads).await,
        ["1", "{\"n\": 2}", "null"]
    );
    let of_worker = "select count(*) from tasker.transition where event is not null and to_state is null and worker_id = ";
    let count: i64 = session.one(&format!("{of_worker}{worker}")).await;
    assert_eq!(count, 3);
}

#[tokio::test]
async fn each_event_is_of_the_attempt_in_its_place() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    let claims = session.claim(worker, 2).await;
    let events = [(2, "second", "1"), (1, "first", "1"), (2, "third", "1")];
    session
        .complete_with_events(worker, &claims, 0, &events)
        .await;
    let log = session.log(task).await;
    let told: Vec<&String> = log.iter().filter(|line| line.contains('!')).collect();
    assert_eq!(told, ["1 !second #1", "0 !first #1", "1 !third #1"]);
}

#[tokio::test]
async fn a_repeated_call_sends_no_event_twice() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claims = session.claim(worker, 1).await;
    let events = [(1, "orders.charged", "1")];
    for _ in 0..2 {
        session
            .complete_with_events(worker, &claims, 0, &events)
            .await;
    }
    session
        .checkpoint_with_events(worker, &claims, &events)
        .await;
    let log = session.log(task).await;
    assert_eq!(log.iter().filter(|line| line.contains('!')).count(), 1);
}

#[tokio::test]
async fn a_stale_lease_sends_no_event_and_a_valid_one_in_the_same_call_does() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    let mut claims = session.claim(worker, 2).await;
    claims[0].attempt = 2;
    let events = [(1, "void", "1"), (2, "good", "1")];
    session
        .complete_with_events(worker, &claims, 0, &events)
        .await;
    assert_eq!(session.steps(task).await, "running complete");
    let log = session.log(task).await;
    let told: Vec<&String> = log.iter().filter(|line| line.contains('!')).collect();
    assert_eq!(told, ["1 !good #1"]);
    let other = session.worker().await;
    claims[0].attempt = 1;
    session
        .complete_with_events(other, &claims[..1], 0, &events[..1])
        .await;
    assert_eq!(session.log(task).await, log);
}

#[tokio::test]
async fn a_checkpoint_has_its_events_before_it() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    let claims = session.claim(worker, 1).await;
    session
        .checkpoint_with_events(worker, &claims, &[(1, "page", "1")])
        .await;
    assert_eq!(session.log(task).await[3..], ["0 !page #1", "0 ready #1"]);
}

#[tokio::test]
async fn a_step_that_left_too_many_checkpoints_fails_without_its_events() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    session.run("update tasker.step set attempt = tasker.attempts_max() - 1, free_attempts = attempt where step_no = 0").await;
    let claims = session.claim(worker, 2).await;
    let events = [(1, "lost", "1"), (2, "kept", "1")];
    session
        .checkpoint_with_events(worker, &claims, &events)
        .await;
    assert_eq!(session.steps(task).await, "error ready");
    let log = session.log(task).await;
    let told: Vec<&String> = log.iter().filter(|line| line.contains('!')).collect();
    assert_eq!(told, ["1 !kept #1"]);
}

#[tokio::test]
async fn an_event_is_no_use_of_a_version() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    let claims = session.claim(worker, 1).await;
    session
        .complete_with_events(
            worker,
            &claims,
            0,
            &[(1, "orders", "{\"kind\": \"trapped\"}")],
        )
        .await;
    let entries: i64 = session
        .one("select count(*) from tasker.transition where event is not null and component_version_id is not null")
        .await;
    assert_eq!(entries, 0);
}
