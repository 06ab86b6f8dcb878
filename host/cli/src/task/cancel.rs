//! `tasker task cancel`

use super::{OfTask, outcome};
use crate::{Ask as _, Because, Confirm, Context, Painted as _, Result};
use tasker_wire::task::{CancelTask, Task};

/// Cancel a task: no further step starts, and running attempts are asked to stop.
#[derive(Debug, clap::Args)]
pub struct Cancel {
    #[command(flatten)]
    of: OfTask,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    confirm: Confirm,
}

impl Cancel {
    pub async fn run(self, context: &Context) -> Result {
        let id = self.of.task;
        self.confirm.ask(&format!("cancel the task {id}"))?;
        let call = context.call(CancelTask { id });
        let cancelled = call.json(&self.because.body()).ask().await?;
        let next = outcome::next(&cancelled.value).into_iter().take(1);
        let text = |task: &Task| {
            let (glyph, state) = (task.state.glyph(), task.state.word());
            format!("{glyph} task {id} is {state}")
        };
        Ok(context.report(&cancelled, text).next(next))
    }
}
