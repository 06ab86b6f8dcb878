//! The statements of the hot path stay on their indexes, whatever the statistics say.

use super::{BY_POLICY, Graph, PERMANENT, Session, engine};
use crate::harness::NEW_ID;

/// What a database that has run for a while holds.
const FINISHED_TASKS: i32 = 100_000;

/// Rows of tasker.step that all calls together may fetch by index for one step of a chain.
const FETCHES_PER_STEP_MAX: f64 = 12.0;

/// Sequential scans and rows fetched by index since the database began.
async fn counts(session: &mut Session) -> (i64, i64) {
    session.run("select pg_stat_force_next_flush()").await;
    let scans = session
        .one(
            "select sum(seq_scan)::bigint from pg_stat_user_tables
             where schemaname = 'tasker' and relname ~ '^(task|step|transition)_'",
        )
        .await;
    let fetched = session
        .one("select sum(idx_tup_fetch)::bigint from pg_stat_user_tables where schemaname = 'tasker' and relname ~ '^step_[0-9c]'")
        .await;
    (scans, fetched)
}

async fn fill(session: &mut Session) {
    session
        .run(&format!(
            "with t as (
               insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id, state,
                                        remaining_sinks, input, identity_key, correlation_id, created_at, finished_at)
               select {NEW_ID}, 1, 1, 1, 1, 'complete', 0, '{{}}', n::text, '', tasker.clock(), tasker.clock()
               from generate_series(1, {FINISHED_TASKS}) n returning task_id
             ), s as (
               insert into tasker.step (task_id, step_no, namespace_id, template_version_id, state, remaining_deps, is_sink, timeout_ms, finished_at, result)
               select task_id, 0, 1, 1, 'complete', 0, true, 1000, tasker.clock(), '{{}}' from t
             )
             insert into tasker.transition (at, task_id, to_state) select tasker.clock(), task_id, 'complete' from t;
             analyze"
        ))
        .await;
}

async fn drive(session: &mut Session, worker: i32, batch: i32) {
    let mut claimed = session.claim(worker, batch).await;
    while !claimed.is_empty() {
        claimed = session.advance(worker, &claimed, batch).await;
    }
}

#[tokio::test]
async fn no_call_scans_a_table_of_many_finished_tasks() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(3)
        .backoff("none", 0, 0)
        .publish(&mut session)
        .await;
    fill(&mut session).await;
    let (scans, _) = counts(&mut session).await;
    let tasks = session.create_many(version, 64).await;
    let claimed = session.claim(worker, 32).await;
    session.name(worker, &claimed).await;
    session.stale_leases(worker, &claimed).await;
    session.fail(worker, &claimed[..8], BY_POLICY).await;
    session.fail(worker, &claimed[8..16], PERMANENT).await;
    session.checkpoint(worker, &claimed[16..24], "1").await;
    let events = [(1, "orders", "1"), (4, "orders", "1")];
    session
        .complete_with_events(worker, &claimed[24..28], 0, &events)
        .await;
    session.release(&[worker], &claimed[28..]).await;
    session.suspend(worker, &claimed[28..30]).await;
    session
        .run("select tasker.resume_steps(decode(repeat('01', 32), 'hex'))")
        .await;
    session.cancel(&tasks[..4]).await;
    session.reap_overdue(worker, &[], "1 minute").await;
    session.reap(worker, "1 hour").await;
    session.stop(worker).await;
    let worker = session.worker().await;
    drive(&mut session, worker, 16).await;
    assert_eq!(counts(&mut session).await.0 - scans, 0);
}

#[tokio::test]
async fn an_event_costs_one_look_at_its_step() {
    let (_database, mut session, worker) = engine().await;
    session.run("analyze").await;
    let version = Graph::chain(1).publish(&mut session).await;
    session.create_many(version, 64).await;
    let claimed = session.claim(worker, 64).await;
    let events: Vec<_> = (0..640).map(|n| (1 + n % 64, "orders", "1")).collect();
    let (scans, fetched) = counts(&mut session).await;
    session
        .complete_with_events(worker, &claimed, 0, &events)
        .await;
    let after = counts(&mut session).await;
    assert_eq!(after.0 - scans, 0, "no sequential scan");
    let of_events = (after.1 - fetched) as f64 - 64.0 * FETCHES_PER_STEP_MAX;
    assert!(
        of_events <= 640.0,
        "{of_events} rows fetched for 640 events"
    );
}

#[tokio::test]
async fn statistics_of_an_empty_database_mislead_no_call() {
    let (_database, mut session, worker) = engine().await;
    session.run("analyze").await;
    assert_index_use(&mut session, worker).await;
}

#[tokio::test]
async fn statistics_of_one_wide_task_mislead_no_call() {
    let (_database, mut session, worker) = engine().await;
    let wide = Graph::fan_out(5_000).publish(&mut session).await;
    let task = session.create(wide).await;
    session.run("analyze").await;
    session.cancel(&[task]).await;
    assert_index_use(&mut session, worker).await;
}

#[tokio::test]
async fn statistics_without_an_open_task_mislead_no_call() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(1).publish(&mut session).await;
    fill(&mut session).await;
    session.run("vacuum analyze tasker.task").await;
    let tasks = 4_000;
    session.create_many(version, tasks).await;
    let fetched = "select sum(idx_tup_fetch)::bigint from pg_stat_user_tables where schemaname = 'tasker' and relname ~ '^task_'";
    session.run("select pg_stat_force_next_flush()").await;
    let before: i64 = session.one(fetched).await;
    drive(&mut session, worker, 64).await;
    session.run("select pg_stat_force_next_flush()").await;
    let after: i64 = session.one(fetched).await;
    let per_task = (after - before) as f64 / f64::from(tasks);
    assert!(
        per_task <= FETCHES_PER_STEP_MAX,
        "{per_task} rows of tasker.task fetched for a task"
    );
}

async fn assert_index_use(session: &mut Session, worker: i32) {
    let version = Graph::chain(5).publish(session).await;
    let (scans, fetched) = counts(session).await;
    session.create_many(version, 200).await;
    drive(session, worker, 64).await;
    let after = counts(session).await;
    assert_eq!(after.0 - scans, 0, "no sequential scan");
    let per_step = (after.1 - fetched) as f64 / 1_000.0;
    assert!(
        per_step <= FETCHES_PER_STEP_MAX,
        "{per_step} rows fetched for a step"
    );
}

#[tokio::test]
async fn no_update_of_a_step_touches_an_index() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(5).publish(&mut session).await;
    session.create_many(version, 50).await;
    let mut claimed = session.claim(worker, 50).await;
    while !claimed.is_empty() {
        claimed = session.advance(worker, &claimed, 50).await;
        // Old versions make room here and now, however old the snapshots of other tests are.
        session.run("vacuum tasker.step").await;
    }
    session.run("select pg_stat_force_next_flush()").await;
    let (updates, hot): (i64, i64) = session
        .rows("select sum(n_tup_upd)::bigint, sum(n_tup_hot_upd)::bigint from pg_stat_user_tables where schemaname = 'tasker' and relname ~ '^step_[0-9c]'")
        .await[0];
    assert_eq!(
        updates,
        2 * 5 * 50,
        "one update to run a step and one to end it"
    );
    // A few rows find no room when their page is in use.
    assert!(
        updates - hot < 10,
        "{} of {updates} updates are not HOT",
        updates - hot
    );
}
