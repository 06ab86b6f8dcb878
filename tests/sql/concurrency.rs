//! Many workers doing anything at once: no call fails, every task ends, and the log tells one story.

use super::session::NOON;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{BY_POLICY, Claim, Graph, PERMANENT, Session, TestDatabase, Uuid, engine};

const WORKERS: u64 = 6;

/// How many calls are made at least, if that is more than those of the tasks of five seeds.
const CALLS: &str = "TASKER_CONCURRENT_CALLS";

static CALLS_MADE: AtomicU64 = AtomicU64::new(0);

const QUEUED: &str = "select task_id::text from tasker.queue";

/// Small and repeatable.
pub(super) struct Random(pub u64);

impl Random {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound as u64).unwrap()
    }
}

async fn act(session: &mut Session, worker: i32, random: &mut Random, tasks: &[Uuid]) {
    let mut held: Vec<Claim> = Vec::new();
    loop {
        let ended = held.split_off(held.len() - random.below(held.len() + 1));
        match random.below(12) {
            0 => drop(session.fail(worker, &ended, PERMANENT).await),
            1 | 2 => drop(session.fail(worker, &ended, BY_POLICY).await),
            3 => session.checkpoint(worker, &ended, "1").await,
            4 => drop(session.release(&[worker], &held).await),
            5 => {
                let from = random.below(tasks.len());
                let to = (from + 3).min(tasks.len());
                session.cancel(&tasks[from..to]).await;
                held.extend(ended);
            }
            6 => {
                session.reap_overdue(worker, &ended, "-1 hour").await;
                held.extend(ended);
            }
            _ => held.extend(session.advance(worker, &ended, 4).await),
        }
        held.extend(session.claim(worker, 3).await);
        CALLS_MADE.fetch_add(2, Relaxed);
        let is_over = "select not exists (select from tasker.task where finished_at is null)";
        if held.is_empty() && session.one::<bool>(is_over).await {
            return;
        }
    }
}

/// Has the workers do anything with the tasks until all of them are over, by the clock that the setting
/// says.
pub(super) async fn run_all(
    database: &TestDatabase,
    tasks: &[Uuid],
    seed: u64,
    clock: &'static str,
) {
    let mut running = tokio::task::JoinSet::new();
    for number in 0..WORKERS {
        let mut session = Session::new(database).await;
        session.at(clock).await;
        let tasks = tasks.to_vec();
        running.spawn(async move {
            let worker = session.worker().await;
            act(
                &mut session,
                worker,
                &mut Random(seed * 1_000 + number),
                &tasks,
            )
            .await;
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

pub(super) async fn none(session: &mut Session, what: &str, sql: &str) {
    let found: Vec<String> = session.all(sql).await;
    assert_eq!(found, [""; 0], "{what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_of_many_workers_on_the_same_tasks_neither_deadlock_nor_leave_one_open() {
    let (database, mut session, _) = engine().await;
    let calls: u64 = std::env::var(CALLS).map_or(0, |calls| calls.parse().unwrap());
    let graphs = [
        Graph::new(7, &[(0, 3), (1, 3), (1, 4), (3, 5), (2, 6)]),
        Graph::diamond(),
        Graph::fan_out(5),
        Graph::fan_in(4),
    ];
    for seed in (1..).take_while(|seed| *seed <= 5 || CALLS_MADE.load(Relaxed) < calls) {
        for graph in &graphs {
            let version = graph
                .clone()
                .max_attempts(4)
                .backoff("none", 0, 0)
                .publish(&mut session)
                .await;
            session.create_many(version, 10).await;
        }
        let tasks: Vec<Uuid> = session
            .all("select task_id from tasker.task where finished_at is null order by 1")
            .await;
        run_all(&database, &tasks, seed, NOON).await;
    }
    eprintln!("{} calls", CALLS_MADE.load(Relaxed));
    none(&mut session, "an empty queue", QUEUED).await;
    none(
        &mut session,
        "a task ends once and nothing of it changes afterwards",
        "select task_id::text from tasker.transition
         group by task_id
         having count(*) filter (where step_no is null and to_state in ('complete', 'error', 'cancelled')) <> 1
             or count(*) filter (where step_no is null and to_state = 'in_progress') > 1",
    )
    .await;
    none(
        &mut session,
        "a step has one log line for each attempt's beginning and one for its end",
        "select s::text from tasker.step s
         left join lateral (
           select count(*) filter (where to_state = 'running') as begun,
                  count(*) filter (where to_state in ('complete', 'error', 'waiting_for_retry')
                                   or to_state = 'ready' and attempt > 0) as ended,
                  count(distinct attempt) filter (where to_state = 'running') as numbers
           from tasker.transition l where l.task_id = s.task_id and l.step_no = s.step_no) l on true
         where l.begun <> s.attempt or l.numbers <> s.attempt
            or s.state in ('complete', 'error') and l.ended <> s.attempt",
    )
    .await;
    none(
        &mut session,
        "a complete task has only complete steps, one in error has a failed one and nothing that could run",
        "select t.task_id::text from tasker.task t join tasker.step s using (task_id)
         group by t.task_id
         having t.state = 'complete' and not bool_and(s.state = 'complete')
             or t.state = 'error' and (not bool_or(s.state = 'error')
                                       or bool_or(s.state not in ('complete', 'error', 'waiting')))
             or t.state = 'cancelled' and bool_or(s.finished_at is null)",
    )
    .await;
    none(
        &mut session,
        "the countdown is that of the plain definition",
        "select t.task_id::text from tasker.task t cross join lateral tasker.explain_steps(t.task_id) e
         join tasker.step s on s.task_id = t.task_id and s.step_no = e.step_no
         where s.remaining_deps <> e.incomplete_parents",
    )
    .await;
}
