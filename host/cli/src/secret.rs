//! `tasker secret …`

mod rotate;
mod value;

use super::paint::Tone;
use super::reference::{Reference, parse_family};
use super::{CliError, Context, Exit, list, units};
use chrono::Utc;
use reqwest::Method;
use serde_json::json;
use std::path::PathBuf;
use tasker_domain::name::Name;
use tasker_wire::secret::Secret;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set a secret. The value is read from a hidden prompt, from standard input or from a file.
    Set {
        /// For example orders/stripe-key.
        #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
        name: Reference,
        /// Read the value from this file, a final line break included.
        #[arg(long)]
        file: Option<PathBuf>,
    },
    /// List the secrets; values are never shown.
    Ls {
        /// Only those of this namespace.
        #[arg(long)]
        namespace: Option<Name>,
    },
    /// Remove a secret.
    Rm {
        #[arg(value_name = "NAMESPACE/NAME", value_parser = parse_family)]
        name: Reference,
    },
    /// Re-encrypt all secrets with the first key of the host's key file.
    Rotate,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Set { name, file } => set(&name, file, context).await?,
        Command::Ls { namespace } => ls(namespace, context).await?,
        Command::Rm { name } => rm(&name, context).await?,
        Command::Rotate => return rotate::rotate(context).await,
    }
    Ok(Exit::Complete)
}

fn path(name: &Reference) -> [&str; 4] {
    let (namespace, name) = (name.namespace.as_str(), name.name.as_str());
    ["namespaces", namespace, "secrets", name]
}

async fn set(name: &Reference, file: Option<PathBuf>, context: &Context) -> Result<(), CliError> {
    let value = value::read(name, file.as_deref())?;
    let bytes = value.len();
    let secret = context
        .client
        .upload::<Secret>(
            Method::PUT,
            &path(name),
            "application/octet-stream",
            value.into(),
            bytes,
        )
        .await?;
    context.output.show(&secret.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        format!(
            "{mark} secret {name} is set, version {}",
            secret.value.version
        )
    })?;
    context.output.next(&[
        format!("tasker secret ls --namespace {}", name.namespace),
        format!(
            "tasker grant add {}/COMPONENT 'secret {} for HOST'",
            name.namespace, name.name
        ),
    ]);
    Ok(())
}

async fn ls(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let query = list::filters([("namespace", namespace.map(String::from))]);
    let page = list::all::<Secret>(&context.client, &["secrets"], &query).await?;
    context.output.show(&page.text, || {
        let rows = page.value.items.iter().map(row).collect();
        let headings = ["secret", "version", "set", "by"];
        context.output.table(headings, rows, "no secrets")
    })?;
    if page.value.items.is_empty() {
        context
            .output
            .next(&["tasker secret set NAMESPACE/NAME".to_owned()]);
    }
    Ok(())
}

fn row(secret: &Secret) -> [String; 4] {
    [
        format!("{}/{}", secret.namespace, secret.name),
        secret.version.to_string(),
        units::ago(secret.created_at, Utc::now()),
        secret.created_by.clone(),
    ]
}

async fn rm(name: &Reference, context: &Context) -> Result<(), CliError> {
    context.client.delete(&path(name)).await?;
    let answer = json!({ "removed": true }).to_string();
    context.output.show(&answer, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        format!("{mark} secret {name} is removed; attempts that ask for it are told so")
    })
}
