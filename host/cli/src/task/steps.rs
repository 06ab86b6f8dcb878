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

/// Reads the rest of them: names and states, without what is large.
pub async fn read_all(client: &Client, task: &mut Task) -> Result<()> {
    let Some(after) = task.steps_next.take() else {
        return Ok(());
    };
    let query = StepQuery {
        after: Some(after),
        ..StepQuery::default()
    };
    let rest = pages(client, ListSteps { id: task.id }, query).await?;
    task.steps.extend(rest.value.items);
    Ok(())
}

/// Adds those in motion that are not among the first.
pub async fn read_in_motion(client: &Client, task: &mut Task) -> Result<()> {
    if task.steps_next.is_none() {
        return Ok(());
    }
    let query = StepQuery {
        states: IN_MOTION.to_vec(),
        after: None,
        limit: Some(MAX_IN_MOTION),
    };
    let call = client.call(ListSteps { id: task.id }).query(&query);
    let moving = call.ask().await?.value.items;
    let known = |step: &Step| task.steps.iter().any(|known| known.name == step.name);
    let new: Vec<Step> = moving.into_iter().filter(|step| !known(step)).collect();
    task.steps.extend(new);
    Ok(())
}
