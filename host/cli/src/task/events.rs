//! `tasker task events`

use super::log;
use crate::list::Part;
use crate::reference::parse_task_id;
use crate::{CliError, Context, Exit, units};
use tasker_domain::ids::TaskId;
use tasker_wire::transition::{ListTransitions, TransitionQuery};

/// List the events that a task's handlers sent, in order.
#[derive(Debug, clap::Args)]
pub struct Events {
    /// The task's id.
    #[arg(value_parser = parse_task_id)]
    task: TaskId,
    #[command(flatten)]
    part: Part,
}

impl Events {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let Self { task, part } = self;
        let query = TransitionQuery {
            only_events: true,
            ..TransitionQuery::default()
        };
        let page = part
            .read(context, ListTransitions { id: task }, query)
            .await?;
        context.output.show(&page.text, || {
            context.output.columns(
                &page.value.items,
                [
                    ("sent", &|it| units::age(it.at)),
                    ("step", &|it| it.step.clone().unwrap_or_default()),
                    ("event", &|it| it.event.clone().unwrap_or_default()),
                    ("payload", &log::payload),
                ],
                "no events",
            )
        })?;
        context.output.next([match &page.value.next {
            Some(cursor) => format!("tasker task events {task}{}", part.next(cursor)),
            None => format!("tasker task show {task}"),
        }]);
        Ok(Exit::Complete)
    }
}
