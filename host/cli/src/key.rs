//! `tasker key …`

use super::units::{self, parse_duration};
use super::{Ask as _, Confirm, Context, InOrder, Problem, Result, Table, Tone, paint};
use chrono::Utc;
use serde_json::json;
use std::time::Duration;
use tasker_domain::name::Name;
use tasker_domain::permission::{Action, NamespaceScope, Permission, Permissions};
use tasker_domain::request_rate::RequestRate;
use tasker_wire::key::{CreateKey, CreatedKey, Key, ListKeys, NewKey, RevokeKey};
use tasker_wire::page::PageQuery;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    Create(Create),
    /// List API keys, expired ones included.
    Ls(InOrder),
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
    /// Requests that it may send to each host a minute; by default as many as the host lets everyone.
    #[arg(long, value_name = "COUNT")]
    max_requests_per_minute: Option<RequestRate>,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Create(create) => create.run(context).await,
        Command::Ls(order) => ls(&order, context).await,
        Command::Revoke { name, confirm } => revoke(name, confirm, context).await,
    }
}

impl Create {
    async fn run(self, context: &Context) -> Result {
        let permission = |namespace: NamespaceScope| Permission {
            namespace,
            actions: self.only.iter().copied().collect(),
        };
        let body = NewKey {
            name: self.name,
            permissions: Permissions::new(self.namespace.into_iter().map(permission).collect()),
            expires_in_s: self.expires.map(whole_seconds).transpose()?,
            max_requests_per_minute: self.max_requests_per_minute,
        };
        let made = context.call(CreateKey {}).json(&body).ask().await?;
        let (text, key) = (&made.text, &made.value.key);
        let reply = context.output.made(text, key, || created_text(&made.value));
        Ok(reply.next(["tasker key ls"]))
    }
}

fn created_text(made: &CreatedKey) -> String {
    let (name, permissions) = (&made.description.name, &made.description.permissions);
    let note = "it is shown once: hand it on as TASKER_TOKEN, and keep it like a password";
    let done = paint::good(format_args!("key {name} may {permissions}"));
    format!(
        "{done}\n{}\n{}",
        Tone::Strong.of(&made.key),
        Tone::Quiet.of(note)
    )
}

fn whole_seconds(span: Duration) -> Result<u64> {
    match span.as_secs() {
        0 => Err(Problem::bad_input("the lifetime of a key is at least one second").into()),
        seconds => Ok(seconds),
    }
}

async fn ls(order: &InOrder, context: &Context) -> Result {
    let never = || "never".to_owned();
    let expires = |key: &Key| match (key.is_expired, key.expires_at) {
        (true, _) => Tone::Bad.of("expired"),
        (false, Some(at)) => format!("in {}", units::span(units::between(Utc::now(), at))),
        (false, None) => never(),
    };
    let used = |key: &Key| key.last_used_at.map_or_else(never, units::age);
    let table = Table::new([
        ("name", &|it: &Key| it.name.clone()),
        ("key", &|it| format!("tk_{}_…", it.prefix)),
        ("may", &|it| it.permissions.to_string()),
        ("created", &|it| units::age(it.created_at)),
        ("by", &|it| it.created_by.clone()),
        ("expires", &expires),
        ("used", &used),
        ("per minute", &|it| {
            it.max_requests_per_minute
                .map_or(String::new(), |most| most.to_string())
        }),
    ])
    .or("no keys");
    let keys = context
        .list(order, ListKeys {}, PageQuery::default(), table)
        .await?;
    let create = "tasker key create NAME --only ACTIONS --namespace NAMESPACE --expires 90d";
    Ok(keys.next(|_| vec![create.to_owned()]))
}

async fn revoke(name: Name, confirm: Confirm, context: &Context) -> Result {
    confirm.ask(&format!("revoke the key {name}"))?;
    let answer = json!({ "revoked": name });
    let sentence = format!("key {name} is revoked; every host refuses it within seconds");
    context.call(RevokeKey { name }).text().await?;
    let reply = context.output.done(answer, || sentence);
    Ok(reply.next(["tasker key ls"]))
}
