//! A reader that follows the log: each row once, in order, whoever writes at the time.

use super::concurrency::run_all;
use super::partitions::{begun, close, create, july};
use super::session::NOON;
use super::{Graph, Session, TestDatabase, Uuid, engine, partitions};
use crate::harness::NEW_ID;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tasker_database::Database;
use tasker_domain::ids::TaskId;
use tasker_domain::order::Seek;
use tasker_engine::Engine;
use tasker_engine::feed::FeedRow;
use tasker_engine::log_position::{LogHorizon, LogPosition};
use tasker_engine::task_read::{TransitionRow, TransitionsOf};
use tasker_engine::wanted_rows::WantedRows;

/// Reads what is complete, a few rows at a time.
struct Reader {
    engine: Engine,
    horizon: LogHorizon,
    after: LogPosition,
    /// Pages that it read.
    pages: usize,
}

impl Reader {
    fn of(database: &TestDatabase) -> Self {
        Self {
            engine: Engine::new(Database::open(database.options(), 8)),
            horizon: LogHorizon::default(),
            after: LogPosition::default(),
            pages: 0,
        }
    }

    /// The rows that are new, up to the horizon of now.
    async fn poll(&mut self, limit: i32) -> Vec<FeedRow> {
        let moved = self.engine.advance_log_horizon(&mut self.horizon).await;
        moved.unwrap();
        let mut rows = Vec::new();
        while self.after < self.horizon.safe() {
            rows.extend(self.page(limit).await);
        }
        rows
    }

    async fn page(&mut self, limit: i32) -> Vec<FeedRow> {
        let until = self.horizon.safe();
        let page = self
            .engine
            .read_feed(self.after, until, limit, &WantedRows::all())
            .await;
        let mut page = page.unwrap();
        assert!(page.through > self.after, "it goes on");
        self.after = page.through;
        self.pages += 1;
        // Those of the audit have numbers of the same sequence.
        page.rows.retain(|row| row.action.is_none());
        page.rows
    }

    async fn numbers(&mut self) -> Vec<i64> {
        seqs(&self.poll(100).await)
    }
}

fn seqs(rows: &[FeedRow]) -> Vec<i64> {
    rows.iter().map(|row| row.seq).collect()
}

async fn write(session: &mut Session) {
    session
        .run(&format!(
            "insert into tasker.transition (at, task_id, to_state) values (tasker.clock(), {NEW_ID}, 'pending')"
        ))
        .await;
}

async fn all_seqs(session: &mut Session) -> Vec<i64> {
    session
        .all("select seq from tasker.every_transition order by seq")
        .await
}

#[tokio::test]
async fn an_open_writer_delays_the_rows_from_its_first_on_and_none_is_lost_or_seen_twice() {
    let (database, mut early, _) = engine().await;
    let (mut late, mut other) = (Session::new(&database).await, Session::new(&database).await);
    let mut reader = Reader::of(&database);
    write(&mut other).await;
    early.begin().await;
    write(&mut early).await;
    write(&mut other).await;
    assert_eq!(reader.numbers().await, [0; 0], "2 may come before 3");
    assert_eq!(reader.horizon.mark(), Some(LogPosition(3)));
    assert_eq!(reader.horizon.writers().len(), 1);
    late.begin().await;
    write(&mut late).await;
    write(&mut other).await;
    assert_eq!(reader.numbers().await, [0; 0]);
    early.commit().await;
    assert_eq!(reader.numbers().await, [1, 2, 3], "4 is not there yet");
    assert_eq!(reader.numbers().await, [0; 0]);
    late.run("rollback").await;
    assert_eq!(reader.numbers().await, [5]);
    assert_eq!(reader.numbers().await, [0; 0]);
}

#[tokio::test]
async fn transactions_that_write_elsewhere_or_only_read_delay_nothing() {
    let (database, mut session, _) = engine().await;
    let mut other = Session::new(&database).await;
    other.begin().await;
    other
        .run("create table elsewhere (n int); insert into elsewhere values (1)")
        .await;
    other
        .run("select count(*) from tasker.every_transition")
        .await;
    other
        .run("update tasker.clock_mark set high_at = high_at")
        .await;
    let mut reader = Reader::of(&database);
    write(&mut session).await;
    assert_eq!(reader.numbers().await, [1]);
    other.commit().await;
}

