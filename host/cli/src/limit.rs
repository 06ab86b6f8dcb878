//! `tasker limit …`

use super::reference::{parse_target, segment};
use super::{
    Ask as _, Because, Confirm, Context, InNamespace, Result, Table, Target, not_yet, refuse, units,
};
use clap::builder::TypedValueParser as _;
use tasker_domain::limits::{Limit, LimitPatch};
use tasker_domain::name::Name;
use tasker_domain::scope::Scope;
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
    of: Limited,
    /// For example memory=64MiB.
    #[arg(required = true, value_name = "LIMIT=VALUE", value_parser = Limit::parse_setting)]
    settings: Vec<(Limit, u64)>,
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, clap::Args)]
pub struct Rm {
    #[command(flatten)]
    of: Limited,
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

/// What is limited, and in whose tasks.
#[derive(Debug, clap::Args)]
pub struct Limited {
    /// A namespace, for everything that its tasks run, or one component, for example payments/charge.
    #[arg(value_name = "NAMESPACE[/NAME]", value_parser = parse_target)]
    target: Target,
    /// Namespace of the tasks; by default the namespace of the component.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
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
            of.change(patch.collect(), because, context).await
        }
        Command::Ls(of) => ls(of, context).await,
        Command::Rm(rm) => rm.run(context).await,
    }
}

impl Limited {
    /// What is limited, in words.
    fn subject(&self) -> String {
        self.target.or_all(|_| "everything".to_owned())
    }

    fn namespace(&self) -> &Name {
        let own = self.target.namespace();
        self.namespace.as_ref().unwrap_or(own)
    }

    /// How the path of the API names it: `*`, `name`, or `other~name`.
    fn component(&self) -> Result<String> {
        let home = self.namespace();
        match &self.target {
            Target::One(component) => Ok(segment(component.within(home))),
            Target::All(namespace) if namespace == home => Ok("*".to_owned()),
            Target::All(_) => refuse(
                "--in goes with a component, not with a namespace",
                "say which component, for example payments/charge --in orders",
            ),
        }
    }

    async fn change(&self, limits: LimitPatch, because: Because, context: &Context) -> Result {
        let (namespace, target) = (self.namespace(), self.subject());
        let reason = because.reason;
        let rule = ChangeLimits::at(namespace.clone(), self.component()?);
        let call = context.call(rule).json(&LimitChanges { limits, reason });
        let rule = call.ask().await?;
        let limits = &rule.value.limits;
        let reply = context.done(&rule, |_| match limits.is_empty() {
            true => format!("{namespace} sets no limits for {target} in its tasks"),
            false => format!("{target} has at most {limits} in tasks of {namespace}"),
        });
        let component = self.target.one().filter(|_| !limits.is_empty());
        let warning = not_yet::warning(component, context).await;
        let ls = format!("tasker limit ls {namespace}");
        Ok(reply.warn(warning).next([ls]))
    }
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
    let rules = context.list(ListLimits {}, of.query(), table.named(&name));
    Ok(rules
        .await?
        .first("tasker limit set NAMESPACE/NAME memory=64MiB"))
}

/// The arguments that name what is limited.
fn name(rule: &LimitRule) -> String {
    let namespace = &rule.namespace;
    match &rule.component {
        Scope::All => namespace.clone(),
        Scope::One(other) if other.namespace.is_some() => format!("{other} --in {namespace}"),
        Scope::One(own) => format!("{namespace}/{own}"),
    }
}

impl Rm {
    async fn run(self, context: &Context) -> Result {
        let (subject, namespace) = (self.of.subject(), self.of.namespace());
        let what = format!("remove limits of {subject} in tasks of {namespace}");
        self.confirm.ask(&what)?;
        if !self.limits.is_empty() {
            let patch = self.limits.into_iter().map(|limit| (limit, None));
            return self.of.change(patch.collect(), self.because, context).await;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn of(target: &str, namespace: Option<&str>) -> Limited {
        Limited {
            target: parse_target(target).unwrap(),
            namespace: namespace.map(|text| text.parse().unwrap()),
        }
    }

    #[test]
    fn a_namespace_means_all_that_its_tasks_run() {
        let all = of("orders", None);
        assert_eq!(
            (all.namespace().as_str(), all.component().unwrap().as_str()),
            ("orders", "*")
        );
        assert!(of("orders", Some("payments")).component().is_err());
    }

    #[test]
    fn a_list_of_names_has_what_limit_rm_takes() {
        let named = |component: &str| {
            let rule =
                serde_json::json!({"namespace": "orders", "component": component, "limits": {}});
            name(&serde_json::from_value(rule).unwrap())
        };
        assert_eq!(named("*"), "orders");
        assert_eq!(named("charge"), "orders/charge");
        assert_eq!(named("payments/charge"), "payments/charge --in orders");
    }

    #[test]
    fn the_namespace_of_the_component_is_meant_unless_another_is_given() {
        let own = of("payments/charge", None);
        assert_eq!(own.namespace().as_str(), "payments");
        assert_eq!(own.component().unwrap(), "charge");
        let other = of("payments/charge", Some("orders"));
        assert_eq!(other.namespace().as_str(), "orders");
        assert_eq!(other.component().unwrap(), "payments~charge");
    }
}
