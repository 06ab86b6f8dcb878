//! `tasker limit …`

use super::rule_target::{RuleTarget, arguments};
use super::{Ask as _, Because, Confirm, Context, InNamespace, Result, Table, not_yet, units};
use clap::builder::TypedValueParser as _;
use tasker_domain::limits::{Limit, LimitPatch};
use tasker_wire::limit::{ChangeLimits, LimitChanges, LimitRule, ListLimits, RemoveLimits};

/// The limits with their values.
const FORMS: &str = "Limits, each for one attempt:
  memory=64MiB        all memories and tables together
  cpu=2s              time on the processor
  timeout=30s         from start to end; a step's own is `timeout:` in its template
  host_memory=4MiB    what the host keeps for it: writes to kv, events, HTTP in flight
  result=256KiB       the result, the checkpoint, or the details of a failure
  input=8MiB          the task's input, the checkpoint, results of earlier steps that are read
  log=16KiB           log lines, each with 64 bytes a line and a field; what comes after is cut
  host_calls=1000     calls of the guest to the host
  resources=100       handles held at a time: HTTP fields, requests, streams, timers
  event=4KiB          the payload of one event
  events=10           events that are sent
  http_requests=10    requests that leave the sandbox
  http_in=1MiB        bodies of all responses
  http_out=1MiB       bodies of all requests

The least holds of what the host, the namespace, its rule for the component and the step say.";

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set limits on attempts in the tasks of a namespace; limits that are not named stay.
    #[command(after_help = FORMS)]
    Set(Set),
    /// List the limits that namespaces set.
    Ls(InNamespace),
    /// Remove limits; it takes effect from the next attempt on.
    Rm(Rm),
}

#[derive(Debug, clap::Args)]
pub struct Set {
    #[command(flatten)]
    of: RuleTarget,
    /// For example memory=64MiB.
    #[arg(required = true, value_name = "LIMIT=VALUE", value_parser = Limit::parse_setting)]
    settings: Vec<(Limit, u64)>,
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, clap::Args)]
pub struct Rm {
    #[command(flatten)]
    of: RuleTarget,
    /// Limits to remove, such as memory; by default all of them.
    #[arg(value_name = "LIMIT", value_parser = limit_names())]
    limits: Vec<Limit>,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    confirm: Confirm,
}

fn limit_names() -> impl clap::builder::TypedValueParser<Value = Limit> {
    clap::builder::PossibleValuesParser::new(Limit::NAMES).try_map(|name| name.parse::<Limit>())
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Set(Set {
            of,
            settings,
            because,
        }) => {
            let settings = settings.into_iter();
            let patch = settings.map(|(limit, value)| (limit, Some(value)));
            change(&of, patch.collect(), because, context).await
        }
        Command::Ls(of) => ls(of, context).await,
        Command::Rm(rm) => rm.run(context).await,
    }
}

/// Sets and removes single limits.
async fn change(
    of: &RuleTarget,
    limits: LimitPatch,
    because: Because,
    context: &Context,
) -> Result {
    let (namespace, target) = (of.namespace(), of.subject());
    let reason = because.reason;
    let rule = ChangeLimits::at(namespace.clone(), of.component()?);
    let call = context.call(rule).json(&LimitChanges { limits, reason });
    let rule = call.ask().await?;
    let limits = &rule.value.limits;
    let reply = context.done(&rule, |_| match limits.is_empty() {
        true => format!("{namespace} sets no limits for {target} in its tasks"),
        false => format!("{target} has at most {limits} in tasks of {namespace}"),
    });
    let component = of.one().filter(|_| !limits.is_empty());
    let warning = not_yet::warning(component, context).await;
    let ls = format!("tasker limit ls {namespace}");
    Ok(reply.warn(warning).next([ls]))
}

async fn ls(of: InNamespace, context: &Context) -> Result {
    let table = Table::new([
        ("namespace", &|it: &LimitRule| it.namespace.clone()),
        ("component", &|it| it.component.to_string()),
        ("at most", &|it| it.limits.to_string()),
        ("set", &|it| it.set_at.map(units::age).unwrap_or_default()),
        ("by", &|it| it.set_by.clone().unwrap_or_default()),
    ])
    .or("no limits but the hosts' own");
    let name = |rule: &LimitRule| arguments(&rule.namespace, &rule.component);
    let rules = context.list(&of.order, ListLimits {}, of.query(), table.named(&name));
    Ok(rules
        .await?
        .first("tasker limit set NAMESPACE/NAME memory=64MiB"))
}

impl Rm {
    async fn run(self, context: &Context) -> Result {
        let (subject, namespace) = (self.of.subject(), self.of.namespace());
        let what = format!("remove limits of {subject} in tasks of {namespace}");
        self.confirm.ask(&what)?;
        if !self.limits.is_empty() {
            let patch = self.limits.into_iter().map(|limit| (limit, None));
            return change(&self.of, patch.collect(), self.because, context).await;
        }
        let rule = RemoveLimits::at(namespace.clone(), self.of.component()?);
        let call = context.call(rule).query(&self.because.body());
        let sentence = |removed: &LimitRule| {
            let limits = &removed.limits;
            format!("{subject} is no longer held to {limits} in tasks of {namespace}")
        };
        context.change(call, sentence).await
    }
}
