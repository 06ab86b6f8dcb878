//! `tasker limit …`

use super::paint::Tone;
use super::reference::parse_family;
use super::{CliError, Context, Exit, Problem, list, not_yet, units};
use chrono::Utc;
use clap::builder::TypedValueParser as _;
use reqwest::Method;
use serde_json::json;
use std::fmt;
use std::str::FromStr;
use tasker_domain::limits::{Limit, LimitPatch};
use tasker_domain::name::Name;
use tasker_wire::limit::LimitRule;

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
    Set {
        #[command(flatten)]
        of: Of,
        /// For example memory=64MiB.
        #[arg(required = true, value_name = "LIMIT=VALUE", value_parser = Limit::parse_setting)]
        settings: Vec<(Limit, u64)>,
        /// Reason; recorded in the audit log.
        #[arg(long, default_value = "", hide_default_value = true)]
        reason: String,
    },
    /// List the limits that namespaces set.
    Ls {
        /// Only limits of this namespace.
        #[arg(long)]
        namespace: Option<Name>,
    },
    /// Remove limits; it takes effect from the next attempt on.
    Rm {
        #[command(flatten)]
        of: Of,
        /// Limits to remove, such as memory; by default all of them.
        #[arg(value_name = "LIMIT", value_parser = limit_names())]
        limits: Vec<Limit>,
        /// Reason; recorded in the audit log.
        #[arg(long, default_value = "", hide_default_value = true)]
        reason: String,
    },
}

fn limit_names() -> impl clap::builder::TypedValueParser<Value = Limit> {
    clap::builder::PossibleValuesParser::new(Limit::ALL.map(Limit::as_str))
        .try_map(|name| name.parse::<Limit>())
}

/// What is limited, and in whose tasks.
#[derive(Debug, clap::Args)]
pub struct Of {
    /// A namespace, for everything that its tasks run, or one component, for example payments/charge.
    #[arg(value_name = "NAMESPACE[/NAME]")]
    target: Target,
    /// Namespace of the tasks; by default the namespace of the component.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

/// A namespace, or a component of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    namespace: Name,
    component: Option<Name>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if !text.contains('/') {
            let namespace = text.parse::<Name>().map_err(|error| error.to_string())?;
            return Ok(Self {
                namespace,
                component: None,
            });
        }
        let family = parse_family(text)?;
        Ok(Self {
            namespace: family.namespace,
            component: Some(family.name),
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.component {
            Some(component) => write!(f, "{}/{component}", self.namespace),
            None => f.write_str("everything"),
        }
    }
}

impl Of {
    fn namespace(&self) -> &Name {
        self.namespace.as_ref().unwrap_or(&self.target.namespace)
    }

    /// How the path of the API names it: `*`, `name`, or `other~name`.
    fn component(&self) -> Result<String, CliError> {
        let is_own = self.target.namespace == *self.namespace();
        match &self.target.component {
            None if is_own => Ok("*".to_owned()),
            None => {
                let what = "--in goes with a component, not with a namespace";
                let help = "say which component, for example payments/charge --in orders";
                Err(Problem::bad_input(what).help(help).into())
            }
            Some(component) if is_own => Ok(component.to_string()),
            Some(component) => Ok(format!("{}~{component}", self.target.namespace)),
        }
    }
}

pub async fn run(command: Command, context: &Context) -> Result<Exit, CliError> {
    match command {
        Command::Set {
            of,
            settings,
            reason,
        } => {
            let settings = settings.into_iter();
            let patch = settings.map(|(limit, value)| (limit, Some(value)));
            change(&of, &patch.collect(), &reason, context).await?;
        }
        Command::Ls { namespace } => ls(namespace, context).await?,
        Command::Rm { of, limits, reason } if limits.is_empty() => {
            rm(&of, &reason, context).await?;
        }
        Command::Rm { of, limits, reason } => {
            let patch = limits.into_iter().map(|limit| (limit, None));
            change(&of, &patch.collect(), &reason, context).await?;
        }
    }
    Ok(Exit::Complete)
}

async fn change(
    of: &Of,
    patch: &LimitPatch,
    reason: &str,
    context: &Context,
) -> Result<(), CliError> {
    let component = of.component()?;
    let path = ["namespaces", of.namespace().as_str(), "limits", &component];
    let body = json!({ "limits": patch, "reason": reason });
    let client = &context.client;
    let rule = client.send_json::<LimitRule>(Method::PATCH, &path, &body);
    let rule = rule.await?;
    context
        .output
        .show(&rule.text, || told(of, &rule.value, context))?;
    if let Some(component) = &of.target.component
        && !rule.value.limits.is_empty()
    {
        not_yet::warn(&of.target.namespace, component, context).await;
    }
    let ls = format!("tasker limit ls --namespace {}", of.namespace());
    context.output.next(&[ls]);
    Ok(())
}

/// What holds from now on, in a line.
fn told(of: &Of, rule: &LimitRule, context: &Context) -> String {
    let mark = context.output.paint.tone(Tone::Good, "✔");
    let (target, namespace) = (&of.target, &rule.namespace);
    match rule.limits.is_empty() {
        true => format!("{mark} {namespace} sets no limits for {target} in its tasks"),
        false => format!(
            "{mark} {target} has at most {} in tasks of {namespace}",
            rule.limits
        ),
    }
}

async fn ls(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let query = list::filters([("namespace", namespace.map(String::from))]);
    let page = list::all::<LimitRule>(&context.client, &["limits"], &query).await?;
    context.output.show(&page.text, || {
        let rows = page.value.items.iter().map(row).collect();
        context.output.table(
            ["namespace", "component", "at most", "set", "by"],
            rows,
            "no limits but the hosts' own",
        )
    })?;
    if page.value.items.is_empty() {
        let set = "tasker limit set NAMESPACE/NAME memory=64MiB";
        context.output.next(&[set.to_owned()]);
    }
    Ok(())
}

fn row(rule: &LimitRule) -> [String; 5] {
    [
        rule.namespace.clone(),
        rule.component.to_string(),
        rule.limits.to_string(),
        rule.set_at
            .map(|at| units::ago(at, Utc::now()))
            .unwrap_or_default(),
        rule.set_by.clone().unwrap_or_default(),
    ]
}

async fn rm(of: &Of, reason: &str, context: &Context) -> Result<(), CliError> {
    let component = of.component()?;
    let path = ["namespaces", of.namespace().as_str(), "limits", &component];
    let query = [("reason", reason.to_owned())];
    let answer = context.client.delete_with(&path, &query).await?;
    let removed = context.client.understand::<LimitRule>(answer)?;
    context.output.show(&removed.text, || {
        let mark = context.output.paint.tone(Tone::Good, "✔");
        let (target, namespace) = (&of.target, &removed.value.namespace);
        let limits = &removed.value.limits;
        format!("{mark} {target} is no longer held to {limits} in tasks of {namespace}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(target: &str, namespace: Option<&str>) -> Of {
        Of {
            target: target.parse().unwrap(),
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
    fn the_namespace_of_the_component_is_meant_unless_another_is_given() {
        let own = of("payments/charge", None);
        assert_eq!(own.namespace().as_str(), "payments");
        assert_eq!(own.component().unwrap(), "charge");
        let other = of("payments/charge", Some("orders"));
        assert_eq!(other.namespace().as_str(), "orders");
        assert_eq!(other.component().unwrap(), "payments~charge");
    }
}
