//! Steps of several queue keys in one namespace.

use super::{BY_POLICY, Graph, Session, engine};
use crate::harness::{NEW_ID, WRONG_IN_QUEUE};
use std::collections::BTreeMap;

/// Tasks of one step that have this hash of a key; 0 is no key.
async fn create(session: &mut Session, version: i32, (priority, key): (i16, i16), tasks: i32) {
    create_of(
        session,
        version,
        &format!("array_agg(({priority} * 3276 + {key})::smallint)"),
        tasks,
    )
    .await;
}

pub(super) async fn create_of(session: &mut Session, version: i32, lanes: &str, tasks: i32) {
    session
        .run(&format!(
            "select count(*) from (
               select array_agg({NEW_ID}) as id, array_agg(1) as ones, array_agg({version}) as version,
                      array_agg('{{}}'::text) as input, array_agg(null::text) as key,
                      array_agg(''::text) as correlation, array_agg(false) as watched, {lanes} as lane
               from generate_series(1, {tasks}) no) a
             cross join lateral tasker.create_tasks(
               a.id, a.ones, a.version, a.version, a.ones, a.input, a.key, a.correlation, a.watched, a.lane) c"
        ))
        .await;
}

/// Claims that follow each other as those of a worker do.
struct Claims {
    worker: i32,
    limit: i32,
    bytes: i32,
    after_key: i16,
    due_ms: Option<i64>,
}

impl Claims {
    fn new(worker: i32, limit: i32) -> Self {
        let (after_key, due_ms) = (0, None);
        Self {
            worker,
            limit,
            bytes: 1_000_000,
            after_key,
            due_ms,
        }
    }

    /// How many steps the next claim takes, by priority and key.
    async fn next(&mut self, session: &mut Session) -> BTreeMap<(i16, i16), usize> {
        let rows: Vec<(Option<i16>, Option<i16>, Option<i64>)> = session
            .rows(&format!(
                "select t.lane, c.after_key, c.due_ms
                 from tasker.claim_ready({}, {}, {}, p_after_key => {}::smallint) c
                 left join tasker.task t using (task_id)",
                self.worker, self.limit, self.bytes, self.after_key
            ))
            .await;
        let mut counts = BTreeMap::new();
        self.due_ms = None;
        for (lane, after_key, due_ms) in rows {
            match lane {
                Some(lane) => *counts.entry((lane / 3276, lane % 3276)).or_default() += 1,
                None => {
                    self.after_key = after_key.unwrap_or(self.after_key);
                    self.due_ms = due_ms;
                }
            }
        }
        counts
    }
}

#[tokio::test]
async fn a_key_with_very_many_steps_leaves_another_its_turn() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, (4, 17), 20_000).await;
    session.later("1 hour").await;
    create(&mut session, version, (4, 3_000), 1).await;
    let mut claims = Claims::new(worker, 10);
    let first = claims.next(&mut session).await;
    assert_eq!(first[&(4, 3_000)], 1);
    assert!(first[&(4, 17)] >= 5, "{first:?}");
    assert_eq!(claims.due_ms, Some(0), "more is due");
    assert_eq!(
        claims.next(&mut session).await,
        BTreeMap::from([((4, 17), 10)])
    );
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
}

#[tokio::test]
async fn steps_without_a_key_are_one_key_among_the_others() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, (4, 0), 100).await;
    create(&mut session, version, (4, 9), 100).await;
    let mut claims = Claims::new(worker, 10);
    let even = BTreeMap::from([((4, 0), 5), ((4, 9), 5)]);
    assert_eq!(claims.next(&mut session).await, even);
    claims.limit = 1;
    let mut served = BTreeMap::new();
    for _ in 0..4 {
        for (lane, steps) in claims.next(&mut session).await {
            *served.entry(lane).or_default() += steps;
        }
    }
    assert_eq!(served, BTreeMap::from([((4, 0), 2), ((4, 9), 2)]));
}

#[tokio::test]
async fn more_keys_than_a_claim_has_room_for_are_served_in_turn() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    for _ in 0..3 {
        create_of(
            &mut session,
            version,
            "array_agg((4 * 3276 + no * 32)::smallint)",
            100,
        )
        .await;
    }
    let mut claims = Claims::new(worker, 7);
    let mut served: BTreeMap<i16, usize> = BTreeMap::new();
    for _ in 0..15 {
        let claimed = claims.next(&mut session).await;
        assert_eq!(claimed.values().sum::<usize>(), 7, "{claimed:?}");
        assert_eq!(claimed.len(), 7, "one of each: {claimed:?}");
        for (_, key) in claimed.into_keys() {
            *served.entry(key).or_default() += 1;
        }
    }
    let least = (1..=100)
        .map(|key| served.get(&(key * 32)).copied().unwrap_or(0))
        .min();
    assert_eq!(least, Some(1), "{served:?}");
}

