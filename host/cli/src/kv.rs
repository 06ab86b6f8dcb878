//! `tasker kv …`

use super::confirm::Confirm;
use super::reference::{Reference, parse_family};
use super::shell::word;
use super::{CliError, Context, Exit, client, input, units};
use tasker_wire::kv::{KvEntry, KvQuery, ListKv, RemoveKv, SetKv, ShowKv};

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
        #[command(flatten)]
        confirm: Confirm,
    },
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Ls { bucket, prefix } => ls(&bucket, prefix, context).await?,
        Command::Get { bucket, key } => get(&bucket, key, context).await?,
        Command::Set { bucket, key, value } => set(&bucket, &key, &value, context).await?,
        Command::Rm {
            bucket,
            key,
            confirm,
        } => {
            confirm.ask(&format!("remove {bucket} {key}?"))?;
            let sentence = format!("{bucket} {key} is removed");
            let entry = RemoveKv::at(bucket.namespace, bucket.name, key);
            context
                .remove(context.client.call(entry), &sentence)
                .await?;
        }
    }
    Ok(Exit::Complete)
}

async fn ls(bucket: &Reference, prefix: Option<String>, context: &Context) -> Result<(), CliError> {
    let query = KvQuery {
        prefix: prefix.unwrap_or_default(),
        ..KvQuery::default()
    };
    let entries = context.list(
        bucket.family_at(ListKv::at),
        query,
        [
            ("key", &|it| it.key.clone()),
            ("value", &value),
            ("version", &|it| it.version.to_string()),
            ("written", &|it| units::age(it.updated_at)),
            ("by task", &|it| {
                it.task_id.map(|id| id.to_string()).unwrap_or_default()
            }),
        ],
        ("no entries", ""),
    );
    if let Some(entry) = entries.await?.first() {
        let key = word(&entry.key);
        context
            .output
            .next([format!("tasker kv get {bucket} {key}")]);
    }
    Ok(())
}

/// The value, or how large it is where the list leaves it out.
fn value(entry: &KvEntry) -> String {
    match &entry.value {
        Some(value) => value.get().to_owned(),
        None => format!("({})", units::size(entry.value_bytes.unsigned_abs().into())),
    }
}

/// Prints the value as it is stored.
async fn get(bucket: &Reference, key: String, context: &Context) -> Result<(), CliError> {
    let entry = bucket.family_at(|namespace, bucket| ShowKv::at(namespace, bucket, key));
    let text = context.client.call(entry).text().await?;
    let entry: KvEntry = client::read(&text)?;
    let value = entry.value.as_ref().map_or("null", |value| value.get());
    context.output.show(&text, || super::json::escaped(value))
}

async fn set(
    bucket: &Reference,
    key: &str,
    value: &str,
    context: &Context,
) -> Result<(), CliError> {
    let value = input::read_json("", value)?.get().to_owned();
    let entry = bucket.family_at(|namespace, bucket| SetKv::at(namespace, bucket, key.to_owned()));
    let sentence = |set: &KvEntry| format!("{bucket} {key} is set, version {}", set.version);
    let call = context.client.call(entry).media(value);
    context.change(call, sentence).await?;
    context.output.next([format!("tasker kv ls {bucket}")]);
    Ok(())
}
