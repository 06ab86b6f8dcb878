//! `tasker namespace …`

use super::{CliError, Context, Exit};
use tasker_domain::name::Name;
use tasker_wire::namespace::{CreateNamespace, CreatedNamespace, ListNamespaces};
use tasker_wire::page::PageQuery;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a namespace. Without this, one is created with its first component or template.
    Create {
        /// Name of the namespace.
        name: Name,
    },
    /// List namespaces, with the number of components, templates and open tasks.
    Ls,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Create { name } => create(name, context).await?,
        Command::Ls => ls(context).await?,
    }
    Ok(Exit::Complete)
}

async fn create(namespace: Name, context: &Context) -> Result<(), CliError> {
    let sentence = |made: &CreatedNamespace| match made.created {
        true => format!("namespace {} is created", made.name),
        false => format!("namespace {} was there already", made.name),
    };
    let call = context.client.call(CreateNamespace { namespace });
    context.change(call, sentence).await?;
    Ok(())
}

async fn ls(context: &Context) -> Result<(), CliError> {
    let namespaces = context.list(
        ListNamespaces {},
        PageQuery::default(),
        [
            ("namespace", &|it| it.name.clone()),
            ("components", &|it| it.components.to_string()),
            ("templates", &|it| it.templates.to_string()),
            ("open tasks", &|it| it.open_tasks.to_string()),
        ],
        ("no namespaces", "tasker namespace create NAME"),
    );
    namespaces.await?;
    Ok(())
}
