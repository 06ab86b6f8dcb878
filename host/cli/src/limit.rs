//! `tasker limit …`

use super::because::Because;
use super::confirm::Confirm;
use super::reference::Place;
use super::{CliError, Context, Exit, Problem, not_yet, units};
use clap::builder::TypedValueParser as _;
use tasker_domain::limits::{Limit, LimitPatch};
use tasker_domain::name::Name;
use tasker_wire::limit::{ChangeLimits, LimitChanges, LimitRule, ListLimits, RemoveLimits};
use tasker_wire::page::NamespacePageQuery;

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
        #[command(flatten)]
        because: Because,
    },
    /// List the limits that namespaces set.
    Ls {
        /// Only limits of this namespace.
        namespace: Option<Name>,
    },
    /// Remove limits; it takes effect from the next attempt on.
    Rm {
        #[command(flatten)]
        of: Of,
        /// Limits to remove, such as memory; by default all of them.
        #[arg(value_name = "LIMIT", value_parser = limit_names())]
        limits: Vec<Limit>,
        #[command(flatten)]
        because: Because,
        #[command(flatten)]
        confirm: Confirm,
    },
}

fn limit_names() -> impl clap::builder::TypedValueParser<Value = Limit> {
    clap::builder::PossibleValuesParser::new(Limit::NAMES).try_map(|name| name.parse::<Limit>())
}

/// What is limited, and in whose tasks.
#[derive(Debug, clap::Args)]
pub struct Of {
    /// A namespace, for everything that its tasks run, or one component, for example payments/charge.
    #[arg(value_name = "NAMESPACE[/NAME]")]
    target: Place,
    /// Namespace of the tasks; by default the namespace of the component.
    #[arg(long = "in", value_name = "NAMESPACE")]
    namespace: Option<Name>,
}

impl Of {
    /// What is limited, in words.
    fn subject(&self) -> String {
        match self.target.name {
            Some(_) => self.target.to_string(),
            None => "everything".to_owned(),
        }
    }

    fn namespace(&self) -> &Name {
        self.namespace.as_ref().unwrap_or(&self.target.namespace)
    }

    /// How the path of the API names it: `*`, `name`, or `other~name`.
    fn component(&self) -> Result<String, CliError> {
        let is_own = self.target.namespace == *self.namespace();
        match &self.target.name {
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
            because,
        } => {
            let settings = settings.into_iter();
            let patch = settings.map(|(limit, value)| (limit, Some(value)));
            change(&of, patch.collect(), because, context).await?;
        }
        Command::Ls { namespace } => ls(namespace, context).await?,
        Command::Rm {
            of,
            limits,
            because,
            confirm,
        } => {
            confirm.ask(&format!(
                "remove limits of {} in tasks of {}",
                of.subject(),
                of.namespace()
            ))?;
            if limits.is_empty() {
                return rm(&of, because, context).await;
            }
            let patch = limits.into_iter().map(|limit| (limit, None));
            change(&of, patch.collect(), because, context).await?;
        }
    }
    Ok(Exit::Complete)
}

async fn change(
    of: &Of,
    limits: LimitPatch,
    Because { reason }: Because,
    context: &Context,
) -> Result<(), CliError> {
    let (namespace, target) = (of.namespace(), of.subject());
    let rule = ChangeLimits::at(namespace.clone(), of.component()?);
    let call = context
        .client
        .call(rule)
        .json(&LimitChanges { limits, reason });
    let sentence = |rule: &LimitRule| {
        let LimitRule {
            namespace, limits, ..
        } = rule;
        match limits.is_empty() {
            true => format!("{namespace} sets no limits for {target} in its tasks"),
            false => format!("{target} has at most {limits} in tasks of {namespace}"),
        }
    };
    let rule = context.change(call, sentence).await?;
    if let Some(component) = &of.target.name
        && !rule.limits.is_empty()
    {
        not_yet::warn(&of.target.namespace, component, context).await;
    }
    let ls = format!("tasker limit ls {namespace}");
    context.output.next([ls]);
    Ok(())
}

async fn ls(namespace: Option<Name>, context: &Context) -> Result<(), CliError> {
    let first = "tasker limit set NAMESPACE/NAME memory=64MiB";
    let rules = context.list(
        ListLimits {},
        NamespacePageQuery::of(namespace),
        [
            ("namespace", &|it| it.namespace.clone()),
            ("component", &|it| it.component.to_string()),
            ("at most", &|it| it.limits.to_string()),
            ("set", &|it| it.set_at.map(units::age).unwrap_or_default()),
            ("by", &|it| it.set_by.clone().unwrap_or_default()),
        ],
        ("no limits but the hosts' own", first),
    );
    rules.await?;
    Ok(())
}

async fn rm(of: &Of, because: Because, context: &Context) -> Result<Exit, CliError> {
    let rule = RemoveLimits::at(of.namespace().clone(), of.component()?);
    let call = context.client.call(rule).query(&because.body());
    let sentence = |removed: &LimitRule| {
        let LimitRule {
            namespace, limits, ..
        } = removed;
        let target = of.subject();
        format!("{target} is no longer held to {limits} in tasks of {namespace}")
    };
    context.change(call, sentence).await?;
    Ok(Exit::Complete)
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
