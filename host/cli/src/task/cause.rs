//! What stands below the cause of a failed task: the end of the log of the attempt that failed, and how to run the
//! task again.

use crate::archived::ArchivedTask;
use crate::step::logs;
use crate::{Ask as _, Context, Tone, units, word};
use std::collections::VecDeque;
use tasker_archive::Location;
use tasker_domain::state::{StepState, TaskState};
use tasker_wire::failure::Failure;
use tasker_wire::log::{AttemptLogLine, AttemptLogQuery, ShowAttemptLog};
use tasker_wire::page::MAX_PAGE_ITEMS;
use tasker_wire::step::Step;
use tasker_wire::task::Task;

/// Lines of the log that are shown.
const SHOWN_LINES: usize = 10;
/// Pages of the log that are read for its end; of a longer one no line is shown.
const MAX_PAGES: usize = 10;

/// Empty where the task did not fail, and where no text is wanted. A host that does not show the log fails nothing.
pub async fn below(task: &Task, context: &Context) -> String {
    if task.state != TaskState::Error || context.output.is_json() {
        return String::new();
    }
    let log = match failed(task) {
        Some(step) => log_of(task, step, context).await,
        None => String::new(),
    };
    units::joined([log, again(task)].iter().filter(|it| !it.is_empty()), "\n")
}

/// The step that the error of the task names, or else the first that failed.
fn failed(task: &Task) -> Option<&Step> {
    let named = task.error.as_deref().and_then(|it| Failure::of(it).step);
    let is_named = |step: &&Step| Some(&step.name) == named.as_ref();
    let mut failed = task.steps.iter().filter(|it| it.state == StepState::Error);
    failed.clone().find(is_named).or_else(|| failed.next())
}

async fn log_of(task: &Task, step: &Step, context: &Context) -> String {
    let (command, attempt) = (command(task, step), step.attempts);
    match last_lines(task, step, context).await {
        Some(lines) => shown(attempt, &command, &lines),
        None => Tone::Quiet.of(format_args!("  what attempt {attempt} logged: {command}")),
    }
}

fn command(task: &Task, step: &Step) -> String {
    let (id, name, attempt) = (task.id, word(&step.name), step.attempts);
    format!("tasker step logs {id} {name} --attempt {attempt}")
}

/// The same of a task in an archive. It cannot be run again from there.
pub fn below_of_archive(task: &Task, archived: &ArchivedTask, archive: &Location) -> String {
    let Some(step) = failed(task).filter(|_| task.state == TaskState::Error) else {
        return String::new();
    };
    let log = archived.attempt_log(&step.name, Some(step.attempts));
    let lines = log.ok().flatten().map_or(Vec::new(), |log| log.items);
    let beyond = lines.len().saturating_sub(SHOWN_LINES);
    let archive = word(&archive.to_string());
    let command = format!("{} --from {archive}", command(task, step));
    shown(step.attempts, &command, &lines[beyond..])
}

/// Empty where there are no lines.
fn shown<'a>(
    attempt: u32,
    command: &str,
    lines: impl IntoIterator<Item = &'a AttemptLogLine>,
) -> String {
    let lines = lines.into_iter();
    let lines: Vec<String> = lines
        .map(|line| format!("    {}", logs::line(line, false)))
        .collect();
    if lines.is_empty() {
        return String::new();
    }
    let heading = format!("  the end of the log of attempt {attempt}; all of it: {command}");
    units::joined([Tone::Quiet.of(heading)].into_iter().chain(lines), "\n")
}

/// None where they could not be read.
async fn last_lines(
    task: &Task,
    step: &Step,
    context: &Context,
) -> Option<VecDeque<AttemptLogLine>> {
    let mut last = VecDeque::new();
    let mut after = None;
    for _ in 0..MAX_PAGES {
        let query = AttemptLogQuery {
            attempt: Some(step.attempts),
            after,
            limit: Some(MAX_PAGE_ITEMS),
            wait_ms: 0,
        };
        let (id, step) = (task.id, step.name.clone());
        let call = context.call(ShowAttemptLog { id, step }).query(&query);
        let page = call.ask().await.ok()?.value;
        last.extend(page.items);
        let beyond = last.len().saturating_sub(SHOWN_LINES);
        last.drain(..beyond);
        after = page.next;
        if after.is_none() {
            return Some(last);
        }
    }
    None
}

/// A task that ended is over; another one of the same version may take its input.
fn again(task: &Task) -> String {
    let (id, release) = (task.id, task.release());
    let command = format!("tasker task input {id} | tasker task run {release} --input @-");
    Tone::Quiet.of(format_args!("  run it again: {command}"))
}
