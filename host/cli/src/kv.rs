//! `tasker kv …`

use super::reference::parse_family;
use super::{
    Confirm, Context, InOrder, Reference, Result, Table, client, input, json, units, word,
};
use std::fmt;
use tasker_domain::name::Name;
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
        #[command(flatten)]
        order: InOrder,
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
pub struct Entry {
    /// For example orders/counters.
    #[arg(value_name = "NAMESPACE/BUCKET", value_parser = parse_family)]
    bucket: Reference,
    /// The key.
    key: String,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.bucket, self.key)
    }
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Ls {
            bucket,
            prefix,
            order,
        } => ls(&bucket, prefix, &order, context).await,
        Command::Get(entry) => entry.get(context).await,
        Command::Set { entry, value } => entry.set(&value, context).await,
        Command::Rm { entry, confirm } => {
            confirm.ask(&format!("remove {entry}"))?;
            let call = context.call(entry.endpoint(RemoveKv::at));
            context.remove(call, format!("{entry} is removed")).await
        }
    }
}

impl Entry {
    fn endpoint<E>(&self, endpoint: impl FnOnce(Name, Name, String) -> E) -> E {
        let of = |namespace, bucket| endpoint(namespace, bucket, self.key.clone());
        self.bucket.family_at(of)
    }

    /// Prints the value as it is stored.
    async fn get(&self, context: &Context) -> Result {
        let text = context.call(self.endpoint(ShowKv::at)).text().await?;
        let entry: KvEntry = client::read(&text)?;
        let value = entry.value.as_ref().map_or("null", |value| value.get());
        Ok(context.output.show(&text, || json::escaped(value)))
    }

    async fn set(&self, value: &str, context: &Context) -> Result {
        let value = input::read_json("", value)?.get().to_owned();
        let call = context.call(self.endpoint(SetKv::at)).media(value);
        let sentence = |set: &KvEntry| format!("{self} is set, version {}", set.version);
        let reply = context.change(call, sentence).await?;
        Ok(reply.next([format!("tasker kv ls {}", self.bucket)]))
    }
}

async fn ls(
    bucket: &Reference,
    prefix: Option<String>,
    order: &InOrder,
    context: &Context,
) -> Result {
    let query = KvQuery {
        prefix: prefix.unwrap_or_default(),
        ..KvQuery::default()
    };
    let task = |it: &KvEntry| it.task_id.map(|id| id.to_string()).unwrap_or_default();
    let table = Table::new([
        ("key", &|it: &KvEntry| it.key.clone()),
        ("value", &value),
        ("version", &|it| it.version.to_string()),
        ("written", &|it| units::age(it.updated_at)),
        ("by task", &task),
    ])
    .or("no entries");
    let entries = context.list(order, bucket.family_at(ListKv::at), query, table);
    Ok(entries.await?.next(|page| {
        let first = page.items.iter().take(1);
        let get = first.map(|it| format!("tasker kv get {bucket} {}", word(&it.key)));
        get.collect()
    }))
}

/// The value, or how large it is where the list leaves it out.
fn value(entry: &KvEntry) -> String {
    match &entry.value {
        Some(value) => value.get().to_owned(),
        None => format!("({})", units::size(entry.value_bytes.unsigned_abs().into())),
    }
}
