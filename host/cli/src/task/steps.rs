//! The steps of a task that has more of them than the answer about it.

use crate::CliError;
use crate::client::Client;
use crate::view::{Page, Step, Task};

/// The largest page.
const PAGE_STEPS: &str = "500";
/// States of steps that a picture of a running task shows first.
const IN_MOTION: &str = "running,waiting_for_retry,waiting_for_event,error";
/// The most steps in motion that are asked for; no terminal has more lines.
const MAX_IN_MOTION: &str = "200";

/// Reads the rest of them: names and states, without what is large.
pub async fn read_all(client: &Client, task: &mut Task) -> Result<(), CliError> {
    let id = task.id.to_string();
    let path = ["tasks", &id, "steps"];
    while let Some(after) = task.steps_next.take() {
        let query = [("limit", PAGE_STEPS.to_owned()), ("after", after)];
        let page = client.query::<Page<Step>>(&path, &query).await?.value;
        task.steps.extend(page.items);
        task.steps_next = page.next;
    }
    Ok(())
}

/// Adds those in motion that are not among the first.
pub async fn read_in_motion(client: &Client, task: &mut Task) -> Result<(), CliError> {
    if task.steps_next.is_none() {
        return Ok(());
    }
    let id = task.id.to_string();
    let query = [
        ("limit", MAX_IN_MOTION.to_owned()),
        ("state", IN_MOTION.to_owned()),
    ];
    let path = ["tasks", &id, "steps"];
    let page = client.query::<Page<Step>>(&path, &query).await?;
    let moving = page.value.items;
    let known = |step: &Step| task.steps.iter().any(|known| known.name == step.name);
    let new: Vec<Step> = moving.into_iter().filter(|step| !known(step)).collect();
    task.steps.extend(new);
    Ok(())
}
