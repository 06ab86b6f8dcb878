//! `tasker events …`

mod catalog;
mod tail;

use super::shell::option;
use super::units::{self, Ago};
use super::{Ask as _, Context, Result, Table};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::tag::Tag;
use tasker_wire::event::{CloudEvent, EventPage, EventQuery, ListEvents};

/// Events that are listed unless told otherwise.
const DEFAULT_LIMIT: u32 = 50;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Tail(tail::Tail),
    Ls(Ls),
    Catalog(catalog::Catalog),
}

/// Which events are wanted.
#[derive(Debug, clap::Args)]
pub struct Wanted {
    /// Only these types, for example: task.failed,step.* or orders.charged
    #[arg(long, value_name = "TYPES")]
    types: Option<String>,
    /// Only events of this namespace.
    #[arg(long)]
    namespace: Option<Name>,
    /// Only events of tasks of this template.
    #[arg(long)]
    template: Option<Name>,
    /// Only events of this task.
    #[arg(long, value_parser = crate::reference::parse_task_id)]
    task: Option<TaskId>,
    /// Only events of steps of this name.
    #[arg(long)]
    step: Option<String>,
    /// Only events of steps that run this handler.
    #[arg(long)]
    handler: Option<String>,
    /// Only events of tasks with this correlation id.
    #[arg(long, value_name = "ID")]
    correlation_id: Option<String>,
    /// Only events of tasks with this tag.
    #[arg(long)]
    tag: Option<Tag>,
    /// Begin so long ago, for example 10m or 2h.
    #[arg(long, value_name = "DURATION", conflicts_with = "from")]
    since: Option<Ago>,
    /// Begin behind this cursor, or at this time.
    #[arg(long, value_name = "CURSOR")]
    from: Option<String>,
}

/// List events in order, from the oldest on or from where --from or --since say.
#[derive(Debug, clap::Args)]
pub struct Ls {
    #[command(flatten)]
    wanted: Wanted,
    /// How many to list.
    #[arg(long, default_value_t = DEFAULT_LIMIT, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Tail(tail) => tail.run(context).await,
        Command::Ls(ls) => ls.run(context).await,
        Command::Catalog(catalog) => catalog.run(context).await,
    }
}

impl Wanted {
    fn query(&self) -> EventQuery {
        let since = self.since.as_ref().map(|since| since.time().to_rfc3339());
        EventQuery {
            types: self.types.clone(),
            namespace: self.namespace.clone(),
            template: self.template.clone(),
            task: self.task,
            step: self.step.clone(),
            handler: self.handler.clone(),
            correlation_id: self.correlation_id.clone(),
            tag: self.tag.clone(),
            from: self.from.clone().or(since),
            limit: None,
        }
    }

    /// The options of the same from a cursor on.
    fn options_behind(&self, cursor: &str) -> String {
        [
            option("types", self.types.as_ref()),
            option("namespace", self.namespace.as_ref()),
            option("template", self.template.as_ref()),
            option("task", self.task.as_ref()),
            option("step", self.step.as_ref()),
            option("handler", self.handler.as_ref()),
            option("correlation-id", self.correlation_id.as_ref()),
            option("tag", self.tag.as_ref()),
            option("from", Some(cursor)),
        ]
        .concat()
    }
}

impl Ls {
    async fn run(self, context: &Context) -> Result {
        let query = EventQuery {
            limit: Some(self.limit),
            ..self.wanted.query()
        };
        let page = context.call(ListEvents {}).query(&query).ask().await?;
        let limit = (self.limit != DEFAULT_LIMIT).then_some(self.limit);
        let more = format!(
            "tasker events ls{}{}",
            option("limit", limit),
            self.wanted.options_behind(&page.value.next)
        );
        let next = match page.value.is_end {
            true => format!(
                "tasker events tail{}",
                self.wanted.options_behind(&page.value.next)
            ),
            false => more,
        };
        Ok(context.show(&page, text).next([next]))
    }
}

fn text(page: &EventPage) -> String {
    Table::new([
        ("when", &|it: &CloudEvent| units::age(it.time)),
        ("type", &|it| it.r#type.clone()),
        ("source", &|it| it.source.clone()),
        ("subject", &|it| it.subject.clone().unwrap_or_default()),
        ("why", &|it| tail::why(it)),
    ])
    .or("no events here")
    .rows(&page.items)
}
