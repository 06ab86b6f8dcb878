//! `tasker task show`

use super::{report, step, steps};
use crate::client::Ask as _;
use crate::output::Output;
use crate::reference::parse_task_id;
use crate::{CliError, Context, Exit, units};
use tasker_domain::ids::TaskId;
use tasker_wire::task::{ShowTask, Task};

/// Show a task: its state, steps, input and result.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
}

impl Show {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let call = context.client.call(ShowTask { id: self.task });
        let mut answer = call.ask().await?;
        if !context.output.is_json() {
            steps::read_all(&context.client, &mut answer.value).await?;
        }
        context
            .output
            .show(&answer.text, || text(&answer.value, context.output))?;
        if !answer.value.state.is_final() {
            context.output.next(report::next(&answer.value));
        }
        Ok(Exit::Complete)
    }
}

fn text(task: &Task, output: Output) -> String {
    let paint = output.paint;
    units::paragraphs([
        head(task, output),
        report::failures(task, paint),
        report::result(task, paint),
        step::table(&task.steps, output),
        report::times(task, paint),
    ])
}

fn head(task: &Task, output: Output) -> String {
    let paint = output.paint;
    let (glyph, state) = (paint.task_glyph(task.state), paint.task_state(task.state));
    let because = task.reason.map(|it| it.to_string());
    output.fields([
        ("task", task.id.to_string()),
        ("template", task.release()),
        ("state", format!("{glyph} {state}")),
        ("because", because.unwrap_or_default()),
        ("created", units::age(task.created_at)),
        ("took", report::took(task)),
        ("correlation", task.correlation_id.clone()),
        ("input", report::input(task, paint)),
    ])
}
