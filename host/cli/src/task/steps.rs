//! The steps of a task that has more of them than the answer about it.

use crate::client::{Client, pages};
use crate::{Ask as _, Result};
use tasker_domain::state::StepState;
use tasker_wire::step::{ListSteps, Step, StepQuery};
use tasker_wire::task::Task;

/// States of steps that a picture of a running task shows first.
const IN_MOTION: [StepState; 4] = [
    StepState::Running,
    StepState::WaitingForRetry,
    StepState::WaitingForEvent,
    StepState::Error,
];
/// The most steps in motion that are asked for; no terminal has more lines.
const MAX_IN_MOTION: u32 = 200;

/// The most failed steps that are asked for.
const MAX_FAILED: u32 = 10;

/// Steps of a task that a text shows at most, and as many failed ones as are asked for.
pub const SHOWN_STEPS: usize = 100;

/// The steps that a text shows of a task: the first, and the first that failed of the others.
pub fn outline(task: &Task) -> Vec<Step> {
    let first = task.steps.iter().take(SHOWN_STEPS);
    let others = task.steps.iter().skip(SHOWN_STEPS);
    let failed = others.filter(|step| step.state == StepState::Error);
    first
        .chain(failed.take(MAX_FAILED as usize))
        .cloned()
        .collect()
}

/// How many steps a task has.
pub fn count(task: &Task) -> usize {
    let counted: u64 = task.step_counts.values().sum();
    usize::try_from(counted).unwrap_or(usize::MAX)
}

/// Reads the rest of them: names and states, without what is large.
pub async fn read_all(client: &Client, task: &mut Task) -> Result<()> {
    let Some(after) = task.steps_next.take() else {
        return Ok(());
    };
    let query = StepQuery {
        after: Some(after),
        ..StepQuery::default()
    };
    let rest = pages(client, None, ListSteps { id: task.id }, query).await?;
    task.steps.extend(rest.value.items);
    Ok(())
}

/// Adds those in motion that are not among the first.
pub async fn read_in_motion(client: &Client, task: &mut Task) -> Result<()> {
    match task.steps_next {
        Some(_) => read_more(client, task, &IN_MOTION, None, MAX_IN_MOTION).await,
        None => Ok(()),
    }
}

/// Adds some that failed and are not among the first.
pub async fn read_failed(client: &Client, task: &mut Task) -> Result<()> {
    match task.steps_next.clone() {
        Some(after) => read_more(client, task, &[StepState::Error], Some(after), MAX_FAILED).await,
        None => Ok(()),
    }
}

async fn read_more(
    client: &Client,
    task: &mut Task,
    states: &[StepState],
    after: Option<String>,
    limit: u32,
) -> Result<()> {
    let query = StepQuery {
        states: states.to_vec(),
        after,
        limit: Some(limit),
    };
    let call = client.call(ListSteps { id: task.id }).query(&query);
    let found = call.ask().await?.value.items;
    let known = |step: &Step| task.steps.iter().any(|known| known.name == step.name);
    let new: Vec<Step> = found.into_iter().filter(|step| !known(step)).collect();
    task.steps.extend(new);
    Ok(())
}
