//! `tasker retention …`

use super::gc::parse_age;
use super::{Ask as _, Because, Confirm, Context, InNamespace, Result, Table, units};
use std::time::Duration;
use tasker_domain::name::Name;
use tasker_domain::retention::{Retention, show};
use tasker_wire::retention::{
    ListRetention, NewRetention, RemoveRetention, RetentionRule, SetRetention,
};

/// What stands where no time is set.
const FOR_EVER: &str = "for ever";

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Set how long a namespace keeps its finished tasks; then hosts delete them, with their steps and log.
    ///
    /// The times are from the end of a task, for example 12h or 90d, at least 1m. The rule replaces the
    /// one before: tasks in a state that is left out are kept for ever.
    Set(Set),
    /// List how long namespaces keep their finished tasks; those that are not listed keep them for ever.
    Ls(InNamespace),
    /// Keep all tasks of a namespace from now on.
    Rm(Rm),
}

#[derive(Debug, clap::Args)]
#[group(id = "times", required = true, multiple = true, args = ["complete", "error", "cancelled"])]
pub struct Set {
    /// Namespace of the tasks.
    namespace: Name,
    /// For tasks that are complete or were resolved manually.
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    complete: Option<Duration>,
    /// For tasks that failed.
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    error: Option<Duration>,
    /// For tasks that were cancelled.
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    cancelled: Option<Duration>,
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, clap::Args)]
pub struct Rm {
    /// Namespace of the tasks.
    namespace: Name,
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
        };
        let body = NewRetention::new(retention, self.because.reason);
        let call = context.call(SetRetention::at(self.namespace)).json(&body);
        let rule = call.ask().await?;
        let ls = format!("tasker retention ls {}", rule.value.namespace);
        Ok(context.done(&rule, sentence).next([ls]))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn sentence(rule: &RetentionRule) -> String {
    let times = rule.retention.by_state();
    let times = times.map(|(state, ms)| format!("{state} {}", kept(ms)));
    format!("{} keeps tasks: {}", rule.namespace, times.join(", "))
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
        ("set", &|it| it.set_at.map(units::age).unwrap_or_default()),
        ("by", &|it| it.set_by.clone().unwrap_or_default()),
    ])
    .or("all finished tasks are kept for ever");
    let rules = context.list(ListRetention {}, of.query(), table);
    Ok(rules
        .await?
        .first("tasker retention set NAMESPACE --complete 30d --error 90d"))
}

impl Rm {
    async fn run(self, context: &Context) -> Result {
        let what = format!("keep all tasks of {} for ever", self.namespace);
        self.confirm.ask(&what)?;
        let call = context.call(RemoveRetention::at(self.namespace));
        let call = call.query(&self.because.body());
        let sentence = |removed: &RetentionRule| {
            let (namespace, was) = (&removed.namespace, removed.retention);
            format!("{namespace} keeps all tasks for ever; before: {was}")
        };
        context.change(call, sentence).await
    }
}
