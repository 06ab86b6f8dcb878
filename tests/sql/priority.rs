//! Steps of several priorities in one namespace.

use super::{BY_POLICY, Graph, Session, Uuid, engine};
use crate::harness::{NEW_ID, WRONG_IN_QUEUE};

async fn create(session: &mut Session, version: i32, priority: i16, tasks: i32) -> Vec<Uuid> {
    session
        .all(&format!(
            "select c.task_id from (
               select array_agg({NEW_ID}) as id, array_agg(1) as ones, array_agg({version}) as version,
                      array_agg('{{}}'::text) as input, array_agg(null::text) as key,
                      array_agg(''::text) as correlation, array_agg(false) as watched,
                      array_agg(({priority} * 3276)::smallint) as lane
               from generate_series(1, {tasks})) a
             cross join lateral tasker.create_tasks(
               a.id, a.ones, a.version, a.version, a.ones, a.input, a.key, a.correlation, a.watched, a.lane) c"
        ))
        .await
}

/// The priorities of the steps that a claim takes, the highest first.
async fn claim(session: &mut Session, worker: i32, limit: i32) -> Vec<i16> {
    session
        .all(&format!(
            "select s.lane / 3276::smallint from tasker.claim_ready({worker}, {limit}, 1000000) c
             join tasker.step s using (task_id, step_no) order by s.lane desc"
        ))
        .await
}

#[tokio::test]
async fn of_steps_that_became_ready_together_those_of_a_higher_priority_are_claimed_first() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    for priority in [4, 9, 0] {
        create(&mut session, version, priority, 3).await;
    }
    assert_eq!(claim(&mut session, worker, 4).await, [9, 9, 9, 4]);
    assert_eq!(claim(&mut session, worker, 4).await, [4, 4, 0, 0]);
    assert_eq!(claim(&mut session, worker, 4).await, [0]);
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
}

#[tokio::test]
async fn a_step_that_waited_long_enough_goes_before_a_new_one_of_a_higher_priority() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 3, 2).await;
    session.later("19 minutes").await;
    create(&mut session, version, 5, 1).await;
    assert_eq!(claim(&mut session, worker, 1).await, [5]);
    session.later("2 minutes").await;
    create(&mut session, version, 5, 1).await;
    assert_eq!(claim(&mut session, worker, 1).await, [3]);
}

#[tokio::test]
async fn a_step_of_a_high_priority_is_not_claimed_before_it_is_due() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single()
        .backoff("linear", 5_000, 5_000)
        .publish(&mut session)
        .await;
    create(&mut session, version, 9, 1).await;
    create(&mut session, version, 0, 2).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    assert_eq!(claim(&mut session, worker, 1).await, [0]);
    assert_eq!(claim(&mut session, worker, 1).await, [0]);
    assert_eq!(session.due_ms(worker).await, [Some(5_000)]);
    session.later("5 seconds").await;
    assert_eq!(claim(&mut session, worker, 1).await, [9]);
}

#[tokio::test]
async fn a_step_keeps_the_priority_of_its_task_however_it_comes_to_the_queue() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::new(4, &[(0, 2), (1, 2), (2, 3)])
        .backoff("linear", 1_000, 1_000)
        .publish(&mut session)
        .await;
    let tasks = create(&mut session, version, 7, 8).await;
    let claimed = session.claim(worker, 16).await;
    assert_eq!(claimed.len(), 16);
    session.fail(worker, &claimed[..4], BY_POLICY).await;
    session.checkpoint(worker, &claimed[4..6], "1").await;
    session.complete(worker, &claimed[8..]).await;
    session.release(&[worker], &[]).await;
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
    session.cancel(&tasks[..1]).await;
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
    let others: i64 = session
        .one("select count(*) from tasker.queue where lane <> 7 * 3276")
        .await;
    assert_eq!(others, 0);
    session.later("1 second").await;
    let all: Vec<i16> = claim(&mut session, worker, 64).await;
    assert!(all.len() > 8 && all.iter().all(|priority| *priority == 7));
}

#[tokio::test]
async fn a_priority_changes_no_turn_of_another_namespace() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 9, 20).await;
    create(&mut session, version, 8, 20).await;
    create(&mut session, version, 0, 20).await;
    session
        .rewrite(
            "with t as (update tasker.task set namespace_id = 2 where lane = 0 returning task_id)
                  update tasker.step s set namespace_id = 2 from t where s.task_id = t.task_id",
        )
        .await;
    assert_eq!(
        claim(&mut session, worker, 8).await,
        [9, 9, 9, 9, 0, 0, 0, 0]
    );
}

#[tokio::test]
async fn priorities_and_a_limit_of_running_steps_hold_together() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session
        .run("insert into tasker.queue_rule (namespace_id, max_running, set_by) values (1, 3, 'ada')")
        .await;
    create(&mut session, version, 2, 5).await;
    create(&mut session, version, 6, 2).await;
    assert_eq!(claim(&mut session, worker, 10).await, [6, 6, 2]);
    assert!(claim(&mut session, worker, 10).await.is_empty());
}

#[tokio::test]
async fn a_claim_of_several_priorities_reads_no_more_of_each_than_it_takes() {
    let (_database, mut session, worker) = engine().await;
    // The plans are of an empty queue, and the queue is full.
    session.run("analyze").await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 4, 1).await;
    create(&mut session, version, 5, 1).await;
    claim(&mut session, worker, 10).await;
    for priority in [4, 5, 6] {
        create(&mut session, version, priority, 5_000).await;
    }
    session.run("select pg_stat_force_next_flush()").await;
    let reads = "select idx_tup_read from pg_stat_user_indexes where indexrelname = 'queue_pkey'";
    let before: i64 = session.one(reads).await;
    assert_eq!(claim(&mut session, worker, 10).await, [6; 10]);
    session.run("select pg_stat_force_next_flush()").await;
    let after: i64 = session.one(reads).await;
    assert!(after - before < 100, "{} entries read", after - before);
}
