//! Claims beside an old snapshot: what they read of the queue, and what low marks may not hide.

use super::queue_keys::create_of;
use super::{Graph, Session, Uuid, engine};
use crate::harness::TestDatabase;

/// Steps that go through the queue while the snapshot is open.
const STEPS: i32 = 12_000;

/// A session whose snapshot stays open. No vacuum reads the queue from now on: the pages that it reads would be counted
/// with those of claims.
async fn old_snapshot(database: &TestDatabase) -> Session {
    let mut old = Session::new(database).await;
    old.run("alter table tasker.queue set (autovacuum_enabled = off)")
        .await;
    old.run("begin isolation level repeatable read; select from tasker.queue limit 1")
        .await;
    old
}

/// Entries of the queue's index that were read since the database began.
async fn read(session: &mut Session) -> i64 {
    session.run("select pg_stat_force_next_flush()").await;
    session
        .one("select idx_tup_read from pg_stat_user_indexes where indexrelname = 'queue_pkey'")
        .await
}

/// Pages of that index that were looked at.
async fn pages(session: &mut Session) -> i64 {
    session.run("select pg_stat_force_next_flush()").await;
    session
        .one("select idx_blks_hit + idx_blks_read from pg_statio_user_indexes where indexrelname = 'queue_pkey'")
        .await
}

/// Claims from these marks on, given in SQL; the tasks, and the next marks.
async fn claim_from(
    session: &mut Session,
    worker: i32,
    limit: i32,
    marks: &str,
) -> (Vec<Uuid>, Option<String>) {
    let rows: Vec<(Option<Uuid>, Option<String>)> = session
        .rows(&format!(
            "select task_id, format('%L::int[], %L::smallint[], %L::timestamptz[]', marked, marked_lane, low)
             from tasker.claim_ready({worker}, {limit}, 1000000, 0, {marks})"
        ))
        .await;
    let next = rows.iter().find(|row| row.0.is_none());
    let next = next.and_then(|row| row.1.clone());
    (rows.into_iter().filter_map(|row| row.0).collect(), next)
}

/// The marks that a look at the whole queue makes.
async fn look(session: &mut Session) -> String {
    look_where(session, "true").await
}

/// Those of these lanes.
async fn look_where(session: &mut Session, lanes: &str) -> String {
    session
        .one(&format!(
            "select format('%L::int[], %L::smallint[], %L::timestamptz[]', array_agg(namespace_id), array_agg(lane), array_agg(low))
             from (select * from tasker.queue_look_whole() where {lanes} order by namespace_id, lane) l"
        ))
        .await
}

/// Puts steps through the queue, and returns with the queue empty.
async fn drain(session: &mut Session, worker: i32, version: i32) {
    session.create_many(version, STEPS).await;
    while !session.claim(worker, 500).await.is_empty() {}
    session.later("1 second").await;
}

#[tokio::test]
async fn an_old_snapshot_costs_a_claim_by_marks_next_to_nothing() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    session.run("analyze").await;
    let _old = old_snapshot(&database).await;
    drain(&mut session, worker, version).await;
    session.create_many(version, 10).await;
    let before = read(&mut session).await;
    session.claim(worker, 10).await;
    let without = read(&mut session).await - before;
    assert!(without > i64::from(STEPS), "{without} entries read");

    session.create_many(version, 10).await;
    // On a busy machine, looks at other lanes are slow too, and each mark has its pages.
    let marks = look_where(&mut session, "lane = 13104").await;
    let (before, pages_before) = (read(&mut session).await, pages(&mut session).await);
    let (claimed, next) = claim_from(&mut session, worker, 10, &marks).await;
    let with = read(&mut session).await - before;
    assert_eq!(claimed.len(), 10);
    assert!(with < 100, "{with} entries read");
    // Entries that are passed over are not counted, but their pages are: some 90 for all.
    let pages = pages(&mut session).await - pages_before;
    assert!(pages < 70, "{pages} pages read");

    let before = read(&mut session).await;
    let (claimed, _) = claim_from(&mut session, worker, 10, &next.unwrap()).await;
    let idle = read(&mut session).await - before;
    assert!(claimed.is_empty());
    assert!(idle < 100, "{idle} entries read to find nothing");
}

