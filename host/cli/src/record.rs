//! `tasker record …`

use super::rule_target::{RuleTarget, arguments};
use super::{Ask as _, Because, Confirm, Context, InNamespace, Result, Table, not_yet, units};
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_domain::rollout::Percent;
use tasker_wire::recording_rule::{
    ListRecordingRules, NewRecordingRule, RecordingRule, RemoveRecordingRule, SetRecordingRule,
};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Record a share of the attempts in tasks of a namespace, so that they can be run again.
    ///
    /// The rule for a component counts before that for all; with 0 it has none recorded. The rule applies from the next attempt
    /// on, on every host. Which attempts are recorded is decided by their task, step and number, so that every host decides the
    /// same.
    Set(Set),
    /// List which attempts are recorded.
    Ls(InNamespace),
    /// Remove a rule; what was recorded stays for its time.
    Rm(Rm),
}

#[derive(Debug, clap::Args)]
pub struct Set {
    #[command(flatten)]
    of: RuleTarget,
    /// The share of attempts, from 0 to 100 with two decimals at most, for example 0.1%.
    #[arg(value_name = "SHARE")]
    percent: Percent,
    /// Keep only the recordings of attempts that failed.
    #[arg(long)]
    only_failures: bool,
    #[command(flatten)]
    because: Because,
}

#[derive(Debug, clap::Args)]
pub struct Rm {
    #[command(flatten)]
    of: RuleTarget,
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
        let (namespace, attempts) = (self.of.namespace(), attempts(&self.of));
        let policy = RecordingPolicy {
            percent: self.percent,
            only_failures: self.only_failures,
        };
        let body = NewRecordingRule::of(policy, self.because.reason);
        let rule = SetRecordingRule::at(namespace.clone(), self.of.component()?);
        let rule = context.call(rule).json(&body).ask().await?;
        let reply = context.done(&rule, |rule| {
            let kept = match rule.only_failures {
                true => ", and kept where they failed",
                false => "",
            };
            format!("{} of {attempts} are recorded{kept}", rule.percent)
        });
        let warning = not_yet::warning(self.of.one(), context).await;
        let ls = format!("tasker record ls {namespace}");
        Ok(reply.warn(warning).next([ls]))
    }
}

async fn ls(of: InNamespace, context: &Context) -> Result {
    let table = Table::new([
        ("namespace", &|it: &RecordingRule| it.namespace.clone()),
        ("component", &|it| it.component.to_string()),
        ("attempts", &|it| it.policy().to_string()),
        ("set", &|it| units::age(it.set_at)),
        ("by", &|it| it.set_by.clone()),
    ])
    .or("no attempts are recorded but those of hosts with --record");
    let name = |rule: &RecordingRule| arguments(&rule.namespace, &rule.component);
    let rules = context.list(
        &of.order,
        ListRecordingRules {},
        of.query(),
        table.named(&name),
    );
    Ok(rules.await?.first("tasker record set NAMESPACE/NAME 1%"))
}

impl Rm {
    async fn run(self, context: &Context) -> Result {
        let (namespace, attempts) = (self.of.namespace(), attempts(&self.of));
        let what = format!("remove the rule on recordings of {attempts}");
        self.confirm.ask(&what)?;
        let rule = RemoveRecordingRule::at(namespace.clone(), self.of.component()?);
        let call = context.call(rule).query(&self.because.body());
        let sentence = |removed: &RecordingRule| {
            format!(
                "the rule is removed that had {} of {attempts} recorded",
                removed.percent
            )
        };
        context.change(call, sentence).await
    }
}

/// Attempts of what, in words.
fn attempts(of: &RuleTarget) -> String {
    let namespace = of.namespace();
    match of.one() {
        Some(component) => format!("the attempts of {component} in tasks of {namespace}"),
        None => format!("all attempts in tasks of {namespace}"),
    }
}
