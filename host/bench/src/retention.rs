//! `tasker-bench retention`: what deleting old tasks costs the tasks that run.

use super::cell::Cell;
use super::fill::fill;
use super::hosts::Member;
use super::process::ProcessArgs;
use super::report::{BenchReport, Printed};
use super::workload::Workload;
use serde::Serialize;
use std::time::{Duration, Instant};
use tasker_cli::tell;
use tasker_client::Client;
use tasker_wire::reason::OnlyReason;
use tasker_wire::retention::{NewRetention, RemoveRetention, SetRetention};

/// How old finished tasks may become; those that are filled in are an hour old.
const KEEP_MS: u64 = 30 * 60 * 1_000;

/// How long hosts may take to begin with a new rule.
const BEGIN_TIMEOUT: Duration = Duration::from_secs(30);
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// The template of what runs, and that of what is deleted.
const RUNNING: Workload = Workload::Linear5;
const OLD: Workload = Workload::Diamond;

/// Measure tasks of five steps while old tasks are deleted, and while nothing is deleted.
#[derive(Debug, clap::Args)]
pub(super) struct WhileDeleting {
    /// How many tasks are measured each time.
    #[arg(long, default_value_t = 20_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    tasks: u32,
    /// Finished tasks of four steps that are in the tables at first.
    #[arg(long, default_value_t = 100_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    finished_tasks: u32,
    /// How often each is measured, in turns.
    #[arg(long, default_value_t = 3, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    #[command(flatten)]
    processes: ProcessArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    tasks: u32,
    finished_tasks: u32,
    rounds: u32,
    steps_per_s_without: f64,
    steps_per_s_while_deleting: f64,
    ratio: f64,
    /// While tasks ran.
    deleted_tasks: i64,
    deleted_tasks_per_s: f64,
    /// False if a round ended after the last task that was to be deleted.
    had_enough_to_delete: bool,
}

/// Sums of rounds.
#[derive(Default)]
struct Sum {
    seconds: f64,
    deleted: i64,
}

impl WhileDeleting {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let mut cell = Cell::start(&self.processes, &[RUNNING, OLD]).await?;
        cell.add(&[]).await?;
        tell("filling the tables\n");
        cell.warm_up(OLD).await?;
        cell.warm_up(RUNNING).await?;
        let young = cell.member().bulk().finished(OLD.name()).await?;
        fill(&cell.member().bulk(), OLD.name(), self.finished_tasks).await?;
        let (mut without, mut deleting) = (Sum::default(), Sum::default());
        for round in 1..=self.rounds {
            tell(&format!("round {round} of {}\n", self.rounds));
            let name = |kind: &str| format!("{kind}-{}-{round}", std::process::id());
            self.measure(&cell, &name("without"), &mut without).await?;
            set_rule(cell.member(), true).await?;
            until_deleting(cell.member()).await?;
            self.measure(&cell, &name("deleting"), &mut deleting)
                .await?;
            set_rule(cell.member(), false).await?;
        }
        let left = cell.member().bulk().finished(OLD.name()).await? - young;
        cell.stop().await?;
        let steps = f64::from(self.tasks) * f64::from(self.rounds) * RUNNING.steps() as f64;
        Printed::of(&Measured {
            tasks: self.tasks,
            finished_tasks: self.finished_tasks,
            rounds: self.rounds,
            steps_per_s_without: steps / without.seconds,
            steps_per_s_while_deleting: steps / deleting.seconds,
            ratio: without.seconds / deleting.seconds,
            deleted_tasks: deleting.deleted,
            deleted_tasks_per_s: deleting.deleted as f64 / deleting.seconds,
            had_enough_to_delete: left > 0,
        })
    }

    /// Runs tasks that were submitted before, so that submitting is no part of the time.
    async fn measure(&self, cell: &Cell, name: &str, sum: &mut Sum) -> anyhow::Result<()> {
        let bulk = cell.member().bulk();
        bulk.pause(true).await?;
        cell.submit(RUNNING, self.tasks, name).await?;
        let before = bulk.finished(OLD.name()).await?;
        bulk.pause(false).await?;
        cell.member().host.notifications.hint_ready();
        cell.until_over().await?;
        sum.deleted += before - bulk.finished(OLD.name()).await?;
        sum.seconds += bulk.shares(name).await?.1;
        Ok(())
    }
}

/// Hosts look for a new rule every few seconds.
async fn until_deleting(member: &Member) -> anyhow::Result<()> {
    let (before, since) = (member.bulk().finished(OLD.name()).await?, Instant::now());
    while member.bulk().finished(OLD.name()).await? == before {
        anyhow::ensure!(since.elapsed() < BEGIN_TIMEOUT, "nothing is deleted");
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
    Ok(())
}

/// Sets or removes the rule of the namespace of measurements, as an operator does.
async fn set_rule(member: &Member, is_set: bool) -> anyhow::Result<()> {
    let client = Client::builder(&member.host.url())?.build()?;
    let namespace = "bench".parse()?;
    match is_set {
        true => {
            let rule = NewRetention {
                complete_ms: Some(KEEP_MS),
                error_ms: None,
                cancelled_ms: None,
                keys_ms: None,
                for_ever: false,
                reason: String::new(),
            };
            client.call(SetRetention { namespace }).json(&rule).await?;
        }
        false => {
            let call = client.call(RemoveRetention { namespace });
            call.query(&OnlyReason::default()).await?;
        }
    }
    Ok(())
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        [
            format!(
                "{} tasks of {}, {} rounds",
                self.tasks,
                RUNNING.name(),
                self.rounds
            ),
            format!("  without         {:.0} steps/s", self.steps_per_s_without),
            format!(
                "  while deleting  {:.0} steps/s",
                self.steps_per_s_while_deleting
            ),
            format!("  ratio           {:.2}", self.ratio),
            format!(
                "  deleted         {} tasks, {:.0} a second{}",
                self.deleted_tasks,
                self.deleted_tasks_per_s,
                if self.had_enough_to_delete {
                    ""
                } else {
                    "; nothing was left at the end: give more --finished-tasks"
                }
            ),
        ]
        .join("\n")
    }
}
