//! `tasker kv …`

use super::confirm::Confirm;
use super::reference::{Reference, parse_family};
use super::shell::word;
use super::{CliError, Context, Exit, client, input, units};
use std::fmt;
use tasker_domain::name::Name;
use tasker_wire::kv::{KvEntry, KvQuery, ListKv, RemoveKv, SetKv, ShowKv};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the entries of a bucket.
    Ls {
        #[command(flatten)]
        of: Bucket,
        /// Only keys with this prefix.
        #[arg(long)]
        prefix: Option<String>,
    },
    /// Print the value of a key.
    Get(Entry),
    /// Set the value of a key unconditionally.
    Set {
        #[command(flatten)]
        entry: Entry,
        /// JSON text, @file, or @- for standard input.
        value: String,
    },
    /// Remove a key.
    Rm {
        #[command(flatten)]
        entry: Entry,
        #[command(flatten)]
        confirm: Confirm,
    },
}

#[derive(Debug, clap::Args)]
pub struct Bucket {
    /// For example orders/counters.
    #[arg(value_name = "NAMESPACE/BUCKET", value_parser = parse_family)]
    bucket: Reference,
}

#[derive(Debug, clap::Args)]
pub struct Entry {
    #[command(flatten)]
    of: Bucket,
    /// The key.
    key: String,
}

impl Entry {
    fn endpoint<E>(&self, endpoint: impl FnOnce(Name, Name, String) -> E) -> E {
        let bucket = self.of.bucket.clone();
        endpoint(bucket.namespace, bucket.name, self.key.clone())
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.of.bucket, self.key)
    }
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Ls { of, prefix } => ls(&of.bucket, prefix, context).await?,
        Command::Get(entry) => get(&entry, context).await?,
        Command::Set { entry, value } => set(&entry, &value, context).await?,
        Command::Rm { entry, confirm } => {
            confirm.ask(&format!("remove {entry}"))?;
            let call = context.client.call(entry.endpoint(RemoveKv::at));
            context.remove(call, &format!("{entry} is removed")).await?;
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
async fn get(entry: &Entry, context: &Context) -> Result<(), CliError> {
    let text = context.client.call(entry.endpoint(ShowKv::at)).text();
    let text = text.await?;
    let entry: KvEntry = client::read(&text)?;
    let value = entry.value.as_ref().map_or("null", |value| value.get());
    context.output.show(&text, || super::json::escaped(value))
}

async fn set(entry: &Entry, value: &str, context: &Context) -> Result<(), CliError> {
    let value = input::read_json("", value)?.get().to_owned();
    let sentence = |set: &KvEntry| format!("{entry} is set, version {}", set.version);
    let call = context.client.call(entry.endpoint(SetKv::at)).media(value);
    context.change(call, sentence).await?;
    let ls = format!("tasker kv ls {}", entry.of.bucket);
    context.output.next([ls]);
    Ok(())
}
