//! A running task where nothing can be drawn over: one line for every change of state and event.

use super::follow::Follower;
use super::log;
use super::step_logs::StepLogs;
use crate::step::logs;
use crate::{Answer, Context, Output, Result, tell, units};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tasker_domain::sanitize::sanitize_line;
use tasker_wire::log::AttemptLogLine;
use tasker_wire::task::Task;
use tasker_wire::transition::Transition;
use tokio::time::{Instant, timeout_at};

/// How long the logs of a task that ended are waited for.
const LOGS_TIMEOUT: Duration = Duration::from_secs(30);

/// Prints each change as it comes, until the end.
pub async fn print(follower: &mut Follower<'_>, output: Output) -> Result<Answer<Task>> {
    let mut printed = 0;
    loop {
        let answer = follower.next(printed).await?;
        for change in follower.transitions(printed).await? {
            output.print(&line(&change, &answer.value))?;
            printed = change.seq;
        }
        if follower.is_over(&answer.value) {
            return Ok(answer);
        }
    }
}

/// The same with what attempts log; as JSON nothing but that.
pub async fn print_with_logs(
    follower: &mut Follower<'_>,
    context: &Context,
) -> Result<Answer<Task>> {
    let output = context.output;
    let mut logs = StepLogs::new(&context.client, follower.id);
    let (mut printed, mut created_at) = (0, None);
    loop {
        let answer = {
            let next = follower.next(printed);
            tokio::pin!(next);
            loop {
                tokio::select! {
                    answer = &mut next => break answer?,
                    logged = logs.next() => print_logged(logged?, created_at, output)?,
                }
            }
        };
        created_at = Some(answer.value.created_at);
        for change in follower.transitions(printed).await? {
            if !output.is_json() {
                output.print(&line(&change, &answer.value))?;
            }
            if let Some(step) = change.step.as_ref().filter(|_| has_begun(&change)) {
                logs.follow(step);
            }
            printed = change.seq;
        }
        if follower.is_over(&answer.value) {
            if answer.value.state.is_final() {
                print_rest(&mut logs, created_at, output).await?;
            }
            return Ok(answer);
        }
    }
}

fn has_begun(change: &Transition) -> bool {
    change.to_state.as_deref() == Some("running")
}

/// What was logged at last is stored a moment after a task ended.
async fn print_rest(
    logs: &mut StepLogs<'_>,
    created_at: Option<DateTime<Utc>>,
    output: Output,
) -> Result<()> {
    let give_up = Instant::now() + LOGS_TIMEOUT;
    while !logs.is_over() {
        let Ok(logged) = timeout_at(give_up, logs.next()).await else {
            tell("the end of what attempts logged is not there yet; see tasker step logs\n");
            return Ok(());
        };
        print_logged(logged?, created_at, output)?;
    }
    Ok(())
}

/// A line of a log, as JSON.
#[derive(serde::Serialize)]
struct LoggedLine<'a> {
    step: &'a str,
    #[serde(flatten)]
    line: &'a AttemptLogLine,
}

fn print_logged(
    (step, lines): (String, Vec<AttemptLogLine>),
    created_at: Option<DateTime<Utc>>,
    output: Output,
) -> Result<()> {
    for line in &lines {
        let text = match output.is_json() {
            true => logs::text(&LoggedLine { step: &step, line })?,
            false => logged(&step, line, created_at.unwrap_or(line.at)),
        };
        output.print(&text)?;
    }
    Ok(())
}

/// `+1.24 s  charge: #2  WARN   about to sleep  order=7`
fn logged(step: &str, line: &AttemptLogLine, created_at: DateTime<Utc>) -> String {
    let since = units::span(units::between(created_at, line.at));
    let (since, what) = (format!("+{since}"), logs::what(line));
    format!("{since:>10}  {step}: #{}  {what}", line.attempt)
}

/// `+1.24 s  charge: waiting_for_retry, attempt 1/3, declined: try later`, without the `/3` where
/// attempts of the step do not all count, since the log does not tell which; or
/// `+1.24 s  charge: event orders.charged, {"amount":3}`
fn line(change: &Transition, task: &Task) -> String {
    let since = units::span(units::between(task.created_at, change.at));
    let since = format!("+{since}");
    let who = change.step.as_deref().unwrap_or("task");
    let attempt = change.attempt.filter(|attempt| *attempt > 0);
    let attempt = attempt.map(|attempt| match limit(task, who) {
        Some(limit) => format!("attempt {attempt}/{limit}"),
        None => format!("attempt {attempt}"),
    });
    let what = match &change.event {
        Some(event) => vec![format!("event {event}"), log::payload(change)],
        None => {
            let why = Some(log::why(change)).filter(|why| !why.is_empty());
            let state = change.to_state.clone().into_iter();
            state.chain(attempt).chain(why).collect()
        }
    };
    format!("{since:>10}  {who}: {}", sanitize_line(&what.join(", ")))
}

fn limit(task: &Task, step: &str) -> Option<u32> {
    let step = task.steps.iter().find(|it| it.name == step)?;
    (step.counted_attempts == step.attempts).then_some(step.max_attempts)
}