#[tokio::test]
async fn an_open_change_of_the_registry_delays_what_comes_after_it() {
    let (database, mut early, _) = engine().await;
    let mut other = Session::new(&database).await;
    let mut reader = Reader::of(&database);
    early.begin().await;
    let change =
        "insert into tasker.audit (actor, action, subject) values ('ada', 'key.create', 'key ci')";
    early.run(change).await;
    let audit_id = "select audit_id from tasker.audit";
    assert_eq!(
        early.one::<i64>(audit_id).await,
        1,
        "log and audit have one sequence"
    );
    write(&mut other).await;
    assert_eq!(reader.numbers().await, [0; 0], "1 may be committed yet");
    early.commit().await;
    assert_eq!(reader.numbers().await, [2]);
    early.begin().await;
    early.run("select count(*) from tasker.audit").await;
    write(&mut other).await;
    assert_eq!(
        reader.numbers().await,
        [3],
        "who only reads the audit delays nothing"
    );
    early.commit().await;
}

#[tokio::test]
async fn a_prepared_writer_is_waited_for() {
    let (database, mut session, _) = engine().await;
    let mut other = Session::new(&database).await;
    let mut reader = Reader::of(&database);
    session.begin().await;
    write(&mut session).await;
    assert_eq!(reader.numbers().await, [0; 0]);
    let name = format!("{}", session.pid());
    session.run(&format!("prepare transaction '{name}'")).await;
    write(&mut other).await;
    assert_eq!(reader.numbers().await, [0; 0]);
    session.run(&format!("commit prepared '{name}'")).await;
    assert_eq!(reader.numbers().await, [1, 2]);
}

#[tokio::test]
async fn numbers_are_not_drawn_in_advance() {
    let (_database, mut session, _) = engine().await;
    let cache =
        "select seqcache from pg_sequence where seqrelid = 'tasker.transition_seq_seq'::regclass";
    assert_eq!(session.one::<i64>(cache).await, 1);
}

