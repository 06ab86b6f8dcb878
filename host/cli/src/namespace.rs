//! `tasker namespace …`

use super::paint::Tone;
use super::{CliError, Context, Exit, list};
use reqwest::Method;
use serde::Deserialize;
use serde_json::json;
use tasker_domain::name::Name;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a namespace before anything is in it. Others are made when something is first put there.
    Create {
        /// Its name.
        name: Name,
    },
    /// List the namespaces, with how much is in each.
    Ls,
}

#[derive(Deserialize)]
struct Created {
    created: bool,
}

#[derive(Deserialize)]
struct Namespace {
    name: String,
    components: u64,
    templates: u64,
    open_tasks: u64,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Create { name } => create(&name, context).await?,
        Command::Ls => ls(context).await?,
    }
    Ok(Exit::Complete)
}

async fn create(name: &Name, context: &Context) -> Result<(), CliError> {
    let path = ["namespaces", name.as_str()];
    let nothing = json!({});
    let made = context
        .client
        .send_json::<Created>(Method::PUT, &path, &nothing)
        .await?;
    context.output.show(&made.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        match made.value.created {
            true => format!("{mark} namespace {name} is there"),
            false => format!("{mark} namespace {name} was there already"),
        }
    })
}

async fn ls(context: &Context) -> Result<(), CliError> {
    let page = list::all::<Namespace>(&context.client, &["namespaces"], &[]).await?;
    context.output.show(&page.text, || {
        let row = |it: &Namespace| {
            let counts = [it.components, it.templates, it.open_tasks].map(|n| n.to_string());
            let [components, templates, open_tasks] = counts;
            [it.name.clone(), components, templates, open_tasks]
        };
        let rows = page.value.items.iter().map(row).collect();
        let headings = ["namespace", "components", "templates", "open tasks"];
        context.output.table(headings, rows, "no namespaces")
    })
}
