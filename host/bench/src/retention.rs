//! `tasker-bench retention`: what deleting old tasks costs the tasks that run.

use super::fill::fill;
use super::hosts::{BenchArgs, FIRST, Hosts, Member, publish_component, publish_template, submit};
use super::report::{BenchReport, Printed};
use super::workload::Workload;
use serde::Serialize;
use std::time::{Duration, Instant};
use tasker_cli::tell;
use tasker_client::Client;
use tasker_wire::reason::OnlyReason;
use tasker_wire::retention::{NewRetention, RemoveRetention, SetRetention};
use tasker_worker::WorkerConfig;

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
    common: BenchArgs,
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
        let hosts = self.common.start(1, Some(&WorkerConfig::default())).await?;
        let registry = &hosts.first().registry;
        publish_component(registry, "basics", &FIRST, self.common.component()?).await?;
        for workload in [RUNNING, OLD] {
            publish_template(registry, workload.name(), &workload.yaml()).await?;
        }
        let member = hosts.first();
        tell("filling the tables\n");
        run(member, OLD, 1).await?;
        run(member, RUNNING, self.tasks.min(2_000)).await?;
        fill(&member.bulk(), OLD.name(), self.finished_tasks).await?;
        let (mut without, mut deleting) = (Sum::default(), Sum::default());
        for round in 1..=self.rounds {
            tell(&format!("round {round} of {}\n", self.rounds));
            self.measure(&hosts, &mut without).await?;
            set_rule(member, true).await?;
            until_deleting(member).await?;
            self.measure(&hosts, &mut deleting).await?;
            set_rule(member, false).await?;
        }
        // The one that ran to make the lock is young.
        let left = member.bulk().finished(OLD.name()).await? - 1;
        hosts.stop().await?;
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

    async fn measure(&self, hosts: &Hosts, sum: &mut Sum) -> anyhow::Result<()> {
        let member = hosts.first();
        let before = member.bulk().finished(OLD.name()).await?;
        let started = Instant::now();
        run(member, RUNNING, self.tasks).await?;
        sum.seconds += started.elapsed().as_secs_f64();
        sum.deleted += before - member.bulk().finished(OLD.name()).await?;
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

async fn run(member: &Member, workload: Workload, tasks: u32) -> anyhow::Result<()> {
    let submits = vec![submit(workload.name())?; tasks as usize];
    let steps = u64::from(tasks) * workload.steps() as u64;
    member.run_all(submits, steps, "measured").await
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
