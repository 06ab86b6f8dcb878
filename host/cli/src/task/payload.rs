//! `tasker task input`, `result`, `error`, `checkpoint` and `detail`: one payload, whole.

use crate::client::read;
use crate::reference::parse_task_id;
use crate::{CliError, Context, Exit, json};
use serde_json::value::RawValue;
use tasker_domain::ids::TaskId;
use tasker_wire::endpoint::{Endpoint, JsonText};
use tasker_wire::step::{ShowCheckpoint, ShowStepError, ShowStepResult};
use tasker_wire::task::{ShowTaskError, ShowTaskInput, ShowTaskResult};
use tasker_wire::transition::ShowDetail;

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
    #[arg(value_parser = clap::value_parser!(i64).range(0..))]
    seq: i64,
}

impl Input {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        print(context, ShowTaskInput { id: self.task }).await
    }
}

impl ResultOf {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let id = self.task;
        match self.step {
            Some(step) => print(context, ShowStepResult { id, step }).await,
            None => print(context, ShowTaskResult { id }).await,
        }
    }
}

impl Error {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let id = self.task;
        match self.step {
            Some(step) => print(context, ShowStepError { id, step }).await,
            None => print(context, ShowTaskError { id }).await,
        }
    }
}

impl Checkpoint {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let (id, step) = (self.task, self.step);
        print(context, ShowCheckpoint { id, step }).await
    }
}

impl Detail {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let (id, seq) = (self.task, self.seq);
        print(context, ShowDetail { id, seq }).await
    }
}

/// Prints JSON that means the same: as it is where JSON is wanted, else laid out.
async fn print<E>(context: &Context, endpoint: E) -> Result<Exit, CliError>
where
    E: Endpoint<Answer = JsonText>,
{
    let text = json::escaped(&context.client.call(endpoint).text().await?);
    let value: Box<RawValue> = read(&text)?;
    context.output.show(&text, || json::pretty(&value))?;
    Ok(Exit::Complete)
}
