//! `tasker kv …`

use super::paint::Tone;
use super::reference::{Reference, parse_family};
use super::shell::word;
use super::{CliError, Context, Exit, input, list, units};
use chrono::Utc;
use reqwest::Method;
use serde::de::IgnoredAny;
use serde_json::json;
use tasker_wire::kv::KvEntry;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the entries of a bucket.
    Ls {
        /// For example orders/counters.
        #[arg(value_name = "NAMESPACE/BUCKET", value_parser = parse_family)]
        bucket: Reference,
        /// Only keys with this prefix.
        #[arg(long)]
        prefix: Option<String>,
    },
    /// Print the value of a key.
    Get {
        #[arg(value_name = "NAMESPACE/BUCKET", value_parser = parse_family)]
        bucket: Reference,
        key: String,
    },
    /// Set the value of a key unconditionally.
    Set {
        #[arg(value_name = "NAMESPACE/BUCKET", value_parser = parse_family)]
        bucket: Reference,
        key: String,
        /// JSON text, @file, or @- for standard input.
        value: String,
    },
    /// Remove a key.
    Rm {
        #[arg(value_name = "NAMESPACE/BUCKET", value_parser = parse_family)]
        bucket: Reference,
        key: String,
    },
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Ls { bucket, prefix } => ls(&bucket, prefix, context).await?,
        Command::Get { bucket, key } => get(&bucket, &key, context).await?,
        Command::Set { bucket, key, value } => set(&bucket, &key, &value, context).await?,
        Command::Rm { bucket, key } => rm(&bucket, &key, context).await?,
    }
    Ok(Exit::Complete)
}

fn path<'a>(bucket: &'a Reference, key: &'a str) -> [&'a str; 5] {
    let (namespace, bucket) = (bucket.namespace.as_str(), bucket.name.as_str());
    ["namespaces", namespace, "kv", bucket, key]
}

async fn ls(bucket: &Reference, prefix: Option<String>, context: &Context) -> Result<(), CliError> {
    let query = list::filters([("prefix", prefix)]);
    let path = path(bucket, "");
    let page = list::all::<KvEntry>(&context.client, &path[..4], &query).await?;
    context.output.show(&page.text, || {
        let rows = page.value.items.iter().map(row).collect();
        let headings = ["key", "value", "version", "written", "by task"];
        context.output.table(headings, rows, "no entries")
    })?;
    if let Some(entry) = page.value.items.first() {
        context
            .output
            .next(&[format!("tasker kv get {bucket} {}", word(&entry.key))]);
    }
    Ok(())
}

fn row(entry: &KvEntry) -> [String; 5] {
    [
        entry.key.clone(),
        match &entry.value {
            Some(value) => value.get().to_owned(),
            None => format!("({})", units::size(entry.value_bytes.unsigned_abs().into())),
        },
        entry.version.to_string(),
        units::ago(entry.updated_at, Utc::now()),
        entry.task_id.map(|id| id.to_string()).unwrap_or_default(),
    ]
}

async fn get(bucket: &Reference, key: &str, context: &Context) -> Result<(), CliError> {
    let entry = context.client.get::<IgnoredAny>(&path(bucket, key)).await?;
    let exact: KvEntry = context.client.exactly(&entry.text)?;
    let value = exact.value.as_ref().map_or("null", |value| value.get());
    context
        .output
        .show(&entry.text, || super::json::escaped(value))
}

async fn set(
    bucket: &Reference,
    key: &str,
    value: &str,
    context: &Context,
) -> Result<(), CliError> {
    let value = input::read_json("", value)?;
    let entry = context
        .client
        .send_json::<KvEntry>(Method::PUT, &path(bucket, key), &value)
        .await?;
    context.output.show(&entry.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        format!(
            "{mark} {bucket} {key} is set, version {}",
            entry.value.version
        )
    })?;
    context.output.next(&[format!("tasker kv ls {bucket}")]);
    Ok(())
}

async fn rm(bucket: &Reference, key: &str, context: &Context) -> Result<(), CliError> {
    context.client.delete(&path(bucket, key)).await?;
    let answer = json!({ "removed": true }).to_string();
    context.output.show(&answer, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        format!("{mark} {bucket} {key} is removed")
    })
}