/// Whether marks, in SQL, are all of namespace 1. Of which of its lanes is left open: on a busy machine, a look at any
/// of them may be slow.
fn are_of_first_namespace(marks: &str) -> bool {
    let namespaces = marks.split("::").next().unwrap();
    namespaces.contains('1') && namespaces.chars().all(|it| "'{1,}".contains(it))
}

#[tokio::test]
async fn marks_of_one_namespace_hide_no_other() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let other = Graph::single().publish(&mut session).await;
    let _old = old_snapshot(&database).await;
    drain(&mut session, worker, version).await;
    let marks = look(&mut session).await;
    assert!(are_of_first_namespace(&marks), "{marks}");
    let second = session.create_many(other, 1).await;
    session
        .run("update tasker.step set namespace_id = 2 where ready_at is not null; update tasker.queue set namespace_id = 2")
        .await;
    let (claimed, next) = claim_from(&mut session, worker, 10, &marks).await;
    assert_eq!(claimed, second);
    let next = next.unwrap();
    assert!(are_of_first_namespace(&next), "{next}");
}

#[tokio::test]
async fn a_step_that_was_committed_late_is_claimed_at_once_or_found_by_a_look() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let mut slow = Session::new(&database).await;
    for (took, is_at_once) in [("80 ms", true), ("2 seconds", false)] {
        slow.begin().await;
        let late = slow.create_many(version, 1).await;
        for other in [&mut session, &mut slow] {
            other.later(took).await;
        }
        let from = "'{1}', '{13104}', array[tasker.clock() - interval '1 minute']";
        let (claimed, next) = claim_from(&mut session, worker, 10, from).await;
        assert!(claimed.is_empty(), "not committed");
        slow.commit().await;
        let next = next.unwrap();
        let (claimed, _) = claim_from(&mut session, worker, 10, &next).await;
        match is_at_once {
            true => assert_eq!(claimed, late),
            false => {
                assert!(claimed.is_empty(), "below the mark");
                let look =
                    "tasker.queue_look(tasker.clock() - interval '1 minute', '{1}', '{13104}')";
                let lower: (bool, bool) = session
                    .rows(&format!(
                        "select l.is_found, l.low < (select min(m) from unnest({next}) as n (of, lane, m)) from {look} l"
                    ))
                    .await[0];
                assert_eq!(lower, (true, true));
                let low = format!("'{{1}}', '{{13104}}', array(select low from {look})");
                assert_eq!(claim_from(&mut session, worker, 10, &low).await.0, late);
            }
        }
    }
}

#[tokio::test]
async fn a_mark_ahead_of_a_clock_that_was_set_back_hides_nothing() {
    let (_database, mut session, worker, task) = super::engine_with(Graph::single()).await;
    let ahead = "'{1}', '{13104}', array[tasker.clock() + interval '1 second']";
    let (claimed, next) = claim_from(&mut session, worker, 10, ahead).await;
    assert_eq!(claimed, [task]);
    let is_behind: bool = session
        .one(&format!(
            "select max(m) < tasker.clock() from unnest({}) as n (of, lane, m)",
            next.unwrap()
        ))
        .await;
    assert!(is_behind);
}

#[tokio::test]
async fn a_step_that_waits_holds_the_mark_of_its_namespace() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let tasks = session.create_many(version, 2).await;
    let from = "'{1}', '{13104}', array[tasker.clock()]";
    let (first, next) = claim_from(&mut session, worker, 1, from).await;
    session.later("1 hour").await;
    let (second, _) = claim_from(&mut session, worker, 1, &next.unwrap()).await;
    let mut claimed = [first, second].concat();
    claimed.sort();
    assert_eq!(claimed, tasks);
}

/// Puts steps of a thousand keys through the queue.
async fn drain_keys(session: &mut Session, worker: i32, version: i32) {
    create_of(
        session,
        version,
        "array_agg((13105 + no % 1000)::smallint)",
        STEPS,
    )
    .await;
    while !session.claim(worker, 1_000).await.is_empty() {}
    session.later("1 second").await;
}

/// Has what is in the queue be of the second namespace.
const OF_ANOTHER: &str = "update tasker.step set namespace_id = 2 where ready_at is not null;
    update tasker.queue set namespace_id = 2";

