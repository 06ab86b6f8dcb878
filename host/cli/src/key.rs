//! `tasker key …`

use super::client::{Ask as _, pages};
use super::paint::Tone;
use super::units::{self, parse_duration};
use super::{CliError, Context, Exit, Problem};
use chrono::Utc;
use serde_json::json;
use std::time::Duration;
use tasker_domain::name::Name;
use tasker_domain::permission::{Action, Permission, Permissions, Reach};
use tasker_wire::key::{CreateKey, Key, ListKeys, NewKey, RevokeKey};
use tasker_wire::page::PageQuery;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Create(Create),
    /// List API keys, expired ones included.
    Ls,
    /// Revoke a key; every host refuses it within seconds.
    Revoke {
        /// The key's name.
        name: Name,
    },
}

/// Create an API key; it is shown once.
#[derive(Debug, clap::Args)]
pub struct Create {
    /// Name of the key, as the audit log shows it.
    name: Name,
    /// Permitted actions, for example: publish or read,run
    #[arg(
        long,
        value_enum,
        required = true,
        value_delimiter = ',',
        value_name = "ACTION"
    )]
    only: Vec<Action>,
    /// Namespaces in which they are permitted; can be repeated; `*` is all.
    #[arg(long, required = true, value_name = "NAMESPACE")]
    namespace: Vec<Reach>,
    /// Lifetime, for example 90d or 12h; by default it never expires.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    expires: Option<Duration>,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Create(create) => create.run(context).await?,
        Command::Ls => ls(context).await?,
        Command::Revoke { name } => revoke(&name, context).await?,
    }
    Ok(Exit::Complete)
}

impl Create {
    async fn run(self, context: &Context) -> Result<(), CliError> {
        let permission = |reach: Reach| Permission {
            namespace: reach,
            actions: self.only.iter().copied().collect(),
        };
        let body = NewKey {
            name: self.name,
            permissions: Permissions::new(self.namespace.into_iter().map(permission).collect()),
            expires_in_s: self.expires.map(whole_seconds).transpose()?,
        };
        let made = context.client.call(CreateKey {}).json(&body).ask().await?;
        let paint = context.output.paint;
        context.output.show(&made.text, || {
            let key = &made.value;
            format!(
                "{} key {} may {}\n{}\n{}",
                paint.tone(Tone::Good, "✔"),
                key.description.name,
                key.description.permissions,
                paint.tone(Tone::Strong, &key.key),
                paint.tone(
                    Tone::Quiet,
                    "it is shown once: hand it on as TASKER_TOKEN, and keep it like a password"
                ),
            )
        })?;
        context.output.next(&["tasker key ls".to_owned()]);
        Ok(())
    }
}

fn whole_seconds(span: Duration) -> Result<u64, CliError> {
    match span.as_secs() {
        0 => Err(Problem::bad_input("a key lives for a second at least").into()),
        seconds => Ok(seconds),
    }
}

async fn ls(context: &Context) -> Result<(), CliError> {
    let page = pages(&context.client, ListKeys {}, PageQuery::default()).await?;
    context.output.show(&page.text, || {
        let rows = page.value.items.iter();
        let rows = rows.map(|key| row(key, context)).collect();
        context.output.table(
            ["name", "key", "may", "made", "by", "expires", "used"],
            rows,
            "no keys",
        )
    })?;
    context.output.next(&[
        "tasker key create NAME --only ACTIONS --namespace NAMESPACE --expires 90d".to_owned(),
    ]);
    Ok(())
}

fn row(key: &Key, context: &Context) -> [String; 7] {
    let now = Utc::now();
    let expires = match (key.is_expired, key.expires_at) {
        (true, _) => context.output.paint.tone(Tone::Bad, "expired"),
        (false, Some(at)) => format!("in {}", units::span(units::between(now, at))),
        (false, None) => "never".to_owned(),
    };
    let used = key
        .last_used_at
        .map_or_else(|| "never".to_owned(), |at| units::ago(at, now));
    [
        key.name.clone(),
        format!("tk_{}_…", key.prefix),
        key.permissions.to_string(),
        units::ago(key.created_at, now),
        key.created_by.clone(),
        expires,
        used,
    ]
}

async fn revoke(name: &Name, context: &Context) -> Result<(), CliError> {
    let key = RevokeKey { name: name.clone() };
    context.client.call(key).text().await?;
    let answer = json!({"revoked": name}).to_string();
    context.output.show(&answer, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        format!("{mark} key {name} is revoked; every host refuses it within seconds")
    })?;
    context.output.next(&["tasker key ls".to_owned()]);
    Ok(())
}
