//! How many steps of a namespace run at the same time, where that is limited.

use super::{BY_POLICY, Graph, Session, engine};
use crate::harness::{TestDatabase, WRONG_IN_QUEUE};

async fn limit(session: &mut Session, steps: i32) {
    session
        .run(&format!(
            "insert into tasker.queue_rule (namespace_id, max_running, set_by) values (1, {steps}, 'ada')
             on conflict (namespace_id) do update set max_running = excluded.max_running"
        ))
        .await;
}

async fn running(session: &mut Session) -> i64 {
    session
        .one("select count(*) from tasker.step where state = 'running'")
        .await
}

/// Claims and reports until all is done, and says how many steps ran at the same time at most.
async fn work(database: &TestDatabase, limit: i32) -> i64 {
    let mut session = Session::new(database).await;
    let worker = session.worker().await;
    let mut most = 0;
    let open = "select count(*) from tasker.task where finished_at is null";
    while session.one::<i64>(open).await > 0 {
        let mut claimed = session.claim(worker, limit).await;
        while !claimed.is_empty() {
            most = most.max(running(&mut session).await);
            if session.one("select random() < 0.2").await {
                session.fail(worker, &claimed[..1], BY_POLICY).await;
                claimed.remove(0);
            }
            claimed = session.report(worker, &claimed, limit).await;
            most = most.max(running(&mut session).await);
        }
    }
    most
}

#[tokio::test]
async fn a_limit_holds_however_many_hosts_claim_at_once() {
    let (database, mut session, _) = engine().await;
    // A step with several parents and one with several children.
    let version = Graph::new(6, &[(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4), (4, 5)])
        .backoff("none", 0, 0)
        .max_attempts(1_000)
        .publish(&mut session)
        .await;
    limit(&mut session, 3).await;
    session.create_many(version, 40).await;
    let most = tokio::join!(
        work(&database, 2),
        work(&database, 4),
        work(&database, 8),
        work(&database, 8)
    );
    let most = [most.0, most.1, most.2, most.3];
    assert_eq!(most.into_iter().max(), Some(3), "{most:?}");
    let complete: i64 = session
        .one("select count(*) from tasker.task where state = 'complete'")
        .await;
    assert_eq!(complete, 40);
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
}

#[tokio::test]
async fn a_step_takes_over_the_slot_of_the_one_before() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    limit(&mut session, 1).await;
    session.create_many(version, 2).await;
    let first = session.claim(worker, 10).await;
    assert_eq!(first.len(), 1);
    assert!(session.claim(worker, 10).await.is_empty());
    let second = session.report(worker, &first, 10).await;
    assert_eq!(
        (second[0].task_id, second[0].step_no),
        (first[0].task_id, 1)
    );
    assert!(session.claim(worker, 10).await.is_empty());
    assert!(session.report(worker, &second, 10).await.is_empty());
    let other = session.claim(worker, 10).await;
    assert_eq!(other.len(), 1);
    assert_ne!(other[0].task_id, first[0].task_id);
}

#[tokio::test]
async fn of_many_that_a_step_releases_one_takes_over_its_slot() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::new(4, &[(0, 1), (0, 2), (0, 3)])
        .publish(&mut session)
        .await;
    limit(&mut session, 2).await;
    let task = session.create(version).await;
    let first = session.claim(worker, 10).await;
    let next = session.report(worker, &first, 10).await;
    assert_eq!(next.len(), 1);
    assert_eq!(session.steps(task).await, "complete running ready ready");
    assert_eq!(session.claim(worker, 10).await.len(), 1);
    assert!(session.claim(worker, 10).await.is_empty());
}

#[tokio::test]
async fn what_runs_without_a_slot_is_followed_by_a_claim() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    session.create_many(version, 2).await;
    let running = session.claim(worker, 10).await;
    limit(&mut session, 1).await;
    assert!(session.report(worker, &running, 10).await.is_empty());
    assert_eq!(session.claim(worker, 10).await.len(), 1);
}

#[tokio::test]
async fn a_limit_that_is_lowered_holds_as_soon_as_enough_steps_ended() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    limit(&mut session, 5).await;
    session.create_many(version, 10).await;
    let claimed = session.claim(worker, 10).await;
    assert_eq!(claimed.len(), 5);
    limit(&mut session, 2).await;
    session.complete(worker, &claimed[..3]).await;
    assert!(session.claim(worker, 10).await.is_empty());
    session.complete(worker, &claimed[3..4]).await;
    assert_eq!(session.claim(worker, 10).await.len(), 1);
}

#[tokio::test]
async fn a_slot_is_free_however_its_attempt_ended() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single()
        .backoff("none", 0, 0)
        .publish(&mut session)
        .await;
    limit(&mut session, 1).await;
    session.create_many(version, 2).await;
    let claimed = session.claim(worker, 10).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    let claimed = session.claim(worker, 10).await;
    assert_eq!(claimed.len(), 1);
    session.checkpoint(worker, &claimed, "1").await;
    let claimed = session.claim(worker, 10).await;
    assert_eq!(claimed.len(), 1);
    session.cancel(&[claimed[0].task_id]).await;
    let claimed = session.claim(worker, 10).await;
    assert_eq!(claimed.len(), 1);
    session.stop(worker).await;
    let other = session.worker().await;
    assert_eq!(session.claim(other, 10).await.len(), 1);
}

#[tokio::test]
async fn a_claim_says_that_a_limit_was_what_left_a_step_and_not_that_it_is_due() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    limit(&mut session, 1).await;
    session.create_many(version, 2).await;
    session.claim(worker, 1).await;
    let left: Vec<(Option<i64>, bool)> = session
        .rows(&format!(
            "select due_ms, is_limited from tasker.claim_ready({worker}, 10, 1000000) where task_id is null"
        ))
        .await;
    assert_eq!(left, [(None, true)]);
}

#[tokio::test]
async fn a_claim_that_finds_the_slots_in_use_by_another_claim_is_to_come_again() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    limit(&mut session, 2).await;
    session.create_many(version, 3).await;
    let mut other = Session::new(&database).await;
    other.begin().await;
    assert_eq!(other.claim(worker, 1).await.len(), 1);
    assert_eq!(session.due_ms(worker).await, [Some(0)]);
    other.commit().await;
    assert_eq!(session.claim(worker, 10).await.len(), 1);
}

/// Pages of steps that were looked at, with those of their indexes.
async fn step_pages(session: &mut Session) -> i64 {
    session.run("select pg_stat_force_next_flush()").await;
    session
        .one(
            "select sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::int8
             from pg_statio_user_tables where relname ~ '^step(_[0-9]|$)'",
        )
        .await
}

#[tokio::test]
async fn a_claim_within_a_limit_reads_no_more_of_many_steps_than_of_few() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    limit(&mut session, 10).await;
    let mut costs = Vec::new();
    for tasks in [100, 20_000] {
        session.create_many(version, tasks).await;
        // Slots are known for their number, so that all plans there are may be chosen.
        session.run("analyze").await;
        let before = step_pages(&mut session).await;
        let claimed = session.claim(worker, 10).await;
        assert_eq!(claimed.len(), 10);
        session.report(worker, &claimed, 0).await;
        costs.push(step_pages(&mut session).await - before);
    }
    assert!(costs[1] < 2 * costs[0], "{costs:?} pages of steps");
}