#[tokio::test]
async fn keys_that_have_nothing_left_beside_an_old_snapshot_delay_no_other_namespace() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let other = Graph::single().publish(&mut session).await;
    session.run("analyze").await;
    let _old = old_snapshot(&database).await;
    drain_keys(&mut session, worker, version).await;
    let marks = look(&mut session).await;
    for is_marked in [false, true] {
        session.create_many(other, 10).await;
        session.run(OF_ANOTHER).await;
        let from = if is_marked {
            &marks
        } else {
            "null, null, null"
        };
        let (before, pages_before) = (read(&mut session).await, pages(&mut session).await);
        let (claimed, _) = claim_from(&mut session, worker, 10, from).await;
        let entries = read(&mut session).await - before;
        let pages = pages(&mut session).await - pages_before;
        assert_eq!(claimed.len(), 10);
        assert_eq!(entries < 100, is_marked, "{entries} entries read");
        // A look at each of 64 lanes is two or three.
        assert!(!is_marked || pages < 350, "{pages} pages read");
    }
}

#[tokio::test]
async fn a_key_that_waits_for_long_does_not_hold_the_mark_of_the_others() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let _old = old_snapshot(&database).await;
    drain_keys(&mut session, worker, version).await;
    create_of(&mut session, version, "array_agg(13106::smallint)", 1).await;
    session
        .run("update tasker.step set ready_at = ready_at - interval '1 hour' where ready_at is not null;
              update tasker.queue set ready_at = ready_at - interval '1 hour'")
        .await;
    let marks = look(&mut session).await;
    let low = |lane: &str| {
        format!("(select m from unnest({marks}) as n (of, lane, m) where lane = {lane})")
    };
    let is_apart: bool = session
        .one(&format!(
            "select {} < {} - interval '59 minutes'",
            low("13106"),
            low("-5")
        ))
        .await;
    assert!(is_apart, "{marks}");
    let before = read(&mut session).await;
    let (claimed, _) = claim_from(&mut session, worker, 10, &marks).await;
    let entries = read(&mut session).await - before;
    assert_eq!(claimed.len(), 1);
    // What its own lane kept since then is read this once.
    assert!(entries < 300, "{entries} entries read");
}

#[tokio::test]
async fn a_step_of_any_key_is_found_by_a_look_or_by_claims_that_go_round() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let marks = "'{1}'::int[], '{-5}'::smallint[], array[tasker.clock()]";
    create_of(&mut session, version, "array_agg(16104::smallint)", 1).await;
    let looked_at: Vec<(i16, bool)> = session
        .rows(&format!(
            "select lane, is_found from tasker.queue_look(tasker.clock() - interval '1 minute', {marks}) order by 1"
        ))
        .await;
    assert_eq!(looked_at, [(-5, true), (16_104, true)]);
    let (mut after_key, mut claims) = (0, 0);
    loop {
        claims += 1;
        let rows: Vec<(Option<Uuid>, Option<i16>)> = session
            .rows(&format!(
                "select task_id, after_key from tasker.claim_ready({worker}, 10, 1000000, 0, {marks}, {after_key}::smallint)"
            ))
            .await;
        after_key = rows.iter().find_map(|row| row.1).unwrap();
        if rows.iter().any(|row| row.0.is_some()) {
            break;
        }
    }
    assert_eq!((claims, after_key), (47, 47 * 64));
}

/// Pages of the slots of namespaces with a limit that were looked at, with those of their indexes.
async fn slot_pages(session: &mut Session) -> i64 {
    session.run("select pg_stat_force_next_flush()").await;
    session
        .one(
            "select heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read
             from pg_statio_user_tables where relname = 'queue_slot'",
        )
        .await
}

#[tokio::test]
async fn an_old_snapshot_does_not_slow_a_namespace_with_a_limit() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    session
        .run("insert into tasker.queue_rule (namespace_id, max_running, set_by) values (1, 5, 'ada'); analyze")
        .await;
    let _old = old_snapshot(&database).await;
    let mut costs = Vec::new();
    for _ in 0..400 {
        session.create_many(version, 5).await;
        let before = slot_pages(&mut session).await;
        let claimed = session.claim(worker, 10).await;
        assert_eq!(claimed.len(), 5);
        let next = session.report(worker, &claimed, 10).await;
        assert_eq!(next.len(), 5);
        costs.push(slot_pages(&mut session).await - before);
        session.report(worker, &next, 10).await;
    }
    // 4,000 rows are kept of the turns before, and each look at a slot would read its share of them.
    let (first, last) = (costs[10], costs[399]);
    assert!(
        last < 2 * first,
        "{first} and then {last} pages for five slots"
    );
}
