//! A running task where nothing can be drawn over: one line for every change of state and event.

use super::follow::Follower;
use super::log;
use crate::Result;
use crate::{Answer, Output, units};
use tasker_domain::sanitize::sanitize_line;
use tasker_wire::task::Task;
use tasker_wire::transition::Transition;

/// Prints each change as it comes, until the end.
pub async fn print(follower: &mut Follower<'_>, output: Output) -> Result<Answer<Task>> {
    let mut printed = 0;
    loop {
        let answer = follower.poll(Some(printed)).await?;
        for change in follower.transitions(printed).await? {
            output.print(&line(&change, &answer.value))?;
            printed = change.seq;
        }
        if follower.is_over(&answer.value) {
            return Ok(answer);
        }
    }
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
