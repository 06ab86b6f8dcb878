//! `tasker task cancel`

use super::report;
use crate::reference::parse_task_id;
use crate::view::Task;
use crate::{CliError, Context, Exit};
use reqwest::Method;
use serde_json::json;
use tasker_domain::ids::TaskId;

/// Cancel a task: steps that have not started never will; what runs is told to stop.
#[derive(Debug, clap::Args)]
pub struct Cancel {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    /// Why; shown with the task.
    #[arg(long)]
    reason: Option<String>,
}

impl Cancel {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let body = self
            .reason
            .as_ref()
            .map_or(json!({}), |reason| json!({ "reason": reason }));
        let path = ["tasks", &self.task.to_string(), "cancel"];
        let answer = context
            .client
            .send_json::<Task>(Method::POST, &path, &body)
            .await?;
        let paint = context.output.paint;
        context.output.show(&answer.text, || {
            let (glyph, state) = (
                paint.task_glyph(answer.value.state),
                paint.task_state(answer.value.state),
            );
            format!("{glyph} task {} is {state}", answer.value.id)
        })?;
        context.output.next(&report::next(&answer.value)[..1]);
        Ok(Exit::Complete)
    }
}
