//! `tasker events catalog`

use crate::{Context, Result, Table};
use tasker_wire::event::{
    EventCatalog, EventType, EventTypeSummary, ShowEventCatalog, ShowEventType,
};

/// List the types of events, or describe one: when it occurs, and what it carries.
#[derive(Debug, clap::Args)]
pub struct Catalog {
    /// A type, such as task.completed.
    name: Option<String>,
}

impl Catalog {
    pub async fn run(self, context: &Context) -> Result {
        match self.name {
            Some(name) => {
                let shown = context.ask(ShowEventType { name }).await?;
                Ok(context.show(&shown, described))
            }
            None => {
                let all = context.ask(ShowEventCatalog {}).await?;
                Ok(context.show(&all, listed))
            }
        }
    }
}

fn listed(catalog: &EventCatalog) -> String {
    Table::new([
        ("type", &|it: &EventTypeSummary| it.name.clone()),
        ("category", &|it| it.category.clone()),
        ("when", &|it| it.when.clone()),
    ])
    .rows(&catalog.items)
}

fn described(of: &EventType) -> String {
    let pretty = |value| serde_json::to_string_pretty(value).unwrap_or_default();
    let EventTypeSummary {
        name, since, when, ..
    } = &of.summary;
    format!(
        "{name} (since {since})\n{when}.\n\nfrom     {}\n\ndata, for example:\n{}\n\nschema:\n{}\n",
        of.row,
        pretty(&of.example),
        pretty(&of.schema)
    )
}
