use super::{Graph, Session, engine, engine_with};

const DEAD_AFTER: &str = "2 seconds";

/// A worker that has been heard long enough to declare others dead, and them no more.
async fn reaper(session: &mut Session) -> i32 {
    let reaper = session.worker().await;
    session.be_heard(reaper, 2).await;
    session.later("1 ms").await;
    reaper
}

#[tokio::test]
async fn what_a_worker_without_heartbeat_held_is_taken_back_as_lost() {
    let (_database, mut session, worker, task) = engine_with(Graph::single().max_attempts(1)).await;
    let claimed = session.claim(worker, 1).await;
    let reaper = reaper(&mut session).await;
    assert_eq!(session.reap(reaper, DEAD_AFTER).await, 1);
    assert_eq!(
        session
            .step(
                task,
                0,
                "state || ' ' || free_attempts || ' ' || worker_losses"
            )
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
    assert!(!session.heartbeat(worker).await);
}

#[tokio::test]
async fn a_worker_with_a_heartbeat_keeps_its_leases() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    let reaper = session.worker().await;
    session.later("100 ms").await;
    session.heartbeat(worker).await;
    session.be_heard(reaper, 2).await;
    assert_eq!(session.reap(reaper, DEAD_AFTER).await, 0);
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
    session.be_heard(alive, 3).await;
    assert_eq!(session.reap(alive, DEAD_AFTER).await, 2);
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
async fn a_worker_that_has_just_been_heard_declares_nobody_dead() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    session.later("1 hour").await;
    let new = session.worker().await;
    assert_eq!(session.reap(new, DEAD_AFTER).await, 0);
    session.be_heard(new, 1).await;
    assert_eq!(session.reap(new, DEAD_AFTER).await, 0);
    assert_eq!(session.steps(task).await, "running");
    session.be_heard(new, 1).await;
    assert_eq!(session.reap(new, DEAD_AFTER).await, 1);
}

/// Two workers that were heard for long, of which the other holds a step.
async fn two_of_long_standing() -> (crate::harness::TestDatabase, Session, i32, i32) {
    let (database, mut session, one, _) = engine_with(Graph::single()).await;
    let other = session.worker().await;
    session.claim(other, 1).await;
    for _ in 0..20 {
        session.later("500 ms").await;
        session.heartbeat(one).await;
        session.heartbeat(other).await;
    }
    (database, session, one, other)
}

/// After an outage that all shared, the first to be heard again may not declare the others dead.
async fn none_dies(session: &mut Session, first: i32, other: i32) {
    session.heartbeat(first).await;
    assert_eq!(session.reap(first, DEAD_AFTER).await, 0);
    session.be_heard(first, 1).await;
    assert_eq!(session.reap(first, DEAD_AFTER).await, 0);
    assert!(session.heartbeat(other).await, "it was declared dead");
    session.be_heard(first, 1).await;
    assert_eq!(session.reap(first, DEAD_AFTER).await, 0);
}

#[tokio::test]
async fn after_an_outage_that_all_shared_none_is_declared_dead() {
    for outage in ["1100 ms", "20 seconds", "1 hour"] {
        let (_database, mut session, first, other) = two_of_long_standing().await;
        session.later(outage).await;
        none_dies(&mut session, first, other).await;
    }
}

#[tokio::test]
async fn after_a_step_of_the_clock_none_is_declared_dead_and_a_dead_one_soon_is() {
    for step in ["1 hour", "-1 hour"] {
        let (_database, mut session, first, other) = two_of_long_standing().await;
        session.follow_clock(10).await;
        session.later(step).await;
        session.follow_clock(10).await;
        none_dies(&mut session, first, other).await;
        session.be_heard(first, 2).await;
        assert_eq!(session.reap(first, DEAD_AFTER).await, 1, "{step}");
    }
}

#[tokio::test]
async fn a_call_that_was_held_up_since_its_workers_last_heartbeat_declares_nobody_dead() {
    let (_database, mut session, first, _) = two_of_long_standing().await;
    session.later("1 hour").await;
    assert_eq!(session.reap(first, DEAD_AFTER).await, 0);
}

#[tokio::test]
async fn a_worker_that_was_declared_dead_declares_nobody_dead() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    let reaper = reaper(&mut session).await;
    session.stop(reaper).await;
    assert_eq!(session.reap(reaper, DEAD_AFTER).await, 0);
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
    let reaper = session.worker().await;
    session.be_heard(reaper, 2).await;
    assert_eq!(session.reap(reaper, DEAD_AFTER).await, 1);
    assert_eq!(session.steps(task).await, "ready");
}

#[tokio::test]
async fn it_is_taken_back_too_where_no_host_ran_for_long_and_looked_for_once() {
    let (database, mut session, worker, task) = engine_with(Graph::single()).await;
    let mut late = Session::new(&database).await;
    late.begin().await;
    late.claim_one(worker).await;
    session.stop(worker).await;
    late.commit().await;
    session.later("1 day").await;
    let reaper = session.worker().await;
    session.be_heard(reaper, 2).await;
    assert_eq!(session.reap(reaper, DEAD_AFTER).await, 1);
    assert_eq!(session.steps(task).await, "ready");
    let unsettled =
        "select count(*)::int from tasker.worker where stopped_at is not null and not is_settled";
    assert_eq!(session.one::<i32>(unsettled).await, 0);
}

#[tokio::test]
async fn a_step_that_ended_too_many_hosts_fails_for_good() {
    for (losses, state, code) in [(99, "in_progress", "-"), (100, "error", "lost_too_often")] {
        let (_database, mut session, worker) = engine().await;
        let version = Graph::new(2, &[]).publish(&mut session).await;
        let task = session.create(version).await;
        let other = session.create(version).await;
        session.claim(worker, 4).await;
        let lost = "update tasker.step set worker_losses = ";
        session
            .run(&format!("{lost} {losses} where task_id = '{task}'"))
            .await;
        let reaper = reaper(&mut session).await;
        assert_eq!(session.reap(reaper, DEAD_AFTER).await, 4);
        assert_eq!(session.task(task).await, state);
        assert_eq!(
            session
                .step(
                    task,
                    0,
                    "case when state = 'error' then error ->> 'code' end"
                )
                .await,
            code
        );
        assert_eq!(session.steps(other).await, "ready ready");
    }
}

#[tokio::test]
async fn a_step_that_cannot_be_failed_keeps_no_other_from_being_taken_back() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    session.claim(worker, 2).await;
    session
        .run(
            "update tasker.step set worker_losses = 100 where step_no = 0;
             alter table tasker.step add constraint damaged check (state <> 'error')",
        )
        .await;
    let reaper = reaper(&mut session).await;
    assert_eq!(session.reap(reaper, DEAD_AFTER).await, 2);
    assert_eq!(session.steps(task).await, "ready ready");
}

#[tokio::test]
async fn one_host_reaps_while_the_others_go_on() {
    let (database, mut first, worker, _) = engine_with(Graph::single()).await;
    let mut second = Session::new(&database).await;
    first.claim(worker, 1).await;
    let reaper = reaper(&mut first).await;
    second.later("2001 ms").await;
    first.begin().await;
    assert_eq!(first.reap(reaper, DEAD_AFTER).await, 1);
    assert_eq!(second.reap(reaper, DEAD_AFTER).await, 0);
    first.commit().await;
}
