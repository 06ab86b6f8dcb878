//! Turns of the namespaces at the queue.

use super::{BY_POLICY, Graph, Session, Uuid, engine};
use crate::harness::{NEW_ID, WRONG_IN_QUEUE};
use std::collections::BTreeMap;

/// Tasks of one step, by their namespace.
async fn tasks(session: &mut Session, namespace: i32, count: i32) -> Vec<Uuid> {
    let version = Graph::single().publish(session).await;
    session
        .all(&format!(
            "select c.task_id
             from (select array_agg({NEW_ID}) as id, array_agg({namespace}) as namespace, array_agg(1) as ones,
                          array_agg({version}) as version, array_agg('{{}}'::text) as input,
                          array_agg(null::text) as key, array_agg(''::text) as correlation, array_agg(false) as watched
                   from generate_series(1, {count})) a
             cross join lateral tasker.create_tasks(
               a.id, a.namespace, a.version, a.version, a.ones, a.input, a.key, a.correlation, a.watched) c"
        ))
        .await
}

/// How many steps of each namespace a claim takes.
async fn claim(session: &mut Session, worker: i32, limit: i32, after: i32) -> BTreeMap<i32, usize> {
    let claimed: Vec<i32> = session
        .all(&format!(
            "select namespace_id from tasker.claim_ready({worker}, {limit}, 1000000, {after}) where task_id is not null"
        ))
        .await;
    let mut counts = BTreeMap::new();
    for namespace in claimed {
        *counts.entry(namespace).or_default() += 1;
    }
    counts
}

async fn rule(session: &mut Session, namespace: i32, weight: i32, is_paused: bool) {
    session
        .run(&format!(
            "insert into tasker.queue_rule (namespace_id, weight, is_paused, set_by) values ({namespace}, {weight}, {is_paused}, 'ada')"
        ))
        .await;
}

#[tokio::test]
async fn a_namespace_with_much_to_do_leaves_another_its_turn() {
    let (_database, mut session, worker) = engine().await;
    let many = tasks(&mut session, 1, 500).await;
    session.later("1 hour").await;
    let single = tasks(&mut session, 2, 1).await;
    assert_eq!((many.len(), single.len()), (500, 1));
    let claimed = claim(&mut session, worker, 10, 0).await;
    assert_eq!(claimed, BTreeMap::from([(1, 5), (2, 1)]));
    let claimed = claim(&mut session, worker, 10, 0).await;
    assert_eq!(claimed, BTreeMap::from([(1, 10)]), "nobody else is left");
}

#[tokio::test]
async fn more_namespaces_than_a_claim_has_room_for_are_served_in_turn() {
    let (_database, mut session, worker) = engine().await;
    for namespace in 1..=5 {
        tasks(&mut session, namespace, 4).await;
    }
    let first = claim(&mut session, worker, 2, 0).await;
    assert_eq!(first, BTreeMap::from([(1, 1), (2, 1)]));
    let second = claim(&mut session, worker, 2, 2).await;
    assert_eq!(second, BTreeMap::from([(3, 1), (4, 1)]));
    let third = claim(&mut session, worker, 2, 4).await;
    assert_eq!(third, BTreeMap::from([(1, 1), (5, 1)]), "and round again");
}

#[tokio::test]
async fn a_namespace_gets_steps_by_its_weight_and_one_at_least() {
    let (_database, mut session, worker) = engine().await;
    for namespace in 1..=3 {
        tasks(&mut session, namespace, 100).await;
    }
    rule(&mut session, 2, 8, false).await;
    let claimed = claim(&mut session, worker, 20, 0).await;
    assert_eq!(claimed, BTreeMap::from([(1, 2), (2, 16), (3, 2)]));
    let claimed = claim(&mut session, worker, 4, 0).await;
    assert_eq!(claimed, BTreeMap::from([(1, 1), (2, 3)]));
}

