//! `tasker task events`

use super::{OfTask, log};
use crate::{Context, Part, Result, Table, units};
use tasker_wire::Page;
use tasker_wire::transition::{ListTransitions, Transition, TransitionQuery};

/// List the events that a task's handlers sent, in order.
#[derive(Debug, clap::Args)]
pub struct Events {
    #[command(flatten)]
    of: OfTask,
    #[command(flatten)]
    part: Part,
}

impl Events {
    pub async fn run(self, context: &Context) -> Result {
        let (part, id) = (self.part, self.of.task);
        let query = TransitionQuery {
            only_events: true,
            ..TransitionQuery::default()
        };
        let page = part.read(context, ListTransitions { id }, query).await?;
        let next = match &page.value.next {
            Some(cursor) => format!("tasker task events {id}{}", part.next(cursor)),
            None => format!("tasker task show {id}"),
        };
        Ok(context.show(&page, text).next([next]))
    }
}

fn text(page: &Page<Transition>) -> String {
    Table::new([
        ("sent", &|it: &Transition| units::age(it.at)),
        ("step", &|it| it.step.clone().unwrap_or_default()),
        ("event", &|it| it.event.clone().unwrap_or_default()),
        ("payload", &log::payload),
    ])
    .or("no events")
    .rows(&page.items)
}
