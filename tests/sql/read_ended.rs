//! What ended, for traces.

use super::{BY_POLICY, Claim, Graph, Session, Uuid, engine};
use std::collections::BTreeSet;
use tasker_domain::ids::TaskId;
use tasker_domain::trace_context::TraceId;
use tasker_telemetry::TraceSampler;

/// (to_state, step, attempt, attempt's time is known, step's time is known) of each row.
type Row = (String, Option<i16>, Option<i32>, bool, bool);

const EVERYTHING: &str = "from tasker.read_ended(0, (select max(seq) from tasker.transition)";

async fn ended(session: &mut Session) -> Vec<Row> {
    let columns =
        "to_state, step_no, attempt, attempt_started_at is not null, step_started_at is not null";
    session
        .rows(&format!("select {columns} {EVERYTHING}, null)"))
        .await
}

async fn tasks(session: &mut Session, below: &str) -> BTreeSet<Uuid> {
    let sql = format!("select distinct task_id {EVERYTHING}, {below})");
    session.all(&sql).await.into_iter().collect()
}

#[tokio::test]
async fn attempts_steps_and_tasks_that_ended_come_with_when_they_began() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(2)
        .backoff("none", 0, 0)
        .publish(&mut session)
        .await;
    let task = session.create(version).await;
    let claim: Vec<Claim> = session.claim(worker, 1).await;
    session.fail(worker, &claim, BY_POLICY).await;
    let mut claim = session.claim(worker, 1).await;
    while !claim.is_empty() {
        claim = session.advance(worker, &claim, 1).await;
    }
    let row = |state: &str, step: Option<i16>, attempt: Option<i32>| {
        let is_step = step.is_some();
        (state.to_owned(), step, attempt, is_step, is_step)
    };
    let expected = [
        row("waiting_for_retry", Some(0), Some(1)),
        row("complete", Some(0), Some(2)),
        row("complete", Some(1), Some(1)),
        row("complete", None, None),
    ];
    assert_eq!(ended(&mut session).await, expected);
    // A root begins with its task, another step when its parent ended.
    let began: Vec<bool> = session
        .all(&format!(
            "select step_started_at = case step_no
               when 0 then created_at
               else (select at from tasker.transition where task_id = '{task}' and step_no = 0 and to_state = 'complete') end
             {EVERYTHING}, null) where step_no is not null order by seq"
        ))
        .await;
    assert_eq!(began, [true; 3]);
}

#[tokio::test]
async fn a_step_that_was_cancelled_between_two_attempts_has_no_attempt_that_ended_with_it() {
    let (_database, mut session, worker) = engine().await;
    let version = Graph::chain(1)
        .backoff("linear", 60_000, 60_000)
        .publish(&mut session)
        .await;
    let tasks = session.create_many(version, 2).await;
    let claims = session.claim(worker, 2).await;
    session.fail(worker, &claims[..1], BY_POLICY).await;
    session.cancel(&tasks).await;
    let rows = ended(&mut session).await;
    let cancelled = rows
        .iter()
        .filter(|(state, step, ..)| state == "cancelled" && step.is_some());
    let mut under_way: Vec<bool> = cancelled.map(|row| row.3).collect();
    under_way.sort_unstable();
    assert_eq!(under_way, [false, true]);
}

#[tokio::test]
async fn the_database_takes_the_tasks_that_hosts_sample_and_those_of_callers() {
    let (_database, mut session, _) = engine().await;
    let version = Graph::chain(1).publish(&mut session).await;
    let all = session.create_many(version, 400).await;
    session.cancel(&all).await;
    for (name, ratio) in [
        ("traceidratio", "0.25"),
        ("always_on", "1"),
        ("always_off", "0"),
    ] {
        let sampler = TraceSampler::parse(Some(name), Some(ratio)).unwrap();
        let sampled = all.iter().copied().filter(|id| {
            let trace_id = TraceId::of_task(TaskId(*id));
            sampler.is_sampled(trace_id, None)
        });
        let sampled: BTreeSet<Uuid> = sampled.collect();
        let below = sampler.own_below();
        let below = below.map_or("null".to_owned(), |below| below.to_string());
        assert_eq!(tasks(&mut session, &below).await, sampled, "{name}");
    }
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    session
        .run(&format!(
            "update tasker.task set traceparent = '{traceparent}' where task_id = '{}'",
            all[0]
        ))
        .await;
    assert_eq!(tasks(&mut session, "0").await, BTreeSet::from([all[0]]));
}

#[tokio::test]
async fn a_window_of_one_wide_task_and_one_of_many_tasks_cost_what_they_have() {
    /// Enough for a plan that is quadratic to take minutes.
    const STEPS: i16 = 5_000;
    let (_database, mut session, _) = engine().await;
    // Statistics of empty tables.
    session.run("analyze").await;
    let wide = Graph::fan_out(STEPS).publish(&mut session).await;
    let narrow = Graph::chain(1).publish(&mut session).await;
    let task = session.create(wide).await;
    session.cancel(&[task]).await;
    let many = session.create_many(narrow, 5_000).await;
    session.cancel(&many).await;
    session.run("set statement_timeout = '5s'").await;
    let counted: i64 = session
        .one(&format!("select count(*) {EVERYTHING}, null)"))
        .await;
    assert!(counted >= 15_000, "{counted}");
}

#[tokio::test]
async fn one_host_at_a_time_exports_and_another_goes_on_from_what_it_stored() {
    let (_database, mut session, _) = engine().await;
    let renew = |owner: u8, first: i64| {
        format!(
            "select tasker.renew_trace_export('{}', 10000, {first})",
            Uuid::from_u128(owner.into())
        )
    };
    let store = |owner: u8, position: i64, leaves: bool| {
        format!(
            "select tasker.store_trace_export('{}', {position}, {leaves})",
            Uuid::from_u128(owner.into())
        )
    };
    assert_eq!(session.one::<Option<i64>>(&renew(1, 7)).await, Some(7));
    assert_eq!(session.one::<Option<i64>>(&renew(2, 9)).await, None);
    assert!(session.one::<bool>(&store(1, 20, false)).await);
    assert!(!session.one::<bool>(&store(2, 30, false)).await);
    // The first one is silent for too long.
    session.later("10 seconds").await;
    assert_eq!(session.one::<Option<i64>>(&renew(2, 9)).await, Some(20));
    assert!(!session.one::<bool>(&store(1, 25, false)).await);
    assert_eq!(session.one::<Option<i64>>(&renew(1, 9)).await, None);
    // A position does not go back, and who leaves is not waited for.
    assert!(session.one::<bool>(&store(2, 5, true)).await);
    assert_eq!(session.one::<Option<i64>>(&renew(1, 9)).await, Some(20));
}
