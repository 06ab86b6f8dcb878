//! Times never contradict order, whoever waits for whom while the clock goes on.

use super::concurrency::{Random, none, run_all};
use super::{Graph, Session, Uuid, engine};

/// The clock of the database, as it runs.
const REAL: &str = "";

const STEPS: i16 = 24;
const GRAPHS: u64 = 6;
const TASKS: i32 = 6;

/// What must not be found in the log or beside it.
const CONTRADICTIONS: [(&str, &str); 5] = [
    (
        "a step starts before a parent ends",
        "select c.task_id || ' ' || p.step_no || ' ' || c.step_no || ' ' || (p.finished_at - c.started_at)
         from tasker.task t
         join tasker.dependency e using (template_version_id)
         join tasker.step p on p.task_id = t.task_id and p.step_no = e.from_no
         join tasker.step c on c.task_id = t.task_id and c.step_no = e.to_no
         where c.started_at < p.finished_at",
    ),
    (
        "a step is ready or runs, by the log, before a parent is complete",
        "select c.task_id || ' ' || e.from_no || ' ' || e.to_no || ' ' || (p.at - c.at)
         from tasker.task t
         join tasker.dependency e using (template_version_id)
         join tasker.transition p on p.task_id = t.task_id and p.step_no = e.from_no and p.to_state = 'complete'
         join tasker.transition c on c.task_id = t.task_id and c.step_no = e.to_no and c.to_state in ('ready', 'running')
         where c.at < p.at",
    ),
    (
        "an entry of a step or of a task itself is earlier than the one before it",
        "select l.task_id || ' ' || coalesce(l.step_no::text, 'task') || ' ' || l.to_state || ' ' || (l.before - l.at)
         from (select r.*, lag(r.at) over (partition by r.task_id, r.step_no order by r.seq) as before
               from tasker.transition r) l
         where l.at < l.before",
    ),
    (
        "a task ends before its last step does",
        "select t.task_id::text from tasker.task t join tasker.step s using (task_id)
         group by t.task_id having t.finished_at < max(s.finished_at)",
    ),
    (
        "a step ends before it starts",
        "select s.task_id::text from tasker.step s where s.finished_at < s.started_at",
    ),
];

/// Each step depends on some of the six before it, so that workers complete parents of one step at once.
fn dense(random: &mut Random) -> Graph {
    let edges = (1..STEPS).flat_map(|to| ((to - 6).max(0)..to).map(move |from| (from, to)));
    let edges: Vec<_> = edges.filter(|_| random.below(2) == 0).collect();
    Graph::new(STEPS, &edges)
        .max_attempts(4)
        .backoff("none", 0, 0)
}

async fn no_contradictions(session: &mut Session) {
    for (what, sql) in CONTRADICTIONS {
        none(session, what, sql).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn times_never_contradict_the_order_of_what_many_workers_do_at_once() {
    let (database, mut session, _) = engine().await;
    session.at(REAL).await;
    for seed in 1..=GRAPHS {
        let version = dense(&mut Random(seed)).publish(&mut session).await;
        let tasks: Vec<Uuid> = session.create_many(version, TASKS).await;
        run_all(&database, &tasks, seed, REAL).await;
    }
    no_contradictions(&mut session).await;
}

/// Many workers that complete parents of the same children, and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_step_starts_before_the_end_of_a_parent_that_another_worker_completes() {
    let (database, mut session, _) = engine().await;
    session.at(REAL).await;
    for seed in 1..=GRAPHS {
        let version = dense(&mut Random(seed)).publish(&mut session).await;
        session.create_many(version, 4 * TASKS).await;
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let session = Session::new(&database).await;
            workers.spawn(complete_all(session));
        }
        while let Some(ended) = workers.join_next().await {
            ended.unwrap();
        }
    }
    no_contradictions(&mut session).await;
}

async fn complete_all(mut session: Session) {
    session.at(REAL).await;
    let worker = session.worker().await;
    let mut held = Vec::new();
    loop {
        held = session.advance(worker, &held, 5).await;
        let is_over = "select not exists (select from tasker.task where finished_at is null)";
        if held.is_empty() && session.one::<bool>(is_over).await {
            return;
        }
    }
}
