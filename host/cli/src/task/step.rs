//! `tasker task steps`, and what is said of a step wherever it is shown.

use super::OfTask;
use crate::{Context, Painted as _, Part, Result, Table, units};
use chrono::{DateTime, TimeDelta, Utc};
use tasker_domain::state::StepState;
use tasker_wire::step::{ListSteps, Step, StepQuery};

/// List the steps of a task.
#[derive(Debug, clap::Args)]
pub struct Steps {
    #[command(flatten)]
    of: OfTask,
    /// Only those in this state; can be repeated.
    #[arg(long, value_enum)]
    state: Vec<StepState>,
    #[command(flatten)]
    part: Part,
}

impl Steps {
    pub async fn run(self, context: &Context) -> Result {
        let id = self.of.task;
        let query = StepQuery {
            states: self.state.clone(),
            ..StepQuery::default()
        };
        let page = self.part.read(context, ListSteps { id }, query).await?;
        let reply = context.show(&page, |page| match context.output.is_quiet() {
            true => units::joined(page.items.iter().map(|it| &it.name), "\n"),
            false => table(&page.items),
        });
        let states = self.state.iter().map(|state| format!(" --state {state}"));
        let next = match &page.value.next {
            None => format!("tasker task show {id}"),
            Some(cursor) => {
                let states: String = states.collect();
                format!("tasker task steps {id}{states}{}", self.part.next(cursor))
            }
        };
        Ok(reply.next([next]))
    }
}

/// The steps as a table: state, attempts, how long, what ran, what came of it, and why it stands where it
/// does.
pub fn table(steps: &[Step]) -> String {
    let now = Utc::now();
    let took = |it: &Step| took(it, now).map(units::span).unwrap_or_default();
    let result = |it: &Step| it.result_bytes.map(units::size).unwrap_or_default();
    Table::new([
        ("step", &|it: &Step| it.name.clone()),
        ("state", &|it| it.state.sign()),
        ("attempts", &attempts),
        ("took", &took),
        ("component", &|it| {
            format!("{}@{}", it.component, it.version)
        }),
        ("result", &result),
        ("note", &|it| note(it, now)),
    ])
    .or("no steps")
    .rows(steps)
}

/// `2/5` once it was tried: the attempts that count, of those that it has; `1/5, 4 runs` where some
/// do not count.
pub fn attempts(step: &Step) -> String {
    match (step.attempts, step.counted_attempts) {
        (0, _) => String::new(),
        (tried, counted) if tried == counted => format!("{tried}/{}", step.max_attempts),
        (tried, counted) => {
            let runs = units::count(tried, "run");
            format!("{counted}/{}, {runs}", step.max_attempts)
        }
    }
}

/// How long its newest attempt took or takes; none before the first.
pub fn took(step: &Step, now: DateTime<Utc>) -> Option<TimeDelta> {
    let started = step.started_at?;
    match step.state == StepState::Running {
        true => Some(units::between(started, now)),
        false => step.finished_at.map(|at| units::between(started, at)),
    }
}

/// Why it stands where it does: what it waits for, when it is tried again, what went wrong.
pub fn note(step: &Step, now: DateTime<Utc>) -> String {
    let error = step.failure().unwrap_or_default().text();
    let reason = step.reason.clone();
    match step.state {
        StepState::Waiting => {
            reason.unwrap_or_else(|| format!("after {}", step.depends_on.join(", ")))
        }
        StepState::WaitingForRetry => match step.ready_at {
            Some(due) if due > now => format!("again in {}: {error}", units::span(due - now)),
            Some(_) => format!("due now: {error}"),
            None => error,
        },
        StepState::Error | StepState::Running | StepState::Cancelled => error,
        StepState::Ready
        | StepState::WaitingForEvent
        | StepState::Complete
        | StepState::Skipped
        | StepState::ResolvedManually => reason.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::step;

    #[test]
    fn a_waiting_step_names_what_it_waits_for() {
        let step = step(
            r#"{"name":"ship","state":"waiting","attempts":0,"max_attempts":1,"depends_on":["charge","reserve"]}"#,
        );
        assert_eq!(note(&step, Utc::now()), "after charge, reserve");
        assert_eq!(
            (attempts(&step), took(&step, Utc::now())),
            (String::new(), None)
        );
    }

    #[test]
    fn what_counts_is_told_and_how_often_it_ran_where_that_is_more() {
        let told = |tried: u32, counted: u32| {
            attempts(&step(&format!(
                r#"{{"name":"charge","state":"ready","attempts":{tried},"counted_attempts":{counted},"max_attempts":3}}"#
            )))
        };
        assert_eq!(told(2, 2), "2/3");
        assert_eq!(told(1, 0), "0/3, 1 run");
        assert_eq!(told(4, 1), "1/3, 4 runs");
    }

    #[test]
    fn a_retry_says_when_and_why() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let step = step(
            r#"{"name":"charge","state":"waiting_for_retry","attempts":1,"max_attempts":3,
                "ready_at":"2026-01-01T00:00:03Z","error":{"code":"declined","message":"try later"}}"#,
        );
        assert_eq!(note(&step, now), "again in 3.00 s: declined: try later");
        assert_eq!(attempts(&step), "1/3");
        let due = "2026-01-01T00:00:03Z".parse().unwrap();
        assert_eq!(note(&step, due), "due now: declined: try later");
    }
}
