//! `tasker task input`, `result`, `error`, `checkpoint` and `detail`: one payload, whole.

use super::OfTask;
use crate::client::read;
use crate::{Context, Result, json};
use serde_json::value::RawValue;
use tasker_wire::endpoint::{Endpoint, JsonText};
use tasker_wire::step::{ShowCheckpoint, ShowStepError, ShowStepResult};
use tasker_wire::task::{ShowTaskError, ShowTaskInput, ShowTaskResult};
use tasker_wire::transition::ShowDetail;

#[derive(Debug, clap::Args)]
pub struct OfTaskOrStep {
    #[command(flatten)]
    of: OfTask,
    /// The step's name.
    step: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct OfStep {
    #[command(flatten)]
    of: OfTask,
    /// The step's name.
    step: String,
}

#[derive(Debug, clap::Args)]
pub struct OfLine {
    #[command(flatten)]
    of: OfTask,
    /// The number of the line.
    #[arg(value_parser = clap::value_parser!(i64).range(0..))]
    seq: i64,
}

pub async fn input(OfTask { task: id }: OfTask, context: &Context) -> Result {
    print(context, ShowTaskInput { id }).await
}

pub async fn result(of: OfTaskOrStep, context: &Context) -> Result {
    let id = of.of.task;
    match of.step {
        Some(step) => print(context, ShowStepResult { id, step }).await,
        None => print(context, ShowTaskResult { id }).await,
    }
}

pub async fn error(of: OfTaskOrStep, context: &Context) -> Result {
    let id = of.of.task;
    match of.step {
        Some(step) => print(context, ShowStepError { id, step }).await,
        None => print(context, ShowTaskError { id }).await,
    }
}

pub async fn checkpoint(of: OfStep, context: &Context) -> Result {
    let (id, step) = (of.of.task, of.step);
    print(context, ShowCheckpoint { id, step }).await
}

pub async fn detail(of: OfLine, context: &Context) -> Result {
    let (id, seq) = (of.of.task, of.seq);
    print(context, ShowDetail { id, seq }).await
}

/// Prints JSON that means the same: as it is where JSON is wanted, else laid out.
async fn print(context: &Context, endpoint: impl Endpoint<Answer = JsonText>) -> Result {
    let text = json::escaped(&context.call(endpoint).text().await?);
    let value: Box<RawValue> = read(&text)?;
    Ok(context.output.show(&text, || json::pretty(&value)))
}
