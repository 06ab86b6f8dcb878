//! `tasker key …`

use super::client::Ask as _;
use super::confirm::Confirm;
use super::paint::Tone;
use super::units::{self, parse_duration};
use super::{CliError, Context, Exit, Problem};
use chrono::Utc;
use serde_json::json;
use std::time::Duration;
use tasker_domain::name::Name;
use tasker_domain::permission::{Action, NamespaceScope, Permission, Permissions};
use tasker_wire::key::{CreateKey, CreatedKey, Key, ListKeys, NewKey, RevokeKey};
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
        #[command(flatten)]
        confirm: Confirm,
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
    namespace: Vec<NamespaceScope>,
    /// Lifetime, for example 90d or 12h; by default it never expires.
    #[arg(long, value_name = "DURATION", value_parser = parse_duration)]
    expires: Option<Duration>,
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Create(create) => create.run(context).await?,
        Command::Ls => ls(context).await?,
        Command::Revoke { name, confirm } => revoke(name, confirm, context).await?,
    }
    Ok(Exit::Complete)
}

impl Create {
    async fn run(self, context: &Context) -> Result<(), CliError> {
        let permission = |reach: NamespaceScope| Permission {
            namespace: reach,
            actions: self.only.iter().copied().collect(),
        };
        let body = NewKey {
            name: self.name,
            permissions: Permissions::new(self.namespace.into_iter().map(permission).collect()),
            expires_in_s: self.expires.map(whole_seconds).transpose()?,
        };
        let paint = context.output.paint;
        let sentence = |made: &CreatedKey| {
            let Key {
                name, permissions, ..
            } = &made.description;
            format!(
                "key {name} may {permissions}\n{}\n{}",
                paint.tone(Tone::Strong, &made.key),
                paint.tone(
                    Tone::Quiet,
                    "it is shown once: hand it on as TASKER_TOKEN, and keep it like a password"
                ),
            )
        };
        let made = context.client.call(CreateKey {}).json(&body).ask().await?;
        context.output.made(&made.text, &made.value.key, || {
            let mark = paint.tone(Tone::Good, "✔");
            format!("{mark} {}", sentence(&made.value))
        })?;
        context.output.next(["tasker key ls"]);
        Ok(())
    }
}

fn whole_seconds(span: Duration) -> Result<u64, CliError> {
    match span.as_secs() {
        0 => Err(Problem::bad_input("the lifetime of a key is at least one second").into()),
        seconds => Ok(seconds),
    }
}

async fn ls(context: &Context) -> Result<(), CliError> {
    let expires = |key: &Key| expires(key, context);
    let keys = context.list(
        ListKeys {},
        PageQuery::default(),
        [
            ("name", &|it| it.name.clone()),
            ("key", &|it| format!("tk_{}_…", it.prefix)),
            ("may", &|it| it.permissions.to_string()),
            ("created", &|it| units::age(it.created_at)),
            ("by", &|it| it.created_by.clone()),
            ("expires", &expires),
            ("used", &|it| it.last_used_at.map_or_else(never, units::age)),
        ],
        ("no keys", ""),
    );
    keys.await?;
    let create = "tasker key create NAME --only ACTIONS --namespace NAMESPACE --expires 90d";
    context.output.next([create]);
    Ok(())
}

fn expires(key: &Key, context: &Context) -> String {
    match (key.is_expired, key.expires_at) {
        (true, _) => context.output.paint.tone(Tone::Bad, "expired"),
        (false, Some(at)) => format!("in {}", units::span(units::between(Utc::now(), at))),
        (false, None) => never(),
    }
}

fn never() -> String {
    "never".to_owned()
}

async fn revoke(name: Name, confirm: Confirm, context: &Context) -> Result<(), CliError> {
    confirm.ask(&format!("revoke the key {name}"))?;
    let answer = json!({ "revoked": name }).to_string();
    let sentence = format!("key {name} is revoked; every host refuses it within seconds");
    context.client.call(RevokeKey { name }).text().await?;
    context.output.done(&answer, || sentence)?;
    context.output.next(["tasker key ls"]);
    Ok(())
}
