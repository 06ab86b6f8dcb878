//! `tasker task input`, `result`, `error`, `checkpoint` and `detail`: one payload, whole.

use crate::reference::parse_task_id;
use crate::{CliError, Context, Exit, json};
use serde_json::value::RawValue;
use tasker_domain::ids::TaskId;

/// Print the input of a task.
#[derive(Debug, clap::Args)]
pub struct Input {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
}

/// Print the result of a task, or of one of its steps.
#[derive(Debug, clap::Args)]
pub struct ResultOf {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// The step's name.
    step: Option<String>,
}

/// Print why a task or one of its steps failed, with all details.
#[derive(Debug, clap::Args)]
pub struct Error {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// The step's name.
    step: Option<String>,
}

/// Print the checkpoint that a step keeps.
#[derive(Debug, clap::Args)]
pub struct Checkpoint {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// The step's name.
    step: String,
}

/// Print what a line of a task's log tells: the payload of an event, or why the state changed.
#[derive(Debug, clap::Args)]
pub struct Detail {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// The number of the line.
    seq: u64,
}

impl Input {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        print(context, &["tasks", &self.task.to_string(), "input"]).await
    }
}

impl ResultOf {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        print_of(context, self.task, self.step.as_deref(), "result").await
    }
}

impl Error {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        print_of(context, self.task, self.step.as_deref(), "error").await
    }
}

impl Checkpoint {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        print_of(context, self.task, Some(&self.step), "checkpoint").await
    }
}

impl Detail {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let (task, seq) = (self.task.to_string(), self.seq.to_string());
        print(context, &["tasks", &task, "transitions", &seq, "detail"]).await
    }
}

async fn print_of(
    context: &Context,
    task: TaskId,
    step: Option<&str>,
    what: &str,
) -> Result<Exit, CliError> {
    let task = task.to_string();
    match step {
        Some(step) => print(context, &["tasks", &task, "steps", step, what]).await,
        None => print(context, &["tasks", &task, what]).await,
    }
}

/// Prints JSON that means the same: as it is where JSON is wanted, else laid out.
async fn print(context: &Context, path: &[&str]) -> Result<Exit, CliError> {
    let text = json::escaped(&context.client.text(path, &[]).await?);
    let value: Box<RawValue> = context.client.exactly(&text)?;
    context.output.show(&text, || json::pretty(&value))?;
    Ok(Exit::Complete)
}
