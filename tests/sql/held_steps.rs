//! What a worker holds is found whatever happened between its claims and its heartbeats, and finding it costs what it
//! held.

use super::{Claim, Graph, Session, TestDatabase, Uuid, engine, engine_with};
use crate::harness::{NEW_ID, REQUEUE};

const DEAD_AFTER: &str = "2 seconds";
const GRACE: &str = "15 seconds";

/// Declares all other workers dead. Returns how many steps that took back.
async fn reap_all(session: &mut Session) -> i32 {
    let reaper = session.worker().await;
    session.be_heard(reaper, 3).await;
    session.reap(reaper, DEAD_AFTER).await
}

/// A worker whose heartbeats have named its one lease for so long that nothing else says that it holds it.
async fn named_for_long() -> (TestDatabase, Session, i32, Vec<Claim>) {
    let (database, mut session, worker, _) = engine_with(Graph::new(3, &[(0, 2), (1, 2)])).await;
    let claimed = session.claim(worker, 1).await;
    session.go_on(worker, &claimed, 40).await;
    (database, session, worker, claimed)
}

#[tokio::test]
async fn what_heartbeats_named_is_taken_back() {
    let (_database, mut session, worker, claimed) = named_for_long().await;
    session.run("delete from tasker.transition").await;
    assert_eq!(reap_all(&mut session).await, 1);
    assert_eq!(
        session.steps(claimed[0].task_id).await,
        "ready ready waiting"
    );
    assert!(!session.heartbeat(worker).await);
}

#[tokio::test]
async fn a_claim_after_the_last_heartbeat_is_taken_back() {
    let (_database, mut session, worker, claimed) = named_for_long().await;
    session.claim_one(worker).await;
    assert_eq!(reap_all(&mut session).await, 2);
    assert_eq!(
        session.steps(claimed[0].task_id).await,
        "ready ready waiting"
    );
}

#[tokio::test]
async fn a_step_that_a_report_claimed_after_the_last_heartbeat_is_taken_back() {
    let (_database, mut session, worker, mut claimed) = named_for_long().await;
    claimed.push(session.claim_one(worker).await);
    let children = session.report(worker, &claimed, 1).await;
    assert_eq!(children[0].step_no, 2);
    assert_eq!(reap_all(&mut session).await, 1);
    let task = claimed[0].task_id;
    assert_eq!(session.steps(task).await, "complete complete ready");
    assert_eq!(session.step(task, 2, "worker_losses").await, "1");
}

#[tokio::test]
async fn a_claim_that_is_committed_after_heartbeats_that_do_not_name_it_is_taken_back() {
    let (database, mut session, worker, claimed) = named_for_long().await;
    let mut late = Session::new(&database).await;
    let now: String = session.one("select tasker.clock()::text").await;
    late.at(&now).await;
    late.begin().await;
    late.claim_one(worker).await;
    session.go_on(worker, &claimed, 28).await;
    late.commit().await;
    assert_eq!(reap_all(&mut session).await, 2);
}

#[tokio::test]
async fn what_a_worker_claimed_that_never_sent_a_heartbeat_is_taken_back() {
    let (_database, mut session, worker, task) = engine_with(Graph::new(2, &[])).await;
    session.later("1 second").await;
    session.claim(worker, 2).await;
    assert_eq!(reap_all(&mut session).await, 2);
    assert_eq!(session.steps(task).await, "ready ready");
}

