use super::{Graph, engine, engine_with};

const GRACE: &str = "15 seconds";

#[tokio::test]
async fn an_attempt_that_outlived_its_deadline_and_the_grace_fails() {
    let (_database, mut session, worker, task) =
        engine_with(Graph::single().timeout_ms(1_000)).await;
    let claimed = session.claim(worker, 1).await;
    session.later("16 seconds").await;
    assert_eq!(session.reap_overdue(GRACE).await, 0);
    session.later("1 ms").await;
    assert_eq!(session.reap_overdue(GRACE).await, 1);
    assert_eq!(session.steps(task).await, "waiting_for_retry");
    assert_eq!(
        session
            .step(task, 0, "error ->> 'kind' || ' ' || (error ->> 'code')")
            .await,
        "timed_out deadline_exceeded"
    );
    let by = "select worker_id from tasker.transition where to_state = 'waiting_for_retry'";
    assert_eq!(session.one::<i32>(by).await, worker);
    session.complete(worker, &claimed).await;
    assert_eq!(session.steps(task).await, "waiting_for_retry");
}

#[tokio::test]
async fn an_attempt_that_outlived_its_deadline_counts() {
    let (_database, mut session, worker, task) = engine_with(Graph::single().max_attempts(1)).await;
    session.claim(worker, 1).await;
    session.later("1 hour").await;
    session.reap_overdue(GRACE).await;
    assert_eq!(session.task(task).await, "error");
}

#[tokio::test]
async fn a_step_that_ended_too_many_hosts_fails_for_good() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    session.run("update tasker.step set lost = 100").await;
    assert_eq!(session.reap_overdue(GRACE).await, 0);
    session.run("update tasker.step set lost = 101").await;
    assert_eq!(session.reap_overdue(GRACE).await, 1);
    assert_eq!(session.task(task).await, "error");
    assert_eq!(
        session
            .one::<String>("select error ->> 'code' from tasker.task")
            .await,
        "lost_too_often"
    );
}

#[tokio::test]
async fn the_attempts_of_several_workers_are_ended_at_once() {
    let (_database, mut session, first) = engine().await;
    let second = session.worker().await;
    let version = Graph::single().max_attempts(1).publish(&mut session).await;
    let tasks = session.create_many(version, 2).await;
    session.claim(first, 1).await;
    session.claim(second, 1).await;
    session.later("1 hour").await;
    assert_eq!(session.reap_overdue(GRACE).await, 2);
    for task in tasks {
        assert_eq!(session.task(task).await, "error");
    }
}

#[tokio::test]
async fn nothing_overdue_is_nothing_to_do() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    assert_eq!(session.reap_overdue(GRACE).await, 0);
    assert_eq!(session.steps(task).await, "running");
}
