//! Statistics: what the log says, counted in the background.

use tasker_database::Database;
use tasker_engine::Engine;
use tasker_engine::statistics::{CountedPart, GroupOrder};

use super::{BY_POLICY, Graph, PERMANENT, Session, Uuid, engine};

/// A part of the log's numbers that one call counts, so that many calls are needed.
const FEW: i32 = 7;

/// Counts all that there is, and says how many calls it took.
async fn count(session: &mut Session, rows: i32) -> usize {
    let add = format!(
        "select tasker.add_statistics((select last_value from tasker.transition_seq_seq), {rows})"
    );
    let mut calls = 1;
    while session.one::<bool>(&add).await {
        calls += 1;
    }
    calls
}

/// Tasks of two steps that complete, fail, are tried again, given back and cancelled, at several times.
async fn work(session: &mut Session, worker: i32, version: i32) {
    for round in 0..6 {
        let tasks = session.create_many(version, 4).await;
        session.later("3 seconds").await;
        let claimed = session.claim(worker, 3).await;
        session.later("2 seconds").await;
        session
            .fail(
                worker,
                &claimed[..1],
                if round % 2 == 0 { BY_POLICY } else { PERMANENT },
            )
            .await;
        session.complete(worker, &claimed[1..2]).await;
        session.checkpoint(worker, &claimed[2..], "{}").await;
        session.later("700 seconds").await;
        let next = session.claim(worker, 100).await;
        session.later("100 milliseconds").await;
        session.complete(worker, &next).await;
        session.cancel(&tasks[3..]).await;
        session.later("20 minutes").await;
    }
    // The ledger, as hosts report it.
    session
        .run(
            "update tasker.transition set component_version_id = 1, wall_ms = 1 + seq % 50
             where to_state = 'complete' and step_no is not null",
        )
        .await;
}

async fn setting() -> (crate::harness::TestDatabase, Session, i32, i32) {
    let (database, mut session, worker) = engine().await;
    let version = Graph::chain(2).publish(&mut session).await;
    (database, session, worker, version)
}

/// What was counted, by hours: measure, hour, step, count, failed, retried, cancelled, milliseconds.
const COUNTED: &str = "
    select format('%s %s %s %s/%s/%s/%s %s %s', s.measure, extract(epoch from s.at), s.step_no, sum(s.count), sum(s.failed),
                  sum(s.retried), sum(s.cancelled), round(sum(s.sum_ms)::numeric, 3), sum((select sum(n) from unnest(s.counts) n)))
    from tasker.statistic s where s.width = 60
    group by s.measure, s.at, s.step_no order by 1";

/// The same from the log, the obvious way.
const EXPECTED: &str = "
    with step as (select * from tasker.every_transition where step_no is not null and event is null),
    claim as (
      select r.*, b.to_state as before, b.at as before_at, t.created_at
      from step r
      join tasker.every_task t using (task_id)
      left join lateral (select * from step b where b.task_id = r.task_id and b.step_no = r.step_no and b.seq < r.seq
                         order by b.seq desc limit 1) b on true
      where r.to_state = 'running'
    ), fact as (
      select 'task' as measure, r.at, -1 as step_no, extract(epoch from r.at - t.created_at) * 1000 as ms,
             r.to_state = 'error' as failed, false as retried, r.to_state = 'cancelled' as cancelled
      from tasker.every_transition r join tasker.every_task t using (task_id)
      where r.step_no is null and r.at = t.finished_at and r.to_state = t.state::text
      union all
      select 'run', r.at, r.step_no, r.wall_ms, r.to_state = 'error', r.to_state = 'waiting_for_retry', false
      from step r
      where r.wall_ms is not null or r.to_state in ('error', 'waiting_for_retry')
      union all
      select 'claim', c.at, c.step_no,
             1000 * extract(epoch from case when c.before = 'ready' then c.at - c.before_at
                                            when c.step_no = 0 then c.at - c.created_at else interval '0' end),
             false, false, false
      from claim c
      where c.before = 'ready' or (c.before is null and c.attempt = 1)
    )
    select format('%s %s %s %s/%s/%s/%s %s %s', f.measure, extract(epoch from date_trunc('hour', f.at)), f.step_no, count(*),
                  count(*) filter (where f.failed), count(*) filter (where f.retried), count(*) filter (where f.cancelled),
                  round(coalesce(sum(f.ms), 0)::numeric, 3), coalesce(nullif(count(f.ms), 0)::text, ''))
    from fact f group by f.measure, date_trunc('hour', f.at), f.step_no order by 1";

async fn assert_counted(session: &mut Session) {
    let counted: Vec<String> = session.all(COUNTED).await;
    let expected: Vec<String> = session.all(EXPECTED).await;
    assert!(!expected.is_empty());
    assert_eq!(counted, expected);
}

#[tokio::test]
async fn what_is_counted_is_what_the_log_says_however_it_is_divided_into_batches() {
    for rows in [FEW, 10_000] {
        let (_database, mut session, worker, version) = setting().await;
        work(&mut session, worker, version).await;
        let calls = count(&mut session, rows).await;
        assert_eq!(calls > 5, rows == FEW);
        assert_counted(&mut session).await;
        // Nothing is counted twice.
        count(&mut session, rows).await;
        assert_counted(&mut session).await;
    }
}

