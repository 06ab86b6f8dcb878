//! `tasker task show`

use super::{OfTask, archived, report, step};
use crate::{Context, Painted as _, Result, fields, units};
use std::path::PathBuf;
use tasker_domain::priority::Priority;
use tasker_wire::task::{ShowTask, Task};

/// Show a task: its state, steps, input and result.
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    of: OfTask,
    /// Read the task from this folder of archived tasks (`serve --archive`), without a host.
    #[arg(long, value_name = "DIR")]
    from: Option<PathBuf>,
}

impl Show {
    pub async fn run(self, context: &Context) -> Result {
        let id = self.of.task;
        if let Some(folder) = &self.from {
            return Ok(context.show(&archived::find(folder, id)?, text));
        }
        let mut answer = context.ask(ShowTask { id }).await?;
        let reply = report::shown(&mut answer, context, text).await?;
        Ok(match answer.value.state.is_final() {
            true => reply,
            false => reply.next(report::next(&answer.value)),
        })
    }
}

fn text(task: &Task) -> String {
    units::paragraphs([
        head(task),
        report::failures(task),
        report::result(task),
        step::table(&task.steps),
        report::times(task),
    ])
}

fn head(task: &Task) -> String {
    // As nearly all have the same, it is shown where it differs.
    let priority = match task.priority == Priority::default() {
        true => String::new(),
        false => task.priority.to_string(),
    };
    let because = task.reason.map(|it| it.to_string());
    fields([
        ("task", task.id.to_string()),
        ("template", task.release()),
        ("state", task.state.sign()),
        ("because", because.unwrap_or_default()),
        ("created", units::age(task.created_at)),
        ("took", report::took(task)),
        ("priority", priority),
        ("correlation", task.correlation_id.clone()),
        ("input", report::input(task)),
    ])
}
