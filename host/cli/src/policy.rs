//! `tasker policy …`

use super::paint::Tone;
use super::signing::read_public;
use super::{CliError, Context, Exit, list, units};
use chrono::Utc;
use reqwest::Method;
use serde_json::json;
use std::path::{Path, PathBuf};
use tasker_domain::name::Name;
use tasker_domain::signature::KeyId;
use tasker_wire::signature::SigningKey;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Require a signature by this key, or another key of the namespace, on its components.
    ///
    /// Unsigned components cannot be published in the namespace, and its new tasks do not run them, also
    /// where they belong to another namespace.
    Add {
        /// The public key, a `.pub` file.
        key: PathBuf,
        #[arg(long)]
        namespace: Name,
        /// Name of the key; by default the name of the file.
        #[arg(long)]
        name: Option<String>,
    },
    /// List the signing keys of a namespace.
    Ls {
        #[arg(long)]
        namespace: Name,
    },
    /// Remove a key; a namespace without keys accepts unsigned components.
    Rm {
        /// The key's id, as `policy ls` shows it.
        key: KeyId,
        #[arg(long)]
        namespace: Name,
    },
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Add {
            key,
            namespace,
            name,
        } => add(&key, &namespace, name, context).await?,
        Command::Ls { namespace } => ls(&namespace, context).await?,
        Command::Rm { key, namespace } => rm(&key, &namespace, context).await?,
    }
    Ok(Exit::Complete)
}

async fn add(
    file: &Path,
    namespace: &Name,
    name: Option<String>,
    context: &Context,
) -> Result<(), CliError> {
    let key = read_public(file)?;
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let body = json!({
        "name": name.unwrap_or_else(|| stem.into_owned()), "public_key": key.to_string(),
    });
    let path = ["namespaces", namespace.as_str(), "signing-keys"];
    let added = context
        .client
        .send_json::<SigningKey>(Method::POST, &path, &body)
        .await?;
    let output = context.output;
    output.show(&added.text, || {
        let mark = output.paint.tone(Tone::Good, "✔");
        let SigningKey { name, key_id, .. } = &added.value;
        format!(
            "{mark} {namespace} takes only components signed by {name} ({key_id}) or another of its keys\n  \
             new tasks run nothing else, of other namespaces or from before; open ones keep what they have"
        )
    })?;
    output.next(&[format!("tasker policy ls --namespace {namespace}")]);
    Ok(())
}

async fn ls(namespace: &Name, context: &Context) -> Result<(), CliError> {
    let path = ["namespaces", namespace.as_str(), "signing-keys"];
    let page = list::all::<SigningKey>(&context.client, &path, &[]).await?;
    let output = context.output;
    output.show(&page.text, || {
        let rows = page.value.items.iter().map(row).collect();
        let nothing = "no keys: signed or not, every component is taken";
        output.table(["key", "name", "added", "by"], rows, nothing)
    })?;
    if page.value.items.is_empty() {
        output.next(&[format!("tasker policy add KEY.pub --namespace {namespace}")]);
    }
    Ok(())
}

fn row(key: &SigningKey) -> [String; 4] {
    [
        key.key_id.clone(),
        key.name.clone(),
        units::ago(key.created_at, Utc::now()),
        key.created_by.clone(),
    ]
}

async fn rm(key: &KeyId, namespace: &Name, context: &Context) -> Result<(), CliError> {
    let path = [
        "namespaces",
        namespace.as_str(),
        "signing-keys",
        key.as_str(),
    ];
    context.client.delete(&path).await?;
    let answer = json!({ "removed": true }).to_string();
    context.output.show(&answer, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        format!("{mark} signatures by {key} count no longer in {namespace}")
    })
}