#[tokio::test]
async fn a_host_that_is_killed_between_batches_loses_nothing_and_repeats_nothing() {
    let (_database, mut session, worker, version) = setting().await;
    work(&mut session, worker, version).await;
    let add = format!(
        "select tasker.add_statistics((select last_value from tasker.transition_seq_seq), {FEW})"
    );
    let mut is_more = true;
    while is_more {
        session.begin().await;
        session.one::<bool>(&add).await;
        session.run("rollback").await;
        is_more = session.one(&add).await;
    }
    assert_counted(&mut session).await;
}

#[tokio::test]
async fn one_host_counts_at_a_time_and_the_other_waits_for_nothing() {
    let (database, mut session, worker, version) = setting().await;
    work(&mut session, worker, version).await;
    let mut other = Session::new(&database).await;
    let add = "select tasker.add_statistics((select last_value from tasker.transition_seq_seq), 7)";
    session.begin().await;
    assert!(session.one::<bool>(add).await);
    assert!(!other.one::<bool>(add).await);
    session.commit().await;
    count(&mut other, FEW).await;
    assert_counted(&mut session).await;
}

#[tokio::test]
async fn a_claim_waits_from_when_its_step_was_ready_even_if_that_was_counted_before() {
    let (_database, mut session, worker, version) = setting().await;
    session.create(version).await;
    let claimed = session.claim(worker, 1).await;
    // What it releases is left ready.
    session.report(worker, &claimed, 0).await;
    count(&mut session, 10_000).await;
    let ready: i64 = session
        .one("select count(*) from tasker.statistic_ready")
        .await;
    assert_eq!(ready, 1);
    session.later("90 seconds").await;
    session.claim(worker, 1).await;
    count(&mut session, 10_000).await;
    let delay: f64 = session
        .one("select max_ms from tasker.statistic where measure = 'claim' and step_no = 1 and width = 1")
        .await;
    assert_eq!(delay, 90_000.0);
    let ready: i64 = session
        .one("select count(*) from tasker.statistic_ready")
        .await;
    assert_eq!(ready, 0);
}

#[tokio::test]
async fn a_clock_that_is_set_back_is_counted_at_its_own_times_without_negative_durations() {
    let (_database, mut session, worker, version) = setting().await;
    session.create(version).await;
    session.later("-1 day").await;
    let claimed = session.claim(worker, 1).await;
    assert!(claimed.is_empty());
    session.later("1 day").await;
    let claimed = session.claim(worker, 1).await;
    session.later("-1 day").await;
    session.complete(worker, &claimed).await;
    count(&mut session, FEW).await;
    let least: f64 = session
        .one("select min(sum_ms) from tasker.statistic")
        .await;
    assert!(least >= 0.0);
}

#[tokio::test]
async fn tasks_that_were_deleted_before_they_were_counted_hold_nothing_up() {
    let (_database, mut session, worker, version) = setting().await;
    work(&mut session, worker, version).await;
    session
        .run("delete from tasker.task; delete from tasker.step; delete from tasker.transition where seq % 2 = 0")
        .await;
    count(&mut session, FEW).await;
    let counted: i64 = session.one("select count(*) from tasker.statistic").await;
    let is_behind: bool = session
        .one("select is_behind from tasker.statistic_position")
        .await;
    assert_eq!((counted, is_behind), (0, false));
}

#[tokio::test]
async fn failed_attempts_are_grouped_by_code_and_shape_of_the_message() {
    let (_database, mut session, worker, version) = setting().await;
    session.create_many(version, 3).await;
    let claimed = session.claim(worker, 3).await;
    session.fail(worker, &claimed, PERMANENT).await;
    session
        .run(
            "with n as (select seq, row_number() over (order by seq) as n from tasker.transition where to_state = 'error' and step_no is not null)
             update tasker.transition t
             set detail = json_build_object('code', 'declined', 'message', 'order ' || n.n || ' of \"ada\" declined')
             from n where n.seq = t.seq",
        )
        .await;
    count(&mut session, 10_000).await;
    let groups: Vec<(String, String, i64)> = session
        .rows("select code, shape, count from tasker.error_group where width = 60")
        .await;
    let expected = ("declined".to_owned(), "order # of … declined".to_owned(), 3);
    assert_eq!(groups, [expected]);
}

#[tokio::test]
async fn an_error_that_the_database_cannot_read_is_counted_without_its_text() {
    let (_database, mut session, worker, version) = setting().await;
    session.create(version).await;
    let claimed = session.claim(worker, 1).await;
    session.fail(worker, &claimed, PERMANENT).await;
    session
        .run("update tasker.transition set detail = '{\"code\": \"a\\u0000b\"}' where to_state = 'error' and step_no is not null")
        .await;
    count(&mut session, 10_000).await;
    let codes: Vec<String> = session
        .all("select distinct code from tasker.error_group")
        .await;
    assert_eq!(codes, [""]);
}

