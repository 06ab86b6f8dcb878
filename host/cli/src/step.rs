//! `tasker step …`

use super::output::Output;
use super::paint::Paint;
use super::reference::parse_task_id;
use super::view::{Failure, Page, Step};
use super::{CliError, Context, Exit, list, units};
use chrono::{DateTime, TimeDelta, Utc};
use tasker_domain::ids::TaskId;
use tasker_domain::state::StepState;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Ls(Ls),
}

/// List the steps of a task.
#[derive(Debug, clap::Args)]
pub struct Ls {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// Only those in this state; may be given several times.
    #[arg(long, value_enum)]
    state: Vec<StepState>,
    /// How many at most.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=500))]
    limit: u16,
    /// Go on where another page ended.
    #[arg(long, value_name = "CURSOR")]
    after: Option<String>,
    /// Every page.
    #[arg(long, conflicts_with_all = ["limit", "after"])]
    all: bool,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Ls(ls) => ls.run(context).await,
    }
}

impl Ls {
    async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let task = self.task.to_string();
        let path = ["tasks", task.as_str(), "steps"];
        let page = match self.all {
            true => list::all::<Step>(&context.client, &path, &self.filters()).await?,
            false => context.client.query(&path, &self.query()).await?,
        };
        context
            .output
            .show(&page.text, || table(&page.value.items, context.output))?;
        context.output.next(&[self.next(&page.value)]);
        Ok(Exit::Complete)
    }

    fn filters(&self) -> Vec<(&'static str, String)> {
        let states: Vec<_> = self.state.iter().map(ToString::to_string).collect();
        let states = Some(states.join(",")).filter(|states| !states.is_empty());
        list::filters([("state", states)])
    }

    fn query(&self) -> Vec<(&'static str, String)> {
        let paging = list::filters([
            ("limit", Some(self.limit.to_string())),
            ("after", self.after.clone()),
        ]);
        self.filters().into_iter().chain(paging).collect()
    }

    fn next(&self, page: &Page<Step>) -> String {
        let Self { task, limit, .. } = self;
        let states = self.state.iter().map(|state| format!(" --state {state}"));
        match &page.next {
            Some(cursor) => format!(
                "tasker step ls {task}{} --limit {limit} --after {cursor}",
                states.collect::<String>()
            ),
            None => format!("tasker task show {task}"),
        }
    }
}

/// The steps as a table: state, attempts, how long, what ran, what came of it, and why it stands where it
/// does.
pub fn table(steps: &[Step], output: Output) -> String {
    let now = Utc::now();
    let rows = steps
        .iter()
        .map(|step| row(step, now, output.paint))
        .collect();
    output.table(
        [
            "step",
            "state",
            "attempts",
            "took",
            "component",
            "result",
            "note",
        ],
        rows,
        "no steps",
    )
}

fn row(step: &Step, now: DateTime<Utc>, paint: Paint) -> [String; 7] {
    [
        step.name.clone(),
        format!(
            "{} {}",
            paint.step_glyph(step.state),
            paint.step_state(step.state)
        ),
        attempts(step),
        took(step, now).map(units::span).unwrap_or_default(),
        component(step),
        step.result_bytes.map(units::size).unwrap_or_default(),
        note(step, now),
    ]
}

/// What it runs, or ran, such as `orders/charge@1.4.2`.
fn component(step: &Step) -> String {
    match step.component.is_empty() {
        true => String::new(),
        false => format!("{}@{}", step.component, step.version),
    }
}

/// `2/5` once it was tried: the attempts that count, of those that it has; `1/5, 4 runs` where some
/// do not count.
pub fn attempts(step: &Step) -> String {
    match (step.attempts, counted(step)) {
        (0, _) => String::new(),
        (tried, counted) if tried == counted => format!("{tried}/{}", step.max_attempts),
        (tried, counted) => {
            let runs = units::count(tried.into(), "run");
            format!("{counted}/{}, {runs}", step.max_attempts)
        }
    }
}

/// The attempts that count against what its policy allows.
pub fn counted(step: &Step) -> u16 {
    step.counted_attempts.unwrap_or(step.attempts)
}

/// How long its newest attempt took or takes; none before the first.
pub fn took(step: &Step, now: DateTime<Utc>) -> Option<TimeDelta> {
    let started = step.started_at?;
    match step.state {
        StepState::Running => Some(units::between(started, now)),
        StepState::Waiting
        | StepState::Ready
        | StepState::WaitingForRetry
        | StepState::WaitingForEvent
        | StepState::Complete
        | StepState::Error
        | StepState::Cancelled
        | StepState::Skipped
        | StepState::ResolvedManually => step
            .finished_at
            .map(|finished| units::between(started, finished)),
    }
}

/// Why it stands where it does: what it waits for, when it is tried again, what went wrong.
pub fn note(step: &Step, now: DateTime<Utc>) -> String {
    let error = step.error.as_ref().map(Failure::text).unwrap_or_default();
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

    fn step(json: &str) -> Step {
        serde_json::from_str(json).unwrap()
    }

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
        let told = |tried: u16, counted: u16| {
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
