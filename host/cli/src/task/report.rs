//! What a task came to: its result, or which step failed and why.

use super::steps;
use super::timeline::timeline;
use crate::client::Answer;
use crate::paint::{Paint, Tone};
use crate::{CliError, Context, json, units};
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

/// Prints the task as it stands and, where it ended, names what to do next.
pub async fn finished(answer: &mut Answer<Task>, context: &Context) -> Result<(), CliError> {
    let output = context.output;
    if !output.is_json() {
        steps::read_all(&context.client, &mut answer.value).await?;
    }
    output.show(&answer.text, || text(&answer.value, output.paint))?;
    if answer.value.state.is_final() {
        output.next(next(&answer.value));
    }
    Ok(())
}

fn text(task: &Task, paint: Paint) -> String {
    units::paragraphs([
        head(task, paint),
        failures(task, paint),
        result(task, paint),
        times(task, paint),
    ])
}

/// How long it took, or takes.
pub fn took(task: &Task) -> String {
    let until = task.finished_at.unwrap_or_else(Utc::now);
    units::span(units::between(task.created_at, until))
}

fn head(task: &Task, paint: Paint) -> String {
    let release = paint.tone(Tone::Strong, &task.release());
    let (glyph, state) = (paint.task_glyph(task.state), paint.task_state(task.state));
    let id = paint.tone(Tone::Quiet, &format!("task {}", task.id));
    format!("{glyph} {release} {state} after {}\n  {id}", took(task))
}

/// Why the task failed, and each step that failed for good; empty where nothing did.
pub fn failures(task: &Task, paint: Paint) -> String {
    let failed = task.steps.iter().filter(|it| it.state == StepState::Error);
    let failed: Vec<_> = failed.collect();
    let whole = task.error.as_deref().filter(|_| failed.is_empty());
    let whole = whole.map(|error| {
        let text = Failure::of(error).text().replace('\n', "\n    ");
        format!("{} {text}", paint.task_glyph(task.state))
    });
    let hidden = failed.len().saturating_sub(MAX_FAILURES);
    let rest = (hidden > 0).then(|| format!("… and {} failed", units::count(hidden, "other step")));
    let steps = failed.iter().take(MAX_FAILURES);
    let steps = steps.map(|step| failure(step, paint));
    units::joined(whole.into_iter().chain(steps).chain(rest), "\n")
}

fn failure(step: &Step, paint: Paint) -> String {
    let (name, tried) = (paint.tone(Tone::Strong, &step.name), tried(step));
    let head = format!(
        "{} {name} failed after {tried}",
        paint.step_glyph(step.state)
    );
    let Some(error) = step.failure() else {
        return head;
    };
    let text = error.text().replace('\n', "\n    ");
    let frame = |frame: &String| format!("      at {}", sanitize_line(frame));
    let frames = error.backtrace.iter().map(frame);
    let frames = frames.map(|frame| paint.tone(Tone::Quiet, &frame));
    let head = format!("{head}\n    {text}");
    units::joined([head].into_iter().chain(frames), "\n")
}

/// `3 attempts`, and how often it ran where that is more.
fn tried(step: &Step) -> String {
    let attempts = units::count(step.counted_attempts.into(), "attempt");
    let runs = units::count(step.attempts.into(), "run");
    match step.counted_attempts {
        all if all == step.attempts => attempts,
        0 => runs,
        _ => format!("{attempts}, {runs}"),
    }
}

/// The result under its heading; empty where there is none.
pub fn result(task: &Task, paint: Paint) -> String {
    let command = format!("tasker task result {}", task.id);
    let text = match (&task.result, task.result_bytes) {
        (Some(result), _) => shortened(result, &command, paint),
        (None, Some(bytes)) => large(bytes, &command, paint),
        // Too many steps make it for its size to be told.
        (None, None) if task.state == TaskState::Complete => {
            paint.tone(Tone::Quiet, &format!("read it: {command}"))
        }
        (None, None) => return String::new(),
    };
    format!("{}\n{text}", paint.tone(Tone::Quiet, "RESULT"))
}

/// The input; its size where it is large.
pub fn input(task: &Task, paint: Paint) -> String {
    let command = format!("tasker task input {}", task.id);
    match &task.input {
        Some(input) => shortened(input, &command, paint),
        None => large(task.input_bytes, &command, paint),
    }
}

fn large(bytes: u64, command: &str, paint: Paint) -> String {
    let text = format!("{}; read it: {command}", units::size(bytes));
    paint.tone(Tone::Quiet, &text)
}

/// JSON laid out, cut after some lines; the command prints the whole.
fn shortened(value: &RawValue, command: &str, paint: Paint) -> String {
    let text = json::pretty(value);
    let total = text.lines().count();
    if total <= MAX_JSON_LINES {
        return text;
    }
    let shown: Vec<_> = text.lines().take(MAX_JSON_LINES).collect();
    let rest = format!(
        "… {} more lines; all of it: {command}",
        total - MAX_JSON_LINES
    );
    format!("{}\n{}", shown.join("\n"), paint.tone(Tone::Quiet, &rest))
}

/// The timeline under its heading; empty where no step has begun.
pub fn times(task: &Task, paint: Paint) -> String {
    let lines = timeline(task, Utc::now(), paint);
    match lines.is_empty() {
        true => String::new(),
        false => format!(
            "{}\n{}",
            paint.tone(Tone::Quiet, "WHERE THE TIME WENT"),
            lines.join("\n")
        ),
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
    let Task {
        id,
        namespace,
        template,
        ..
    } = task;
    match task.state {
        TaskState::Pending | TaskState::InProgress => {
            if let Some(release) = quarantined(task) {
                return vec![
                    format!("tasker task migrate {namespace}/{template} --dry-run"),
                    format!("tasker component release {release}"),
                    format!("tasker task cancel {id}"),
                ];
            }
            vec![
                format!("tasker task watch {id}"),
                format!("tasker task cancel {id}"),
            ]
        }
        TaskState::Complete | TaskState::ResolvedManually => {
            vec![
                format!("tasker task show {id}"),
                format!("tasker template graph {namespace}/{template}"),
            ]
        }
        TaskState::Error | TaskState::Cancelled => {
            vec![
                format!("tasker task show {id}"),
                format!("tasker task steps {id} --state error"),
            ]
        }
    }
}