#[tokio::test]
async fn a_message_keeps_its_words_and_loses_what_differs_from_case_to_case() {
    let (_database, mut session, _) = engine().await;
    for (message, shape) in [
        ("timed out after 30.5 s", "timed out after # s"),
        ("no user ''ada'' in `shop`", "no user … in …"),
        (
            "task 01a22049-9ac7-77c3-8704-e36314a0c6d2 is over",
            "task # is over",
        ),
        ("digest 0f343b0931126a20f133d67c2b018a3b", "digest #"),
        ("declined", "declined"),
    ] {
        let found: String = session
            .one(&format!("select tasker.message_shape('{message}')"))
            .await;
        assert_eq!(found, shape);
    }
}

/// The whole day of the test's clock, by hours.
fn whole_day() -> CountedPart<'static> {
    CountedPart {
        width: 60,
        since: "2030-05-15T00:00:00Z".parse().unwrap(),
        until: "2030-05-17T00:00:00Z".parse().unwrap(),
        namespace: None,
        template: None,
    }
}

#[tokio::test]
async fn percentiles_of_a_window_are_within_one_percent_of_the_true_ones() {
    let (database, mut session, worker, version) = setting().await;
    work(&mut session, worker, version).await;
    count(&mut session, FEW).await;
    let exact: Vec<f64> = session
        .one(
            "select percentile_disc(array[0.5, 0.95, 0.99]) within group (order by wall_ms::float8)
             from tasker.transition where wall_ms is not null",
        )
        .await;
    let engine = Engine::new(Database::open(database.options(), 4));
    let found = engine.performance(whole_day(), "namespace", GroupOrder::Count, 10);
    let found = found.await.unwrap();
    assert_eq!(found.len(), 1);
    for (share, exact) in [0.5, 0.95, 0.99].into_iter().zip(exact) {
        let found = found[0].runs.durations.percentile(share).unwrap();
        assert!((found - exact).abs() <= exact * 0.010_1, "{found} {exact}");
    }
}

#[tokio::test]
async fn histograms_that_are_too_many_to_return_are_added_up_before() {
    let (database, mut session, worker, version) = setting().await;
    work(&mut session, worker, version).await;
    count(&mut session, FEW).await;
    let engine = Engine::new(Database::open(database.options(), 4));
    let found = async || {
        let found = engine.performance(whole_day(), "namespace", GroupOrder::Count, 10);
        found.await.unwrap()
    };
    let before = found().await;
    let name = before[0].namespace.clone();
    // As many templates that were counted at the same times.
    session
        .run(
            "with t as (
               insert into tasker.template (namespace_id, name)
               select 1, 'more' || n from generate_series(1, 2000) n returning template_id
             ), v as (
               insert into tasker.template_version (template_id, version, digest, source, definition)
               select template_id, '1.0.0', '\\x00', '', '{}' from t returning template_version_id
             )
             insert into tasker.statistic
             select s.width, s.at, s.measure, s.namespace_id, v.template_version_id, s.step_no, s.component_version_id,
                    s.count, s.failed, s.retried, s.cancelled, s.sum_ms, s.max_ms, s.buckets, s.counts
             from tasker.statistic s, v where s.width = 60 and s.measure = 'run'",
        )
        .await;
    let after = found().await;
    assert_eq!(after[0].namespace, name);
    assert_eq!(after[0].runs.count, before[0].runs.count * 2_001);
    let (before, after) = (&before[0].runs.durations, &after[0].runs.durations);
    assert_eq!(after.count(), before.count() * 2_001);
    assert_eq!(after.percentile(0.95), before.percentile(0.95));
}

#[tokio::test]
async fn statistics_are_deleted_after_their_time() {
    let (_database, mut session, worker, version) = setting().await;
    work(&mut session, worker, version).await;
    count(&mut session, 10_000).await;
    let widths = "select array_agg(distinct width order by width)::int4[] from tasker.statistic";
    assert_eq!(session.one::<Vec<i32>>(widths).await, [1, 60, 1_440]);
    for (later, kept) in [("7 hours", vec![60, 1_440]), ("63 days", vec![1_440])] {
        session.later(later).await;
        count(&mut session, 10_000).await;
        assert_eq!(session.one::<Vec<i32>>(widths).await, kept);
    }
}

#[tokio::test]
async fn a_template_is_found_under_its_namespace_alone() {
    let (_database, mut session, _, version) = setting().await;
    let task: Uuid = session.create(version).await;
    session.cancel(&[task]).await;
    count(&mut session, 10_000).await;
    let name: String = session
        .one("select name from tasker.namespace where namespace_id = 1")
        .await;
    for (namespace, found) in [(name.as_str(), 1), ("other", 0)] {
        let rows: i64 = session
            .one(&format!(
                "select count(*) from tasker.performance('template', 'count', 10, 60::smallint, '2030-05-15', '2030-05-16', '{namespace}', null)
                 where measure is null"
            ))
            .await;
        assert_eq!(rows, found);
    }
}