#[tokio::test]
async fn keys_that_the_limit_on_bytes_leaves_no_room_for_get_their_turn_too() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    for key in 1..=8 {
        create(&mut session, version, (4, key), 40).await;
    }
    let mut claims = Claims::new(worker, 8);
    claims.bytes = 4;
    let mut served = BTreeMap::new();
    for _ in 0..4 {
        let claimed = claims.next(&mut session).await;
        assert_eq!(claimed.values().sum::<usize>(), 2, "of two bytes each");
        served.extend(claimed);
    }
    assert_eq!(served.len(), 8, "no key waits: {served:?}");
}

#[tokio::test]
async fn of_each_priority_the_keys_take_turns_and_the_priority_keeps_its_lead() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, (4, 1), 50).await;
    create(&mut session, version, (4, 2), 1).await;
    create(&mut session, version, (9, 3), 3).await;
    let mut claims = Claims::new(worker, 5);
    let claimed = claims.next(&mut session).await;
    assert_eq!(
        claimed,
        BTreeMap::from([((9, 3), 3), ((4, 1), 1), ((4, 2), 1)])
    );
}

#[tokio::test]
async fn a_step_that_is_retried_waits_without_its_key_and_is_claimed_when_it_is_due() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single()
        .backoff("linear", 5_000, 5_000)
        .publish(&mut session)
        .await;
    create(&mut session, version, (4, 7), 2).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, BY_POLICY).await;
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
    let lanes: Vec<i16> = session
        .all("select lane from tasker.queue order by 1")
        .await;
    assert_eq!(lanes, [4 * 3276, 4 * 3276 + 7]);
    let mut claims = Claims::new(worker, 10);
    assert_eq!(claims.next(&mut session).await.len(), 1);
    assert_eq!(claims.due_ms, Some(5_000));
    session.later("5 seconds").await;
    assert_eq!(claims.next(&mut session).await.len(), 1);
    assert_eq!(session.one::<i64>(WRONG_IN_QUEUE).await, 0);
}

#[tokio::test]
async fn keys_and_a_limit_of_running_steps_hold_together() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session
        .run("insert into tasker.queue_rule (namespace_id, max_running, set_by) values (1, 3, 'ada')")
        .await;
    create(&mut session, version, (4, 1), 50).await;
    create(&mut session, version, (4, 2), 1).await;
    let mut claims = Claims::new(worker, 10);
    let claimed = claims.next(&mut session).await;
    assert_eq!(claimed, BTreeMap::from([((4, 1), 2), ((4, 2), 1)]));
    assert!(claims.next(&mut session).await.is_empty());
}

#[tokio::test]
async fn keys_cost_a_claim_no_more_than_it_claims_steps() {
    let (_database, mut session, worker) = engine().await;
    // The plans are of an empty queue, and the queue is full.
    session.run("analyze").await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, (4, 1), 1).await;
    let mut claims = Claims::new(worker, 10);
    claims.next(&mut session).await;
    create_of(
        &mut session,
        version,
        "array_agg((4 * 3276 + no % 3000)::smallint)",
        30_000,
    )
    .await;
    session.run("select pg_stat_force_next_flush()").await;
    let reads = "select idx_tup_read from pg_stat_user_indexes where indexrelname = 'queue_pkey'";
    let before: i64 = session.one(reads).await;
    assert_eq!(claims.next(&mut session).await.len(), 10);
    session.run("select pg_stat_force_next_flush()").await;
    let after: i64 = session.one(reads).await;
    assert!(after - before < 100, "{} entries read", after - before);
}

#[tokio::test]
async fn a_key_that_an_old_snapshot_made_slow_to_read_is_claimed_from_its_mark_on() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, (4, 7), 3).await;
    create(&mut session, version, (4, 9), 3).await;
    for (marked, taken) in [
        ("'{1}', '{13111}', array[tasker.clock()]", 6),
        (
            "'{1}', '{13111}', array[tasker.clock() + interval '1 second']",
            6,
        ),
        (
            "'{1,1}', '{13111,13113}', array[tasker.clock() - interval '1 hour', tasker.clock()]",
            6,
        ),
    ] {
        session.run("begin").await;
        let claimed: Vec<bool> = session
            .all(&format!(
                "select task_id is not null from tasker.claim_ready({worker}, 10, 1000000, 0, {marked})"
            ))
            .await;
        assert_eq!(claimed.iter().filter(|it| **it).count(), taken, "{marked}");
        session.run("rollback").await;
    }
}
