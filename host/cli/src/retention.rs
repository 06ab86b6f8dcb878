//! `tasker retention …`

use super::gc::parse_age;
use super::{Ask as _, Because, Confirm, Context, InNamespace, Result, Table, units};
use std::time::Duration;
use tasker_domain::permission::NamespaceScope;
use tasker_domain::retention::{Retention, show};
use tasker_wire::retention::{
    ListRetention, NewRetention, RemoveDefaultRetention, RemoveRetention, RetentionRule,
    SetDefaultRetention, SetRetention,
};

/// What stands where no time is set.
const FOR_EVER: &str = "for ever";

/// What stands where keys have no time of their own.
const WITH_TASK: &str = "with task";

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set how long a namespace keeps its finished tasks; then hosts delete them, with their steps and log.
    ///
    /// The times are from the end of a task, for example 12h or 90d, at least 1m. The rule replaces the
    /// one before, and for its namespace the one for all: tasks in a state that is left out are kept for ever.
    Set(Set),
    /// List how long namespaces keep their finished tasks; '*' is for those that are not listed.
    Ls(InNamespace),
    /// Remove the rule of a namespace, which then goes by the one for all; or that one.
    Rm(Rm),
}

#[derive(Debug, clap::Args)]
#[group(id = "times", required = true, multiple = true, args = ["complete", "error", "cancelled", "keys", "for_ever"])]
pub struct Set {
    /// Namespace of the tasks, or '*' for all namespaces without a rule of their own.
    namespace: NamespaceScope,
    /// For tasks that are complete or were resolved manually.
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    complete: Option<Duration>,
    /// For tasks that failed.
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    error: Option<Duration>,
    /// For tasks that were cancelled.
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    cancelled: Option<Duration>,
    /// Free idempotency keys so long after the submit, also those of tasks that are kept; else with their tasks.
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    keys: Option<Duration>,
    /// Keep all tasks of this namespace, whatever the rule for all namespaces says.
    #[arg(long, conflicts_with_all = ["complete", "error", "cancelled", "keys"])]
    for_ever: bool,
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, clap::Args)]
pub struct Rm {
    /// Namespace of the tasks, or '*' for the rule for all.
    namespace: NamespaceScope,
    #[command(flatten)]
    because: Because,
    #[command(flatten)]
    confirm: Confirm,
}

pub async fn run(command: Command, context: &Context) -> Result {
    match command {
        Command::Set(set) => set.run(context).await,
        Command::Ls(of) => ls(of, context).await,
        Command::Rm(rm) => rm.run(context).await,
    }
}

impl Set {
    async fn run(self, context: &Context) -> Result {
        let retention = Retention {
            complete_ms: self.complete.map(millis),
            error_ms: self.error.map(millis),
            cancelled_ms: self.cancelled.map(millis),
            keys_ms: self.keys.map(millis),
        };
        let body = NewRetention::new(retention, self.because.reason);
        let (rule, ls) = match self.namespace {
            NamespaceScope::Namespace(name) => {
                let ls = format!("tasker retention ls {name}");
                let call = context.call(SetRetention::at(name)).json(&body);
                (call.ask().await?, ls)
            }
            NamespaceScope::Everywhere => {
                let call = context.call(SetDefaultRetention {}).json(&body);
                (call.ask().await?, "tasker retention ls".to_owned())
            }
        };
        Ok(context.done(&rule, sentence).next([ls]))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn sentence(rule: &RetentionRule) -> String {
    let times = rule.retention.by_state();
    let times = times.map(|(state, ms)| format!("{state} {}", kept(ms)));
    let who = match &*rule.namespace {
        "*" => "every namespace without a rule of its own",
        name => name,
    };
    let keys = rule.retention.keys_ms.map(show);
    let keys = keys.map_or_else(String::new, |time| format!("; idempotency keys {time}"));
    format!("{who} keeps tasks: {}{keys}", times.join(", "))
}

fn kept(ms: Option<u64>) -> String {
    ms.map_or_else(|| FOR_EVER.to_owned(), show)
}

async fn ls(of: InNamespace, context: &Context) -> Result {
    let table = Table::new([
        ("namespace", &|it: &RetentionRule| it.namespace.clone()),
        ("complete", &|it| kept(it.retention.complete_ms)),
        ("error", &|it| kept(it.retention.error_ms)),
        ("cancelled", &|it| kept(it.retention.cancelled_ms)),
        ("keys", &|it| {
            let keys = it.retention.keys_ms;
            keys.map_or_else(|| WITH_TASK.to_owned(), show)
        }),
        ("set", &|it| it.set_at.map(units::age).unwrap_or_default()),
        ("by", &|it| it.set_by.clone().unwrap_or_default()),
    ])
    .or("all finished tasks are kept for ever");
    let rules = context.list(&of.order, ListRetention {}, of.query(), table);
    Ok(rules
        .await?
        .first("tasker retention set NAMESPACE --complete 30d --error 90d"))
}

impl Rm {
    async fn run(self, context: &Context) -> Result {
        self.confirm
            .ask(&format!("remove the retention of {}", self.namespace))?;
        let reason = self.because.body();
        let sentence = |removed: &RetentionRule| {
            let was = match removed.retention {
                all if all.is_empty() => "--for-ever".to_owned(),
                was => was.to_string(),
            };
            match &*removed.namespace {
                "*" => format!("namespaces without a rule keep all tasks for ever; before: {was}"),
                name => format!("{name} has no rule of its own any more; before: {was}"),
            }
        };
        match self.namespace {
            NamespaceScope::Namespace(name) => {
                let call = context.call(RemoveRetention::at(name)).query(&reason);
                context.change(call, sentence).await
            }
            NamespaceScope::Everywhere => {
                let call = context.call(RemoveDefaultRetention {}).query(&reason);
                context.change(call, sentence).await
            }
        }
    }
}
