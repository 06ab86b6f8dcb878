//! `tasker events catalog`

use crate::{Context, Result, Table, fields, units};
use tasker_domain::name::Name;
use tasker_wire::event::{
    EventCatalog, EventDeclarer, EventType, EventTypeSummary, ListNamespaceEvents, NamespaceEvent,
    ShowEventCatalog, ShowEventType,
};
use tasker_wire::page::{Page, PageQuery};

/// List the types of events, or describe one: when it occurs, and what it carries.
#[derive(Debug, clap::Args)]
pub struct Catalog {
    /// A type, such as task.completed.
    name: Option<String>,
    /// The events that components and templates of this namespace declare instead.
    #[arg(long, conflicts_with = "name")]
    namespace: Option<Name>,
    /// With their schemas.
    #[arg(long, requires = "namespace")]
    schemas: bool,
}

impl Catalog {
    pub async fn run(self, context: &Context) -> Result {
        if let Some(namespace) = self.namespace {
            return of_namespace(namespace, self.schemas, context).await;
        }
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

async fn of_namespace(namespace: Name, with_schemas: bool, context: &Context) -> Result {
    let all = ListNamespaceEvents { namespace };
    let page = context.all(all, PageQuery::default()).await?;
    let drawn = match with_schemas {
        true => |page: &Page<NamespaceEvent>| units::paragraphs(page.items.iter().map(declared)),
        false => |page: &Page<NamespaceEvent>| declarations(page),
    };
    Ok(context.show(&page, drawn))
}

fn declarations(page: &Page<NamespaceEvent>) -> String {
    Table::new([
        ("event", &|it: &NamespaceEvent| it.name.clone()),
        ("declared by", &|it| declarer(&it.declared_by)),
        ("description", &|it| {
            it.declared.description.clone().unwrap_or_default()
        }),
    ])
    .or("no component and no template declares an event")
    .rows(&page.items)
}

fn declarer(of: &EventDeclarer) -> String {
    format!("{} {}@{}", of.kind, of.name, of.version)
}

fn declared(event: &NamespaceEvent) -> String {
    let schema = event.declared.schema.as_ref();
    fields([
        ("event", event.name.clone()),
        ("declared by", declarer(&event.declared_by)),
        (
            "description",
            event.declared.description.clone().unwrap_or_default(),
        ),
        (
            "schema",
            schema.map_or_else(String::new, |it| format!("{it:#}")),
        ),
    ])
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
