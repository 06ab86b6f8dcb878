//! A clock that is set back: what would stand still until it is as late again goes on.

use super::{BY_POLICY, Fail, Graph, Session, engine_with};

const LIMIT: i32 = 100;

/// Notices the time as it is, and that it is an hour earlier.
async fn set_back_an_hour(session: &mut Session) -> Option<i32> {
    assert_eq!(session.follow_clock(LIMIT).await, None);
    session.later("-1 hour").await;
    session.follow_clock(LIMIT).await
}

/// Milliseconds until a step is due.
async fn due_ms(session: &mut Session, step_no: i16) -> i32 {
    session
        .one(&format!(
            "select (extract(epoch from ready_at - tasker.clock()) * 1000)::int from tasker.step where step_no = {step_no}"
        ))
        .await
}

#[tokio::test]
async fn a_step_that_was_ready_is_claimed_at_once() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    assert_eq!(set_back_an_hour(&mut session).await, Some(1));
    session.claim_one(worker).await;
}

#[tokio::test]
async fn ready_steps_keep_their_order() {
    let (_database, mut session, worker, first) = engine_with(Graph::single()).await;
    let version = session
        .one::<i32>("select template_version_id from tasker.task")
        .await;
    session.later("10 ms").await;
    let second = session.create(version).await;
    set_back_an_hour(&mut session).await;
    let order = [
        session.claim_one(worker).await,
        session.claim_one(worker).await,
    ];
    assert_eq!(order.map(|claim| claim.task_id), [first, second]);
}

#[tokio::test]
async fn a_retry_keeps_what_was_left_of_its_delay() {
    let graph = Graph::single().backoff("linear", 10_000, 60_000);
    let (_database, mut session, worker, _) = engine_with(graph).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    session.later("4 seconds").await;
    assert_eq!(set_back_an_hour(&mut session).await, Some(1));
    assert_eq!(due_ms(&mut session, 0).await, 6_000);
    // Not once more.
    assert_eq!(session.follow_clock(LIMIT).await, None);
    assert_eq!(due_ms(&mut session, 0).await, 6_000);
}

#[tokio::test]
async fn a_retry_that_was_planned_after_the_clock_was_set_back_is_not_hurried() {
    let (_database, mut session, worker, _) = engine_with(Graph::new(2, &[])).await;
    let claimed = session.claim(worker, 2).await;
    let wait = |retry_after_ms| Fail {
        retry_after_ms: Some(retry_after_ms),
        ..BY_POLICY
    };
    session
        .fail(worker, &claimed[..1], wait(2 * 3_600_000))
        .await;
    session.follow_clock(LIMIT).await;
    session.later("-1 hour").await;
    session.fail(worker, &claimed[1..], wait(600_000)).await;
    assert_eq!(session.follow_clock(LIMIT).await, Some(1));
    assert_eq!(due_ms(&mut session, 0).await, 2 * 3_600_000);
    assert_eq!(due_ms(&mut session, 1).await, 600_000);
}

#[tokio::test]
async fn many_steps_are_moved_part_by_part_and_each_once() {
    let (_database, mut session, worker, _) = engine_with(Graph::single()).await;
    let version = session
        .one::<i32>("select template_version_id from tasker.task")
        .await;
    for _ in 0..9 {
        session.later("1 ms").await;
        session.create(version).await;
    }
    session.follow_clock(4).await;
    session.later("-1 hour").await;
    assert_eq!(session.follow_clock(4).await, Some(4));
    assert_eq!(session.claim(worker, 100).await.len(), 4);
    assert_eq!(session.follow_clock(4).await, Some(4));
    assert_eq!(session.follow_clock(4).await, Some(2));
    assert_eq!(session.follow_clock(4).await, None);
    assert_eq!(session.claim(worker, 100).await.len(), 6);
}

#[tokio::test]
async fn suspended_steps_and_small_corrections_are_left_alone() {
    let (_database, mut session, _, _) = engine_with(Graph::single()).await;
    session.follow_clock(LIMIT).await;
    session.later("-1 second").await;
    assert_eq!(session.follow_clock(LIMIT).await, None);
    session
        .rewrite("update tasker.step set ready_at = null")
        .await;
    assert_eq!(set_back_an_hour(&mut session).await, Some(0));
}

#[tokio::test]
async fn a_worker_that_ends_after_the_clock_was_set_back_is_found_out() {
    let (_database, mut session, worker, task) = engine_with(Graph::single()).await;
    session.claim(worker, 1).await;
    let other = session.worker().await;
    set_back_an_hour(&mut session).await;
    session.be_heard(other, 3).await;
    assert_eq!(session.reap(other, "2 seconds").await, 1);
    assert_eq!(session.steps(task).await, "ready");
}

#[tokio::test]
async fn two_hosts_that_notice_at_once_move_each_step_once() {
    let (database, mut session, worker, _) =
        engine_with(Graph::single().backoff("linear", 10_000, 60_000)).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    session.follow_clock(LIMIT).await;
    let mut second = Session::new(&database).await;
    second.later("-1 hour").await;
    session.later("-1 hour").await;
    session.begin().await;
    assert_eq!(session.follow_clock(LIMIT).await, Some(1));
    assert_eq!(second.follow_clock(LIMIT).await, None);
    session.commit().await;
    assert_eq!(second.follow_clock(LIMIT).await, None);
    assert_eq!(due_ms(&mut session, 0).await, 10_000);
}

#[tokio::test]
async fn the_mark_moves_on_with_the_clock_and_stays_while_it_hardly_moves() {
    let (_database, mut session, _, _) = engine_with(Graph::single()).await;
    session.follow_clock(LIMIT).await;
    session.later("900 ms").await;
    session.follow_clock(LIMIT).await;
    let behind =
        "select (extract(epoch from tasker.clock() - high_at) * 1000)::int from tasker.clock_mark";
    assert_eq!(session.one::<i32>(behind).await, 900);
    session.later("200 ms").await;
    session.follow_clock(LIMIT).await;
    assert_eq!(session.one::<i32>(behind).await, 0);
}