/// What a reader had until all was over.
async fn follow(mut reader: Reader, is_over: Arc<AtomicBool>) -> Vec<FeedRow> {
    let mut rows = Vec::new();
    loop {
        let was_over = is_over.load(Ordering::SeqCst);
        rows.extend(reader.poll(50).await);
        if was_over {
            return rows;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn under_load_each_row_is_seen_once_and_those_of_a_task_in_their_order() {
    let (database, mut session, _) = engine().await;
    let is_over = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(follow(Reader::of(&database), is_over.clone()));
    let mut tasks: Vec<Uuid> = Vec::new();
    for graph in [Graph::diamond(), Graph::fan_out(5), Graph::fan_in(4)] {
        let graph = graph.max_attempts(4).backoff("none", 0, 0);
        let version = graph.publish(&mut session).await;
        tasks.extend(session.create_many(version, 20).await);
    }
    run_all(&database, &tasks, 7, NOON).await;
    is_over.store(true, Ordering::SeqCst);
    let rows = reader.await.unwrap();
    assert_eq!(seqs(&rows), all_seqs(&mut session).await);
    for task in tasks {
        let seen: Vec<String> = rows
            .iter()
            .filter(|row| row.task_id == Some(task) && row.step_no.is_none())
            .filter_map(|row| row.to_state.clone())
            .collect();
        let (first, last) = (seen.first().unwrap(), seen.last().unwrap());
        assert_eq!(first, "pending", "{seen:?}");
        assert!(
            ["complete", "error", "cancelled"].contains(&last.as_str()),
            "{seen:?}"
        );
    }
}

#[tokio::test]
async fn closing_and_dropping_partitions_neither_hides_nor_repeats_a_row() {
    let (database, mut session, worker) = begun().await;
    let version = Graph::chain(3).publish(&mut session).await;
    create(&mut session, version, 4).await;
    partitions::run_all(&mut session, worker).await;
    let open_tasks = create(&mut session, version, 2).await;
    let claimed = session.claim(worker, 2).await;
    let mut reader = Reader::of(&database);
    let mut seen = Vec::new();
    reader
        .engine
        .advance_log_horizon(&mut reader.horizon)
        .await
        .unwrap();
    seen.extend(seqs(&reader.page(5).await));
    july(&mut session).await;
    create(&mut session, version, 1).await;
    assert!(close(&mut session).await);
    seen.extend(seqs(&reader.page(5).await));
    session.complete(worker, &claimed).await;
    partitions::run_all(&mut session, worker).await;
    seen.extend(seqs(&reader.page(5).await));
    let returned: i32 = session.one("select tasker.return_carried(10)").await;
    assert_eq!(returned, open_tasks.len() as i32);
    seen.extend(seqs(&reader.poll(5).await));
    assert_eq!(seen, all_seqs(&mut session).await);

    // A reader that is not there yet finds what is left.
    let mut late = Reader::of(&database);
    session
        .run("insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
              select distinct namespace_id, 'complete'::tasker.task_state, 86400000, 'ada', now() from tasker.every_task")
        .await;
    assert!(session.one::<bool>("select tasker.sum_partition()").await);
    session.at("2030-09-01 12:00:00Z").await;
    assert!(
        session
            .one::<bool>("select tasker.drop_partition(100, false)")
            .await
    );
    let left = all_seqs(&mut session).await;
    assert!(!left.is_empty() && left.len() < seen.len());
    assert_eq!(seqs(&late.poll(5).await), left);
    assert_eq!(reader.numbers().await, [0; 0]);
}

#[tokio::test]
async fn a_task_that_is_returned_after_the_reader_passed_its_partition_is_not_missed() {
    let (database, mut session, worker) = begun().await;
    let version = Graph::single().publish(&mut session).await;
    create(&mut session, version, 1).await;
    july(&mut session).await;
    assert!(close(&mut session).await);
    let mut reader = Reader::of(&database);
    reader.numbers().await;
    partitions::run_all(&mut session, worker).await;
    let returned: i32 = session.one("select tasker.return_carried(10)").await;
    assert_eq!(returned, 1);
    let seen = reader.poll(100).await;
    let states: Vec<_> = seen
        .iter()
        .filter_map(|row| row.to_state.as_deref())
        .collect();
    assert_eq!(states, ["in_progress", "running", "complete", "complete"]);
}

#[tokio::test]
async fn a_gap_costs_a_few_pages_however_wide_it_is() {
    let (database, mut session, _) = engine().await;
    write(&mut session).await;
    session
        .run("select setval('tasker.transition_seq_seq', 1000000000)")
        .await;
    write(&mut session).await;
    write(&mut session).await;
    let mut reader = Reader::of(&database);
    assert_eq!(reader.numbers().await, [1, 1_000_000_001, 1_000_000_002]);
    assert!(reader.pages <= 4, "{} pages", reader.pages);
}

#[tokio::test]
async fn what_may_still_come_before_is_held_back_from_who_follows_one_task() {
    let (database, mut early, _) = engine().await;
    let version = Graph::new(2, &[]).publish(&mut early).await;
    let task = early.create(version).await;
    let mut other = Session::new(&database).await;
    let engine = Reader::of(&database).engine;
    let row = |step: i16| {
        format!(
            "insert into tasker.transition (at, task_id, step_no, attempt, to_state)
             values (tasker.clock(), '{task}', {step}, 1, 'running')"
        )
    };
    early.begin().await;
    early.run(&row(0)).await;
    other.run(&row(1)).await;
    let shown = async || {
        let of = TransitionsOf {
            task_id: TaskId(task),
            is_open: true,
            only_events: false,
        };
        let rows = engine.transitions(of, Seek::lowest(10)).await;
        seqs_of(&rows.unwrap().unwrap())
    };
    assert_eq!(shown().await, [0; 0]);
    early.commit().await;
    assert_eq!(shown().await, [1, 2, 3]);
}

fn seqs_of(rows: &[TransitionRow]) -> Vec<i64> {
    rows.iter().map(|row| row.seq).collect()
}
