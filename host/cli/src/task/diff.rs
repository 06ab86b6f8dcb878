//! `tasker task diff`: what differed between two runs.

use super::steps;
use crate::client::read;
use crate::json_changes::{Change, changes};
use crate::reference::parse_task_id;
use crate::table::table;
use crate::{Context, Painted as _, Result, Tone, units};
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::ids::TaskId;
use tasker_domain::state::TaskState;
use tasker_wire::endpoint::{Endpoint, JsonText};
use tasker_wire::step::{ShowStepResult, Step};
use tasker_wire::task::{ShowTask, ShowTaskInput, ShowTaskResult, Task};

/// Results of steps that are read one by one since they are large; further ones are compared by their size.
const MAX_READ_RESULTS: usize = 50;
/// Steps whose times are shown, those with the largest difference first.
const SHOWN_TIMES: usize = 10;

/// Show what differed between two runs: versions, input, steps and their results, times.
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// The first task's id.
    #[arg(value_parser = parse_task_id)]
    a: TaskId,
    /// The second task's id.
    #[arg(value_parser = parse_task_id)]
    b: TaskId,
}

#[derive(Debug, Serialize)]
struct TaskDiff {
    a: Run,
    b: Run,
    /// Nothing differs but names and times.
    is_same: bool,
    /// Component versions, by component.
    versions: Vec<Change>,
    input: Vec<Change>,
    steps: Vec<StepChange>,
    result: Vec<Change>,
    times: Vec<Time>,
}

/// One of the two.
#[derive(Debug, Serialize)]
struct Run {
    task: TaskId,
    template: String,
    state: TaskState,
    duration_ms: Option<f64>,
}

/// What differs of a step.
#[derive(Debug, Serialize)]
struct StepChange {
    step: String,
    #[serde(flatten)]
    change: Change,
}

/// How long the newest attempt of a step took.
#[derive(Debug, Serialize)]
struct Time {
    step: String,
    a_ms: Option<f64>,
    b_ms: Option<f64>,
}

impl Diff {
    pub async fn run(self, context: &Context) -> Result {
        let (a, b) = (whole(self.a, context).await?, whole(self.b, context).await?);
        let input = changes(&input(&a, context).await?, &input(&b, context).await?);
        let result = changes(&result(&a, context).await?, &result(&b, context).await?);
        let versions = changes(&locked(&a), &locked(&b));
        let steps = step_changes(&a, &b, context).await?;
        let nothing = versions.is_empty() && input.is_empty() && steps.is_empty();
        let is_same = nothing && result.is_empty() && a.release() == b.release();
        let diff = TaskDiff {
            is_same: is_same && a.state == b.state,
            versions,
            input,
            steps,
            result,
            times: times(&a, &b),
            a: Run::of(&a),
            b: Run::of(&b),
        };
        let json = serde_json::to_string(&diff).map_err(anyhow::Error::from)?;
        let next = [self.a, self.b].map(|id| format!("tasker task show {id}"));
        Ok(context.output.show(json, || text(&diff)).next(next))
    }
}

async fn whole(id: TaskId, context: &Context) -> Result<Task> {
    let mut task = context.ask(ShowTask { id }).await?.value;
    steps::read_all(&context.client, &mut task).await?;
    Ok(task)
}

async fn input(task: &Task, context: &Context) -> Result<Value> {
    let id = task.id;
    payload(
        context,
        task.input.as_deref(),
        task.input_bytes > 0,
        ShowTaskInput { id },
    )
    .await
}

async fn result(task: &Task, context: &Context) -> Result<Value> {
    let id = task.id;
    let is_there = task.result_bytes.is_some();
    payload(
        context,
        task.result.as_deref(),
        is_there,
        ShowTaskResult { id },
    )
    .await
}

/// A payload; null if there is none.
async fn payload(
    context: &Context,
    inline: Option<&RawValue>,
    is_there: bool,
    endpoint: impl Endpoint<Answer = JsonText>,
) -> Result<Value> {
    match inline {
        Some(inline) => read(inline.get()),
        None if is_there => read(&context.call(endpoint).text().await?),
        None => Ok(Value::Null),
    }
}

/// The versions of the lock, by component.
fn locked(task: &Task) -> Value {
    let versions = task.lock.iter();
    versions
        .map(|it| (it.component.clone(), Value::from(it.version.clone())))
        .collect()
}

async fn step_changes(a: &Task, b: &Task, context: &Context) -> Result<Vec<StepChange>> {
    let (of_a, of_b) = (by_name(a), by_name(b));
    let mut all = Vec::new();
    let mut budget = MAX_READ_RESULTS;
    for name in names(&of_a, &of_b) {
        let (one, other) = (of_a.get(name).copied(), of_b.get(name).copied());
        let mut found = changes(&facts(one), &facts(other));
        if let Some((one, other)) = one.zip(other) {
            found.extend(results((a.id, one), (b.id, other), &mut budget, context).await?);
        }
        all.extend(found.into_iter().map(|change| StepChange {
            step: name.to_owned(),
            change,
        }));
    }
    Ok(all)
}