#[tokio::test]
async fn a_paused_namespace_is_claimed_nothing_of_and_nobody_waits_for_it() {
    let (_database, mut session, worker) = engine().await;
    tasks(&mut session, 1, 3).await;
    rule(&mut session, 1, 1, true).await;
    assert_eq!(claim(&mut session, worker, 10, 0).await, BTreeMap::new());
    assert_eq!(session.due_ms(worker).await, [None]);
    tasks(&mut session, 2, 1).await;
    assert_eq!(
        claim(&mut session, worker, 10, 0).await,
        BTreeMap::from([(2, 1)])
    );
    session
        .run("update tasker.queue_rule set is_paused = false")
        .await;
    assert_eq!(
        claim(&mut session, worker, 10, 0).await,
        BTreeMap::from([(1, 3)])
    );
}

#[tokio::test]
async fn a_report_claims_nothing_of_a_paused_namespace() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    let task = session.create(version).await;
    let claimed = session.claim(worker, 1).await;
    rule(&mut session, 1, 1, true).await;
    assert_eq!(session.report(worker, &claimed, 10).await, []);
    assert_eq!(session.steps(task).await, "complete ready");
    let wrong: i64 = session.one(WRONG_IN_QUEUE).await;
    assert_eq!(wrong, 0);
}

#[tokio::test]
async fn a_share_that_was_filled_says_that_more_is_due() {
    let (_database, mut session, worker) = engine().await;
    tasks(&mut session, 1, 100).await;
    tasks(&mut session, 2, 1).await;
    let left: Vec<Option<i64>> = session
        .all(&format!(
            "select due_ms from tasker.claim_ready({worker}, 10, 1000000, 0) where task_id is null"
        ))
        .await;
    assert_eq!(left, [Some(0)]);
}

#[tokio::test]
async fn the_queue_has_what_is_to_be_claimed_and_nothing_else() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::new(4, &[(0, 2), (1, 2), (2, 3)])
        .backoff("linear", 1_000, 1_000)
        .publish(&mut session)
        .await;
    let tasks = session.create_many(version, 8).await;
    let claimed = session.claim(worker, 16).await;
    session.fail(worker, &claimed[..4], BY_POLICY).await;
    session.checkpoint(worker, &claimed[4..6], "1").await;
    session.release(&[worker], &claimed[8..]).await;
    session.complete(worker, &claimed[8..]).await;
    session.cancel(&tasks[..1]).await;
    let wrong: i64 = session.one(WRONG_IN_QUEUE).await;
    let queued: i64 = session.one("select count(*) from tasker.queue").await;
    let ready: i64 = session
        .one("select count(*) from tasker.step where ready_at is not null")
        .await;
    assert_eq!((wrong, queued), (0, ready));
    assert!(queued > 0);
}

#[tokio::test]
async fn what_a_namespace_has_in_the_queue_costs_a_claim_no_reads() {
    let (_database, mut session, worker) = engine().await;
    // The plan is of an empty queue, and the queue is full.
    session.run("analyze").await;
    claim(&mut session, worker, 10, 1).await;
    tasks(&mut session, 1, 20_000).await;
    tasks(&mut session, 2, 10).await;
    let reads = "select idx_tup_read from pg_stat_user_indexes where indexrelname = 'queue_pkey'";
    session.run("select pg_stat_force_next_flush()").await;
    let before: i64 = session.one(reads).await;
    let claimed = claim(&mut session, worker, 10, 1).await;
    assert_eq!(claimed, BTreeMap::from([(1, 5), (2, 5)]));
    session.run("select pg_stat_force_next_flush()").await;
    let after: i64 = session.one(reads).await;
    assert!(after - before < 100, "{} entries read", after - before);
}

#[tokio::test]
async fn vacuum_leaves_the_empty_end_of_the_queue_for_which_it_would_lock_out_claims() {
    let (_database, mut session, worker) = engine().await;
    tasks(&mut session, 1, 3_000).await;
    while !claim(&mut session, worker, 1_000, 0).await.is_empty() {}
    let bytes = "select pg_relation_size('tasker.queue')";
    let before: i64 = session.one(bytes).await;
    session.run("vacuum tasker.queue").await;
    assert_eq!(session.one::<i64>(bytes).await, before);
    assert!(before > 0);
}
