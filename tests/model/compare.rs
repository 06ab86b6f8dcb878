//! What the database says, beside what the model says.

use super::definition::number;
use super::play::Play;
use super::reference::{Model, Task};
use crate::harness::{TestDatabase, WRONG_IN_QUEUE};
use sqlx::FromRow;
use std::collections::BTreeMap;
use tasker_domain::ids::TaskId;
use tasker_domain::state::{StepState, TaskState};

/// A task as either sees it.
#[derive(Debug, PartialEq, FromRow)]
struct SeenTask {
    #[sqlx(try_from = "&'a str")]
    state: TaskState,
    remaining_sinks: i32,
}

/// A step as either sees it; times in milliseconds from the beginning of the play.
#[derive(Debug, PartialEq, FromRow)]
struct SeenStep {
    step_no: i16,
    #[sqlx(try_from = "&'a str")]
    state: StepState,
    remaining_deps: i32,
    /// By the plain definition.
    incomplete_parents: i32,
    attempt: i32,
    free_attempts: i32,
    worker_losses: i32,
    worker_id: Option<i32>,
    ready_at: Option<i64>,
    result: Option<String>,
    checkpoint: Option<String>,
}

const STEPS: &str = "
    select s.step_no, s.state::text as state, s.remaining_deps, e.incomplete_parents, s.attempt, s.free_attempts, s.worker_losses,
           case when s.state = 'running' then s.worker_id end as worker_id,
           case when s.state = 'ready' and s.ready_at is null then 9223372036854775807
                else (extract(epoch from s.ready_at - timestamptz '2026-01-01T00:00:00Z') * 1000)::bigint end as ready_at,
           s.result::text as result, s.checkpoint::text as checkpoint
    from tasker.step s
    join tasker.explain_steps($1) e using (step_no)
    where s.task_id = $1
    order by s.step_no";

/// Steps whose log does not tell what became of them.
const WRONG_IN_LOG: &str = "
    select count(*)
    from tasker.step s
    cross join lateral (
      select count(*) filter (where r.to_state = 'complete') as completed,
             count(*) filter (where r.to_state = 'running') as begun,
             count(distinct r.attempt) filter (where r.to_state = 'running') as attempts,
             (array_agg(r.to_state order by r.seq desc))[1] as newest
      from tasker.transition r
      where r.task_id = s.task_id and r.step_no = s.step_no
    ) l
    where l.completed <> (s.state = 'complete')::int
       or l.begun <> s.attempt or l.attempts <> s.attempt
       or coalesce(l.newest, 'waiting') <> s.state::text";

/// Attempts that did not tell of what they left exactly once, and before it; or told of what is not there.
const WRONG_EVENTS: &str = "
    select count(*)
    from (select r.task_id, r.step_no, r.attempt,
                 count(*) filter (where r.event is not null) as told,
                 count(*) filter (where r.to_state = 'complete' or r.detail ->> 'reason' = 'checkpoint') as left_something,
                 max(r.seq) filter (where r.event is not null) as told_at,
                 max(r.seq) filter (where r.to_state = 'complete' or r.detail ->> 'reason' = 'checkpoint') as left_at
          from tasker.transition r
          where r.attempt > 0
          group by r.task_id, r.step_no, r.attempt) a
    where a.told <> a.left_something or a.told_at > a.left_at";

/// What the tables have.
#[derive(Debug, PartialEq)]
pub struct Seen {
    kv: BTreeMap<String, String>,
    /// Compared by itself, since no step has to show it.
    is_quarantined: bool,
    /// Steps that are in the queue and not to be claimed, or the other way round.
    wrong_in_queue: i64,
    tasks: Vec<(SeenTask, Vec<SeenStep>)>,
}

impl Seen {
    /// Where the database differs from the model.
    pub fn differs_from(&self, model: &Self) -> String {
        if self.kv != model.kv {
            return format!("kv has {:?}, the model {:?}", self.kv, model.kv);
        }
        if self.is_quarantined != model.is_quarantined {
            return format!("the code is quarantined: {}", self.is_quarantined);
        }
        if self.wrong_in_queue != model.wrong_in_queue {
            return format!("{} steps are wrong in the queue", self.wrong_in_queue);
        }
        let pairs = self.tasks.iter().zip(&model.tasks).enumerate();
        let mut differences = Vec::new();
        for (task, ((found, steps), (expected, expected_steps))) in pairs {
            if found != expected {
                differences.push(format!(
                    "task {task} is {found:?}, the model's {expected:?}"
                ));
            }
            let steps = steps.iter().zip(expected_steps);
            for (found, expected) in steps.filter(|(found, expected)| found != expected) {
                differences.push(format!(
                    "of task {task} is {found:?}, the model's {expected:?}"
                ));
            }
        }
        differences.join("\n")
    }
}

/// What the database says.
pub async fn read(database: &TestDatabase, ids: &[TaskId]) -> Seen {
    let kv: Vec<(String, String)> = sqlx::query_as("select key, value::text from tasker.kv")
        .fetch_all(database.pool())
        .await
        .unwrap();
    let is_quarantined = sqlx::query_scalar("select exists (select from tasker.quarantine)")
        .fetch_one(database.pool())
        .await
        .unwrap();
    let mut tasks = Vec::new();
    for id in ids {
        let task: SeenTask = sqlx::query_as(
            "select state::text as state, remaining_sinks from tasker.task where task_id = $1",
        )
        .bind(id.0)
        .fetch_one(database.pool())
        .await
        .unwrap();
        let steps: Vec<SeenStep> = sqlx::query_as(STEPS)
            .bind(id.0)
            .fetch_all(database.pool())
            .await
            .unwrap();
        tasks.push((task, steps));
    }
    let wrong_in_queue = sqlx::query_scalar(WRONG_IN_QUEUE)
        .fetch_one(database.pool())
        .await
        .unwrap();
    Seen {
        kv: kv.into_iter().collect(),
        is_quarantined,
        wrong_in_queue,
        tasks,
    }
}

/// What the model says.
pub fn seen(model: &Model) -> Seen {
    Seen {
        kv: model.kv.clone(),
        is_quarantined: model.is_quarantined,
        wrong_in_queue: 0,
        tasks: model.tasks.iter().map(seen_task).collect(),
    }
}

impl Play<'_> {
    /// Fails where the log says something else than the steps.
    pub async fn check_log(&self) {
        for (what, wrong) in [
            (
                "steps whose log does not tell what became of them",
                WRONG_IN_LOG,
            ),
            (
                "attempts with more or fewer events than they sent",
                WRONG_EVENTS,
            ),
        ] {
            let wrong: i64 = sqlx::query_scalar(wrong)
                .fetch_one(self.database.pool())
                .await
                .unwrap();
            assert_eq!(wrong, 0, "{what}");
        }
    }
}

fn seen_task(task: &Task) -> (SeenTask, Vec<SeenStep>) {
    let step = |no: usize| {
        let (step, incomplete) = (
            &task.steps[no],
            i32::from(number(task.incomplete_parents(no))),
        );
        SeenStep {
            step_no: number(no),
            state: step.state,
            remaining_deps: incomplete,
            incomplete_parents: incomplete,
            attempt: step.attempt,
            free_attempts: step.free_attempts,
            worker_losses: step.worker_losses,
            worker_id: step.worker,
            ready_at: step.ready_at,
            result: step.result.clone(),
            checkpoint: step.checkpoint.clone(),
        }
    };
    let remaining_sinks = number(task.incomplete_sinks()).into();
    let seen = SeenTask {
        state: task.state,
        remaining_sinks,
    };
    (seen, (0..task.steps.len()).map(step).collect())
}