fn by_name(task: &Task) -> BTreeMap<&str, &Step> {
    task.steps
        .iter()
        .map(|step| (step.name.as_str(), step))
        .collect()
}

fn names<'t, T>(a: &BTreeMap<&'t str, T>, b: &BTreeMap<&'t str, T>) -> BTreeSet<&'t str> {
    a.keys().chain(b.keys()).copied().collect()
}

/// What is compared of a step besides its result; null of one that the task does not have.
fn facts(step: Option<&Step>) -> Value {
    let Some(step) = step else {
        return Value::Null;
    };
    let handler = format!("{}/{}", step.component, step.handler);
    let error = step.failure().map(|failure| failure.text());
    let attempts = step.counted_attempts;
    serde_json::json!({
        "state": step.state, "attempts": attempts, "handler": handler, "error": error,
    })
}

/// What differs of the results of a step, below `result`.
async fn results(
    (a, one): (TaskId, &Step),
    (b, other): (TaskId, &Step),
    budget: &mut usize,
    context: &Context,
) -> Result<Vec<Change>> {
    let is_inline = |step: &Step| step.result.is_some() || step.result_bytes.is_none();
    if !(is_inline(one) && is_inline(other)) {
        if *budget == 0 {
            let bytes = |step: &Step| step.result_bytes.map(units::size);
            return Ok(changes(
                &serde_json::json!({"result": bytes(one)}),
                &serde_json::json!({"result": bytes(other)}),
            ));
        }
        *budget -= 1;
    }
    let read = async |id: TaskId, of: &Step| {
        let step = of.name.clone();
        let is_there = of.result_bytes.is_some();
        payload(
            context,
            of.result.as_deref(),
            is_there,
            ShowStepResult { id, step },
        )
        .await
    };
    let (one, other) = (read(a, one).await?, read(b, other).await?);
    Ok(changes(
        &serde_json::json!({"result": one}),
        &serde_json::json!({"result": other}),
    ))
}

fn times(a: &Task, b: &Task) -> Vec<Time> {
    let (of_a, of_b) = (by_name(a), by_name(b));
    let took = |steps: &BTreeMap<&str, &Step>, name| steps.get(name).and_then(|it| it.duration_ms);
    let all = names(&of_a, &of_b).into_iter().map(|name| Time {
        step: name.to_owned(),
        a_ms: took(&of_a, name),
        b_ms: took(&of_b, name),
    });
    let mut all: Vec<Time> = all.collect();
    all.sort_by_key(|it| Reverse(it.difference_us()));
    all.truncate(SHOWN_TIMES);
    all
}

impl Time {
    fn difference_us(&self) -> i64 {
        let (a, b) = (self.a_ms.unwrap_or_default(), self.b_ms.unwrap_or_default());
        ((a - b).abs() * 1_000.0) as i64
    }
}

impl Run {
    fn of(task: &Task) -> Self {
        let took = task
            .finished_at
            .map(|end| units::between(task.created_at, end));
        Self {
            task: task.id,
            template: task.release(),
            state: task.state,
            duration_ms: took
                .and_then(|it| it.num_microseconds())
                .map(|it| it as f64 / 1_000.0),
        }
    }
}

fn text(diff: &TaskDiff) -> String {
    let (a, b) = (&diff.a, &diff.b);
    let head = table(
        ["", "a", "b"],
        vec![
            ["task".to_owned(), a.task.to_string(), b.task.to_string()],
            [
                "template".to_owned(),
                a.template.clone(),
                b.template.clone(),
            ],
            ["state".to_owned(), a.state.sign(), b.state.sign()],
            ["took".to_owned(), ms(a.duration_ms), ms(b.duration_ms)],
        ],
        "",
    );
    let same = "nothing differs but times";
    let verdict = if diff.is_same {
        Tone::Quiet.of(same)
    } else {
        String::new()
    };
    let steps = diff
        .steps
        .iter()
        .map(|it| (format!("{} {}", it.step, it.change.place()), &it.change));
    units::paragraphs([
        head,
        verdict,
        section("version", diff.versions.iter().map(|it| (it.place(), it))),
        section("input", diff.input.iter().map(|it| (it.place(), it))),
        section("step", steps),
        section("result", diff.result.iter().map(|it| (it.place(), it))),
        times_table(&diff.times),
    ])
}

fn section<'c>(what: &str, changes: impl Iterator<Item = (String, &'c Change)>) -> String {
    let rows = changes.map(|(place, change)| [place, change.a_text(), change.b_text()]);
    match rows.collect::<Vec<_>>() {
        none if none.is_empty() => String::new(),
        rows => table([what, "a", "b"], rows, ""),
    }
}

fn times_table(times: &[Time]) -> String {
    let rows = times.iter();
    let rows = rows.map(|it| [it.step.clone(), ms(it.a_ms), ms(it.b_ms)]);
    table(["time of the last attempt", "a", "b"], rows.collect(), "")
}

fn ms(ms: Option<f64>) -> String {
    let span = |ms: f64| units::span(TimeDelta::microseconds((ms * 1_000.0) as i64));
    ms.map(span).unwrap_or_default()
}
