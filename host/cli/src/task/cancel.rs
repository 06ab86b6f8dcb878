//! `tasker task cancel`

use super::report;
use crate::because::Because;
use crate::client::Ask as _;
use crate::confirm::Confirm;
use crate::reference::parse_task_id;
use crate::{CliError, Context, Exit};
use tasker_domain::ids::TaskId;
use tasker_wire::task::CancelTask;

/// Cancel a task: no further step starts, and running attempts are asked to stop.
#[derive(Debug, clap::Args)]
pub struct Cancel {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    confirm: Confirm,
}

impl Cancel {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let what = format!("cancel the task {}", self.task);
        self.confirm.ask(&what)?;
        let call = context.client.call(CancelTask { id: self.task });
        let answer = call.json(&self.because.body()).ask().await?;
        let (task, paint) = (&answer.value, context.output.paint);
        context.output.report(&answer.text, || {
            let (glyph, state) = (paint.task_glyph(task.state), paint.task_state(task.state));
            format!("{glyph} task {} is {state}", task.id)
        })?;
        context.output.next(report::next(task).into_iter().take(1));
        Ok(Exit::Complete)
    }
}
