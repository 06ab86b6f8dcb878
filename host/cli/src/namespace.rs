//! `tasker namespace …`

use super::{Context, InOrder, Result, Table};
use tasker_domain::name::Name;
use tasker_wire::namespace::{CreateNamespace, CreatedNamespace, ListNamespaces, Namespace};
use tasker_wire::page::PageQuery;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a namespace. Without this, one is created with its first component or template.
    Create {
        /// Name of the namespace.
        name: Name,
    },
    /// List namespaces, with the number of components, templates and open tasks.
    Ls(InOrder),
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Create { name } => create(name, context).await,
        Command::Ls(order) => ls(&order, context).await,
    }
}

async fn create(namespace: Name, context: &Context) -> Result {
    let call = context.call(CreateNamespace { namespace });
    let sentence = |made: &CreatedNamespace| match made.created {
        true => format!("namespace {} is created", made.name),
        false => format!("namespace {} was there already", made.name),
    };
    context.change(call, sentence).await
}

async fn ls(order: &InOrder, context: &Context) -> Result {
    let table = Table::new([
        ("namespace", &|it: &Namespace| it.name.clone()),
        ("components", &|it| it.components.to_string()),
        ("templates", &|it| it.templates.to_string()),
        ("open tasks", &|it| it.open_tasks.to_string()),
    ])
    .or("no namespaces");
    let all = context.list(order, ListNamespaces {}, PageQuery::default(), table);
    Ok(all.await?.first("tasker namespace create NAME"))
}
