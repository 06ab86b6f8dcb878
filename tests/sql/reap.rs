use super::{Graph, Session, engine, engine_with};

/// Shorter than the server can have been up.
const DEAD_AFTER: &str = "10 ms";

#[tokio::test]
async fn what_a_worker_without_heartbeat_held_is_taken_back_as_lost() {
    let (_database, mut session, worker, task) = engine_with(Graph::single().max_attempts(1)).await;
    let claimed = session.claim(worker, 1).await;
    session.later("11 ms").await;
    assert_eq!(session.reap(DEAD_AFTER).await, 1);
    assert_eq!(
        session
            .step(task, 0, "state || ' ' || uncounted || ' ' || lost")
            .await,
        "ready 1 1"
    );
    let detail = "select detail ->> 'reason' || ' ' || worker_id from tasker.transition where to_state = 'ready'";
    assert_eq!(
        session.one::<String>(detail).await,
        format!("worker lost {worker}")
    );
    session.complete(worker, &claimed).await;
    assert_eq!(session.steps(task).await, "ready");
    assert_eq!(session.heartbeat(worker, &[]).await, [None]);
}

#[tokio::test]
async fn a_worker_with_a_heartbeat_keeps_its_leases() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    session.later("1 hour").await;
    session.heartbeat(worker, &[]).await;
    session.later("10 ms").await;
    assert_eq!(session.reap(DEAD_AFTER).await, 0);
    assert_eq!(session.steps(task).await, "running");
}

#[tokio::test]
async fn only_stale_workers_are_reaped_and_all_of_them_at_once() {
    let (_database, mut session, first) = engine().await;
    let (second, alive) = (session.worker().await, session.worker().await);
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 3).await;
    for worker in [first, second, alive] {
        session.claim(worker, 1).await;
    }
    session.later("1 second").await;
    session.heartbeat(alive, &[]).await;
    assert_eq!(session.reap(DEAD_AFTER).await, 2);
    let running: Vec<i32> = session
        .all("select worker_id from tasker.step where state = 'running'")
        .await;
    assert_eq!(running, [alive]);
    let alive_ones: Vec<i32> = session
        .all("select worker_id from tasker.worker where stopped_at is null")
        .await;
    assert_eq!(alive_ones, [alive]);
}

#[tokio::test]
async fn a_database_that_has_just_started_declares_nobody_dead() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    session.later("200 years").await;
    assert_eq!(session.reap("100 years").await, 0);
    assert_eq!(session.steps(task).await, "running");
}

#[tokio::test]
async fn a_claim_that_was_under_way_when_its_worker_was_stopped_is_taken_back_later() {
    let (database, mut session, worker, task) = engine_with(Graph::single()).await;
    let mut late = Session::new(&database).await;
    late.begin().await;
    late.claim_one(worker).await;
    session.stop(worker).await;
    late.commit().await;
    assert_eq!(session.steps(task).await, "running");
    session.later("9 ms").await;
    assert_eq!(session.reap(DEAD_AFTER).await, 0);
    session.later("1 ms").await;
    assert_eq!(session.reap(DEAD_AFTER).await, 1);
    assert_eq!(session.steps(task).await, "ready");
}

#[tokio::test]
async fn workers_that_stopped_long_ago_are_not_looked_at() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    session
        .run("update tasker.worker set stopped_at = tasker.clock()")
        .await;
    session.later("31 ms").await;
    assert_eq!(session.reap(DEAD_AFTER).await, 0);
}

#[tokio::test]
async fn one_host_reaps_while_the_others_go_on() {
    let (database, mut first, worker, _) = engine_with(Graph::single()).await;
    let mut second = Session::new(&database).await;
    first.claim(worker, 1).await;
    first.later("1 second").await;
    second.later("1 second").await;
    first.begin().await;
    assert_eq!(first.reap(DEAD_AFTER).await, 1);
    assert_eq!(second.reap(DEAD_AFTER).await, 0);
    first.commit().await;
}
