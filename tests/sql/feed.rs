//! Log and audit as one: what its readers get, each event once, and what that costs.

use super::suspend_steps::make_lock;
use super::{Graph, Session, TestDatabase, engine};
use crate::harness::NEW_ID;
use schema_compat::Schema;
use sqlx::types::chrono::{DateTime, Utc};
use tasker_database::Database;
use tasker_domain::state::TaskState;
use tasker_engine::Engine;
use tasker_engine::feed::FeedRow;
use tasker_engine::log_position::LogPosition;
use tasker_engine::wanted_rows::{RowKind, WantedRows};
use tasker_events::catalog;
use tasker_events::schema::schema;
use tasker_events::{Event, Feed, Position, Wants};
use tasker_telemetry::Tracer;
use tokio_util::sync::CancellationToken;

/// More page ranges than may stay without a summary.
const ROWS: i64 = 40_000;
/// What a reader at the end of the log may look at: the ranges that are left open, and the index.
const PAGES_PER_READ_MAX: i64 = 150;

pub fn engine_of(database: &TestDatabase) -> Engine {
    Engine::new(Database::open(database.options(), 8))
}

pub fn feed(database: &TestDatabase) -> Feed {
    Feed::new(
        engine_of(database),
        Tracer::default(),
        CancellationToken::new(),
    )
}

async fn rows(engine: &Engine) -> Vec<FeedRow> {
    let until = engine.settled_position().await.unwrap();
    let page = engine
        .read_feed(LogPosition(0), until, 500, &WantedRows::all())
        .await;
    page.unwrap().rows
}

/// A change of the registry.
pub const CHANGE: &str = "insert into tasker.audit (actor, action, namespace, subject, detail)
                      values ('ada', 'pin.set', 'shop', 'pin component charge', '{\"to\": \"1\"}')";

#[tokio::test]
async fn a_row_says_what_it_is_of_and_changes_of_the_registry_are_between_those_of_tasks() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    make_lock(&mut session, version, &[1]).await;
    let task = session.create(version).await;
    session.run(CHANGE).await;
    let claimed = session.claim(worker, 1).await;
    session.complete(worker, &claimed).await;
    let rows = rows(&engine_of(&database)).await;
    let told: Vec<&str> = rows
        .iter()
        .map(|row| row.action.as_deref().or(row.to_state.as_deref()).unwrap())
        .collect();
    assert_eq!(
        told,
        [
            "pending",
            "pin.set",
            "in_progress",
            "running",
            "complete",
            "complete"
        ]
    );
    let running = &rows[3];
    assert_eq!(running.task_id, Some(task));
    assert!(running.namespace.is_some() && running.template.is_some() && running.step.is_some());
    assert_eq!(running.component.as_deref(), Some("shop/charge"));
    assert!(running.component_version.is_some() && running.digest.is_some());
    assert_eq!(rows[1].detail.as_deref(), Some("{\"to\": \"1\"}"));
    assert!(rows[1].task_id.is_none());
}

#[tokio::test]
async fn only_the_rows_that_are_wanted_are_read() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let (first, second) = (session.create(version).await, session.create(version).await);
    session.run(CHANGE).await;
    let claimed = session.claim(worker, 2).await;
    session.complete(worker, &claimed).await;
    let engine = engine_of(&database);
    let until = engine.settled_position().await.unwrap();
    let read = async |wanted: &WantedRows| {
        let page = engine.read_feed(LogPosition(0), until, 500, wanted);
        let page = page.await.unwrap();
        assert_eq!(page.through, until, "what is not wanted is passed over");
        page.rows
    };
    let ends = WantedRows::of_kinds([RowKind::Task(TaskState::Complete)]);
    let ended: Vec<_> = read(&ends).await.iter().map(|row| row.task_id).collect();
    assert_eq!(ended, [Some(first), Some(second)]);
    let mut wanted = WantedRows::of_kinds([RowKind::Change]);
    let changes = read(&wanted).await;
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].action.as_deref(), Some("pin.set"));
    wanted.add(&WantedRows::of_task(second));
    let rows = read(&wanted).await;
    assert_eq!(rows.len(), 6, "five of the task and the change");
    assert!(rows.iter().all(|row| row.task_id != Some(first)));
    assert_eq!(read(&WantedRows::default()).await.len(), 0);
}

#[tokio::test]
async fn what_retention_deletes_and_payloads_above_4_kib_are_left_out() {
    let (database, mut session, _) = engine().await;
    session
        .run(&format!(
            "insert into tasker.transition (at, task_id, step_no, attempt, event, detail)
             values (tasker.clock(), {NEW_ID}, 0, 1, 'orders.charged', json_build_object('a', repeat('x', 5000)))"
        ))
        .await;
    let rows = rows(&engine_of(&database)).await;
    assert_eq!(
        (rows[0].detail.as_deref(), rows[0].namespace.as_deref()),
        (None, None)
    );
    assert!(rows[0].detail_bytes > Some(5000));
}

#[tokio::test]
async fn a_time_leads_to_a_position_before_all_that_is_later() {
    let (database, mut session, _) = engine().await;
    let write = format!(
        "insert into tasker.transition (at, task_id, to_state)
         select '2030-01-01 00:00Z'::timestamptz + n * interval '1 minute', {NEW_ID}, 'pending'
         from generate_series(1, 5000) n;
         delete from tasker.transition where seq between 1000 and 2500;"
    );
    session.run(&write).await;
    let engine = engine_of(&database);
    for (minute, at_least) in [
        (-5, 0),
        (1, 0),
        (900, 780),
        (1500, 890),
        (4000, 3880),
        (9000, 4890),
    ] {
        let since =
            format!("select '2030-01-01 00:00Z'::timestamptz + {minute} * interval '1 minute'");
        let since: DateTime<Utc> = session.one(&since).await;
        let position = engine
            .feed_position(since, LogPosition(5000))
            .await
            .unwrap()
            .0;
        assert!(
            (at_least..minute.max(1)).contains(&position),
            "{minute}: {position}"
        );
    }
}

