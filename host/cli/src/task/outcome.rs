//! What a task came to: its result, or which step failed and why.

use super::steps;
use super::timeline::timeline;
use crate::{Answer, Context, Painted as _, Result, Tone, bad, json, units};
use chrono::Utc;
use serde_json::value::RawValue;
use tasker_domain::sanitize::sanitize_line;
use tasker_domain::state::{StepState, TaskState};
use tasker_wire::failure::Failure;
use tasker_wire::step::Step;
use tasker_wire::task::Task;

/// The most lines of a result or input that are shown.
const MAX_JSON_LINES: usize = 40;
/// The most failed steps that are shown.
const MAX_FAILURES: usize = 10;

/// The task as it stands and, where it ended, what to do next.
pub async fn finished(answer: &mut Answer<Task>, context: &Context) -> Result {
    read_failed(answer, context).await?;
    let reply = context.show(answer, text);
    Ok(match answer.value.state.is_final() {
        true => reply.next(next(&answer.value)),
        false => reply,
    })
}

/// Adds failed steps to those that are in the answer, where a text is wanted.
pub async fn read_failed(answer: &mut Answer<Task>, context: &Context) -> Result<()> {
    match context.output.is_json() {
        true => Ok(()),
        false => steps::read_failed(&context.client, &mut answer.value).await,
    }
}

fn text(task: &Task) -> String {
    units::paragraphs([head(task), failures(task), result(task), times(task)])
}

/// How long it took, or takes.
pub fn took(task: &Task) -> String {
    let until = task.finished_at.unwrap_or_else(Utc::now);
    units::span(units::between(task.created_at, until))
}

fn head(task: &Task) -> String {
    let (release, took) = (Tone::Strong.of(task.release()), took(task));
    let (glyph, state) = (task.state.glyph(), task.state.word());
    let id = Tone::Quiet.of(format_args!("task {}", task.id));
    format!("{glyph} {release} {state} after {took}\n  {id}")
}

/// Why the task failed, and each step that failed for good; empty where nothing did.
pub fn failures(task: &Task) -> String {
    let failed = task.steps.iter().filter(|it| it.state == StepState::Error);
    let failed: Vec<_> = failed.collect();
    let whole = task.error.as_deref().filter(|_| failed.is_empty());
    let whole = whole.map(|error| {
        let text = Failure::of(error).text().replace('\n', "\n    ");
        format!("{} {text}", task.state.glyph())
    });
    let all = task.step_counts.get(&StepState::Error).copied();
    let all = all.and_then(|all| usize::try_from(all).ok());
    let all = all.unwrap_or_default().max(failed.len());
    let hidden = all - failed.len().min(MAX_FAILURES);
    let rest = (hidden > 0).then(|| format!("… and {} failed", units::count(hidden, "other step")));
    let steps = failed.into_iter().take(MAX_FAILURES).map(failure);
    units::joined(whole.into_iter().chain(steps).chain(rest), "\n")
}

fn failure(step: &Step) -> String {
    let (name, tried) = (Tone::Strong.of(&step.name), tried(step));
    let head = bad(format_args!("{name} failed after {tried}"));
    let Some(error) = step.failure() else {
        return head;
    };
    let text = error.text().replace('\n', "\n    ");
    let frames = error.backtrace.iter().map(|frame| sanitize_line(frame));
    let frames = frames.map(|frame| Tone::Quiet.of(format_args!("      at {frame}")));
    let head = format!("{head}\n    {text}");
    units::joined([head].into_iter().chain(frames), "\n")
}

/// `3 attempts`, and how often it ran where that is more.
fn tried(step: &Step) -> String {
    let attempts = units::count(step.counted_attempts, "attempt");
    let runs = units::count(step.attempts, "run");
    match step.counted_attempts {
        all if all == step.attempts => attempts,
        0 => runs,
        _ => format!("{attempts}, {runs}"),
    }
}

/// The result under its heading; empty where there is none.
pub fn result(task: &Task) -> String {
    let command = format!("tasker task result {}", task.id);
    let text = match (&task.result, task.result_bytes) {
        (Some(result), _) => shortened(result, &command),
        (None, Some(bytes)) => large(bytes, &command),
        // Too many steps make it for its size to be told.
        (None, None) if task.state == TaskState::Complete => {
            Tone::Quiet.of(format_args!("read it: {command}"))
        }
        (None, None) => String::new(),
    };
    headed("RESULT", text)
}

/// The input; its size where it is large.
pub fn input(task: &Task) -> String {
    let command = format!("tasker task input {}", task.id);
    match &task.input {
        Some(input) => shortened(input, &command),
        None => large(task.input_bytes, &command),
    }
}

fn large(bytes: u64, command: &str) -> String {
    let size = units::size(bytes);
    Tone::Quiet.of(format_args!("{size}; read it: {command}"))
}

/// JSON laid out, cut after some lines; the command prints the whole.
fn shortened(value: &RawValue, command: &str) -> String {
    let text = json::pretty(value);
    let more = text.lines().count().saturating_sub(MAX_JSON_LINES);
    if more == 0 {
        return text;
    }
    let rest = Tone::Quiet.of(format_args!("… {more} more lines; all of it: {command}"));
    let shown = text.lines().take(MAX_JSON_LINES);
    units::joined(shown.chain([rest.as_str()]), "\n")
}

/// The timeline under its heading; empty where no step has begun.
pub fn times(task: &Task) -> String {
    let lines = timeline(task, Utc::now()).join("\n");
    let (known, all) = (task.steps.len(), steps::count(task));
    match task.steps_next {
        Some(_) => headed(
            &format!("WHERE THE TIME WENT, IN {known} OF {all} STEPS"),
            lines,
        ),
        None => headed("WHERE THE TIME WENT", lines),
    }
}

/// A text under its heading; empty where there is none.
fn headed(heading: &str, text: String) -> String {
    match text.is_empty() {
        true => text,
        false => format!("{}\n{text}", Tone::Quiet.of(heading)),
    }
}

/// The version whose quarantine suspends a step; the host names it in words.
fn quarantined(task: &Task) -> Option<&str> {
    let reasons = task.steps.iter().filter_map(|step| step.reason.as_deref());
    let named = reasons.filter_map(|reason| Some(reason.split_once(" is quarantined;")?.0));
    named.into_iter().find(|named| named.contains('@'))
}

/// Commands to go on with.
pub fn next(task: &Task) -> Vec<String> {
    let (id, family) = (task.id, format!("{}/{}", task.namespace, task.template));
    let show = format!("tasker task show {id}");
    match task.state {
        TaskState::Pending | TaskState::InProgress => {
            let on = match quarantined(task) {
                Some(release) => vec![
                    format!("tasker task migrate {family} --dry-run"),
                    format!("tasker component release {release}"),
                ],
                None => vec![format!("tasker task watch {id}")],
            };
            let cancel = format!("tasker task cancel {id}");
            on.into_iter().chain([cancel]).collect()
        }
        TaskState::Complete | TaskState::ResolvedManually => {
            vec![show, format!("tasker template graph {family}")]
        }
        TaskState::Error | TaskState::Cancelled => {
            vec![show, format!("tasker task steps {id} --state error")]
        }
    }
}