#[tokio::test]
async fn a_stop_and_a_lost_connection_give_back_what_was_named_and_what_was_claimed_since() {
    let (_database, mut session, worker, claimed) = named_for_long().await;
    let unheard = session.claim_one(worker).await;
    assert_eq!(session.release(&[worker], &claimed).await, 1);
    assert_eq!(
        session
            .step(unheard.task_id, unheard.step_no, "state")
            .await,
        "ready"
    );
    session.claim_one(worker).await;
    assert_eq!(session.stop(worker).await, 2);
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_found_however_long_its_worker_goes_on() {
    let (_database, mut session, worker, claimed) = named_for_long().await;
    session.claim_one(worker).await;
    // The worker says that a call got no answer, and from then on what it knows.
    session.heartbeat(worker).await;
    session.go_on(worker, &claimed, 200).await;
    assert_eq!(session.release(&[worker], &claimed).await, 1);
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_given_back_while_its_worker_goes_on() {
    let (_database, mut session, worker, claimed) = named_for_long().await;
    let lost = session.claim_one(worker).await;
    session.heartbeat(worker).await;
    let mut given_back = 0;
    for _ in 0..5 {
        session.go_on(worker, &claimed, 30).await;
        given_back += session.reap_overdue(worker, &claimed, GRACE).await;
    }
    assert_eq!(given_back, 1);
    assert_eq!(
        session.step(lost.task_id, lost.step_no, "state").await,
        "ready"
    );
    // Once that is settled, heartbeats are what counts again.
    session.go_on(worker, &claimed, 1).await;
    let is_sure = "select leases_at > tasker.clock() - interval '1 s' from tasker.worker";
    assert!(session.one::<bool>(is_sure).await);
}

#[tokio::test]
async fn a_claim_that_is_committed_long_after_its_worker_gave_up_is_given_back() {
    let (database, mut session, worker, claimed) = named_for_long().await;
    let mut late = Session::new(&database).await;
    let now: String = session.one("select tasker.clock()::text").await;
    late.at(&now).await;
    late.begin().await;
    let lost = late.claim_one(worker).await;
    session.go_on(worker, &claimed, 11).await;
    session.heartbeat(worker).await;
    assert_eq!(session.release(&[worker], &claimed).await, 0);
    let mut given_back = 0;
    for round in 0..5 {
        session.go_on(worker, &claimed, 29).await;
        if round == 1 {
            late.commit().await;
        }
        given_back += session.reap_overdue(worker, &claimed, GRACE).await;
    }
    assert_eq!(given_back, 1);
    assert_eq!(
        session.step(lost.task_id, lost.step_no, "state").await,
        "ready"
    );
}

/// A server that took over without the report of a step that was claimed and completed between two heartbeats.
#[tokio::test]
async fn a_step_whose_report_another_server_lost_is_given_back() {
    let (_database, mut session, worker, claimed) = named_for_long().await;
    let lost = session.claim_one(worker).await;
    session
        .run("update tasker.worker set server_started_at = server_started_at - interval '1 hour'")
        .await;
    let mut given_back = 0;
    for _ in 0..5 {
        session.go_on(worker, &claimed, 30).await;
        given_back += session.reap_overdue(worker, &claimed, GRACE).await;
    }
    assert_eq!(given_back, 1);
    assert_eq!(
        session.step(lost.task_id, lost.step_no, "state").await,
        "ready"
    );
}

#[tokio::test]
async fn what_was_claimed_before_and_after_the_clock_was_set_back_is_taken_back() {
    for is_heard in [true, false] {
        let (_database, mut session, worker, claimed) = named_for_long().await;
        session.follow_clock(10).await;
        session.later("-1 hour").await;
        match is_heard {
            true => assert!(session.name(worker, &claimed).await),
            false => drop(session.follow_clock(10).await),
        }
        session
            .rewrite("update tasker.step set ready_at = tasker.clock() where ready_at is not null")
            .await;
        session.claim_one(worker).await;
        session.follow_clock(10).await;
        assert_eq!(reap_all(&mut session).await, 2);
    }
}

#[tokio::test]
async fn leases_that_are_never_checked_have_a_limit_and_none_is_missed() {
    let (_database, mut session, worker, claimed) = named_for_long().await;
    let many = "update tasker.worker set leases = leases || array(
                  select (gen_random_uuid(), 0, 1)::tasker.lease from generate_series(1, 20100))";
    session.run(many).await;
    let count = "select cardinality(leases) from tasker.worker";
    let before: i32 = session.one(count).await;
    let mut held = claimed.clone();
    held.push(session.claim_one(worker).await);
    // As many as a worker holds are allowed above the limit.
    let other = Claim {
        task_id: Uuid::from_u128(1),
        ..held[0].clone()
    };
    held.push(other);
    session.go_on(worker, &held, 40).await;
    assert!(session.one::<i32>(count).await < before + 10);
    assert_eq!(session.reap_overdue(worker, &held, GRACE).await, 0);
    session.go_on(worker, &held, 1).await;
    assert!(session.one::<i32>(count).await < 10);
    assert_eq!(reap_all(&mut session).await, 2);
}

const OPEN_TASKS: i32 = 100_000;

/// Many open tasks whose step waits, and a log of what was claimed long ago.
async fn fill(session: &mut Session) {
    session
        .rewrite(&format!(
            "with t as (
               insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id, state,
                                        remaining_sinks, input, correlation_id, created_at)
               select {NEW_ID}, 1, 1, 1, 1, 'in_progress', 1, '{{}}', '', tasker.clock()
               from generate_series(1, {OPEN_TASKS}) returning task_id
             )
             insert into tasker.step (task_id, step_no, namespace_id, template_version_id, state, remaining_deps, is_sink, timeout_ms, ready_at)
             select task_id, 0, 1, 1, 'ready', 0, true, 1000, tasker.clock() + interval '1 day' from t;
             insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state)
             select tasker.clock() - interval '1 hour', {NEW_ID}, 0, 1, 1, 'running'
             from generate_series(1, {OPEN_TASKS}); {REQUEUE}"
        ))
        .await;
    session.run("vacuum analyze tasker.transition").await;
    session.run("analyze").await;
}

/// Rows of steps and tasks, and of the log, that were read, by index or not.
async fn rows_read(session: &mut Session) -> (i64, i64) {
    session.run("select pg_stat_force_next_flush()").await;
    session
        .rows(
            "select sum(n) filter (where relname in ('task', 'step'))::bigint,
                    sum(n) filter (where relname like 'transition%')::bigint
             from (select relname, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) as n
                   from pg_stat_user_tables where schemaname = 'tasker') t",
        )
        .await[0]
}

#[tokio::test]
async fn reaping_reads_what_workers_hold_and_not_what_is_open() {
    let (_database, mut session, dead) = engine().await;
    fill(&mut session).await;
    let version = Graph::single().publish(&mut session).await;
    session.create_many(version, 20).await;
    let alive = session.worker().await;
    let lost = session.claim(dead, 10).await;
    let held = session.claim(alive, 10).await;

    let before = rows_read(&mut session).await;
    for _ in 0..60 {
        session.go_on(alive, &held, 1).await;
        session.name(dead, &lost).await;
        assert_eq!(session.reap(alive, DEAD_AFTER).await, 0);
    }
    assert_eq!(session.reap_overdue(alive, &held, GRACE).await, 0);
    let after = rows_read(&mut session).await;
    let (steps, log) = (after.0 - before.0, after.1 - before.1);
    assert!(steps <= 10, "{steps} rows of steps a minute");
    assert_eq!(log, 0, "rows of the log");

    session.go_on(alive, &held, 3).await;
    assert_eq!(session.reap(alive, DEAD_AFTER).await, 10);
    assert_eq!(session.stop(alive).await, 10);
    let taken_back = rows_read(&mut session).await.0 - after.0;
    assert!(taken_back <= 4 * 20, "{taken_back} rows for 20 steps");
}