async fn pages_of(session: &mut Session, statement: &str) -> i64 {
    let plan: String = session
        .all::<String>(&format!(
            "explain (analyze, buffers, timing off) {statement}"
        ))
        .await
        .join("\n");
    let count = |word: &str| -> i64 {
        let rest = plan.split_once(word).map_or("0", |(_, rest)| rest);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    };
    count("hit=") + count("read=")
}

#[tokio::test]
async fn a_read_at_the_end_costs_a_bounded_number_of_pages_once_the_newest_are_summarized() {
    let (_database, mut session, _) = engine().await;
    // Autovacuum, which would do the same, is kept out by this lock.
    session.begin().await;
    session
        .run("lock table tasker.transition in share update exclusive mode")
        .await;
    session
        .run(&format!(
            "insert into tasker.transition (at, task_id, to_state, detail)
             select tasker.clock(), {NEW_ID}, 'pending', json_build_object('a', repeat('x', 300))
             from generate_series(1, {ROWS}) n"
        ))
        .await;
    let read = format!(
        "select * from tasker.read_feed({}, {ROWS}, 4096, '{{task.pending}}', '{{}}')",
        ROWS - 10
    );
    let before = pages_of(&mut session, &read).await;
    assert!(before > 10 * PAGES_PER_READ_MAX, "{before} pages");
    let summarized: i32 = session.one("select tasker.summarize_log()").await;
    assert!(summarized > 10, "{summarized} ranges");
    // The first call also reads what the planner wants to know.
    pages_of(&mut session, &read).await;
    let after = pages_of(&mut session, &read).await;
    assert!(after <= PAGES_PER_READ_MAX, "{after} pages");
    assert_eq!(session.one::<i32>("select tasker.summarize_log()").await, 0);
}

#[tokio::test]
async fn nobody_waits_for_a_summary_and_it_waits_for_nobody() {
    let (database, mut session, _) = engine().await;
    let mut other = Session::new(&database).await;
    other.begin().await;
    other
        .run("lock table tasker.transition in share update exclusive mode; select pg_advisory_xact_lock(hashtext('other'))")
        .await;
    session
        .run(&format!(
            "insert into tasker.transition (at, task_id, to_state, detail)
             select tasker.clock(), {NEW_ID}, 'pending', json_build_object('a', repeat('x', 300))
             from generate_series(1, 5000) n"
        ))
        .await;
    assert_eq!(session.one::<i32>("select tasker.summarize_log()").await, 0);
    other.commit().await;
    assert!(session.one::<i32>("select tasker.summarize_log()").await > 0);
}

/// What the whole feed has, by pages.
pub async fn all(feed: &Feed) -> Vec<Event> {
    let (mut at, mut events) = (Position::default(), Vec::new());
    loop {
        let page = feed.page(at, &Wants::all(), 100).await.unwrap();
        events.extend(page.events);
        at = page.next;
        if page.is_end {
            return events;
        }
    }
}

/// The names of the events so far.
async fn names(database: &TestDatabase) -> Vec<String> {
    let events = all(&feed(database)).await;
    for event in &events {
        let known = catalog::find(&event.name).unwrap();
        let data = serde_json::to_value(&event.data).unwrap();
        let schema = Schema::compile(&schema(known)).unwrap();
        assert_eq!(
            schema.check(&data).map_err(|_| &data),
            Ok(()),
            "{}",
            known.name
        );
    }
    events.iter().map(|event| event.name.to_string()).collect()
}

#[tokio::test]
async fn an_attempt_that_ends_without_an_end_says_how() {
    let (database, mut session, worker) = engine().await;
    let version = Graph::single().publish(&mut session).await;
    let task = session.create(version).await;
    session.claim(worker, 1).await;
    session.release(&[worker], &[]).await;
    assert_eq!(names(&database).await.last().unwrap(), "attempt.released");
    let again = session.claim(worker, 1).await;
    let error = r#"{"kind": "host", "code": "no_code", "message": "not there"}"#;
    session
        .run(&format!(
            "select tasker.give_back_steps({worker}, '{{{task}}}', '{{0}}', '{{{}}}', '{{0}}', array['{error}'])",
            again[0].attempt
        ))
        .await;
    assert_eq!(names(&database).await.last().unwrap(), "attempt.given_back");
    session
        .run(&format!(
            "select tasker.postpone_step('{task}', 0::smallint, 'damaged', '22000')"
        ))
        .await;
    assert_eq!(names(&database).await.last().unwrap(), "step.postponed");
    session.later("10 minutes").await;
    assert_eq!(session.claim(worker, 1).await.len(), 1);
    session
        .run(&format!("select tasker.release_steps(array[{worker}], '{{}}', '{{}}', '{{}}', 'worker lost', true)"))
        .await;
    let names = names(&database).await;
    assert_eq!(names.last().unwrap(), "attempt.lost");
    assert_eq!(
        names.iter().filter(|name| *name == "step.started").count(),
        1
    );
    assert_eq!(
        names
            .iter()
            .filter(|name| *name == "attempt.started")
            .count(),
        3
    );
}
