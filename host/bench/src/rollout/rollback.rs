//! From the rollback of a pin to the first new task on the old version.

use super::super::hosts::{BenchArgs, Hosts, Member, submit};
use super::super::report::{BenchReport, Percentiles, Printed};
use super::super::run::percentiles_of;
use super::load::Load;
use super::{HOSTS, by, pin, pin_to, publish, publish_chain, version};
use serde::Serialize;
use std::time::Instant;
use tasker_cli::tell;
use tasker_domain::actor::Actor;
use tasker_domain::ids::TaskId;
use tasker_tasks::wait::MAX_WAIT;
use tasker_worker::WorkerConfig;

/// The version that is rolled back to, and the one that is rolled back.
const OLD: u32 = 0;
const NEW: u32 = 1;

/// Time rollbacks of a pin until a new task has run on the old version, through every host.
#[derive(Debug, clap::Args)]
pub(super) struct Rollback {
    /// Rollbacks.
    #[arg(long, default_value_t = 100, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    tries: u32,
    /// Tasks of five steps that each host keeps open meanwhile; 0: the hosts are idle.
    #[arg(long, default_value_t = 200, value_name = "COUNT")]
    open_tasks: usize,
    #[command(flatten)]
    common: BenchArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    hosts: usize,
    rollbacks: u32,
    open_tasks: usize,
    /// Until the rollback is answered.
    answered_ms: Percentiles,
    /// Until a task that was submitted through each host, after the rollback began, has run on the
    /// old version and ended.
    everywhere_ms: Percentiles,
    /// Tasks that took the new version although they were submitted after the answer.
    late_tasks: u64,
}

impl Rollback {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let worker = WorkerConfig::default();
        let hosts = self.common.start(HOSTS, Some(&worker)).await?;
        let registry = &hosts.first().registry;
        publish(registry, &component, OLD).await?;
        publish(registry, &component, NEW).await?;
        publish_chain(registry, "one", 1, "^1").await?;
        publish_chain(registry, "load", 5, "^1").await?;
        pin_to(registry, OLD).await?;
        let load = Load::new("load", self.open_tasks);
        let measuring = async {
            let found = self.measure(&hosts).await;
            load.end();
            found
        };
        tell("measuring\n");
        let (found, _) = tokio::try_join!(measuring, load.run(&hosts))?;
        hosts.first().until_idle().await?;
        hosts.stop().await?;
        Printed::of(&found)
    }

    async fn measure(&self, hosts: &Hosts) -> anyhow::Result<Measured> {
        let (mut answered, mut everywhere) = (Vec::new(), Vec::new());
        let mut late_tasks = 0;
        for no in 0..self.tries {
            pin_to(&hosts.turn(no).registry, NEW).await?;
            for member in hosts.all() {
                while !runs_on(member, NEW).await? {}
            }
            let started = Instant::now();
            roll_back(hosts.turn(no + 1)).await?;
            answered.push(started.elapsed().as_secs_f64() * 1e3);
            let reached = hosts.all().iter().map(|member| until_old(member, started));
            let reached = futures::future::try_join_all(reached).await?;
            late_tasks += reached.iter().map(|(_, late)| late).sum::<u64>();
            let slowest = reached.iter().map(|(ms, _)| *ms).fold(0.0, f64::max);
            everywhere.push(slowest);
        }
        Ok(Measured {
            hosts: HOSTS,
            rollbacks: self.tries,
            open_tasks: self.open_tasks,
            answered_ms: percentiles_of(answered),
            everywhere_ms: percentiles_of(everywhere),
            late_tasks,
        })
    }
}

async fn roll_back(member: &Member) -> anyhow::Result<()> {
    let actor = Actor::host();
    let by = by(&actor, "pin.rollback");
    member.registry.rollback_pin(&pin()?, &by).await?;
    Ok(())
}

/// Milliseconds since then, once a new task has run on the old version; and how many did not.
async fn until_old(member: &Member, started: Instant) -> anyhow::Result<(f64, u64)> {
    let mut late = 0;
    while !runs_on(member, OLD).await? {
        late += 1;
    }
    Ok((started.elapsed().as_secs_f64() * 1e3, late))
}

/// Runs a new task; true if that was on this version.
async fn runs_on(member: &Member, no: u32) -> anyhow::Result<bool> {
    let submitted = member.tasks.submit(submit("one")?, "measured").await?;
    let task = TaskId(submitted.task.task.task_id);
    member.tasks.wait(task, None, MAX_WAIT).await?;
    let run = member.bulk().versions_run(task).await?;
    Ok(run == [version(no).to_string()])
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        format!(
            "{} rollbacks on {} hosts, each with {} open tasks\n  answered     {}\n  everywhere   {}\n  late tasks   {}",
            self.rollbacks,
            self.hosts,
            self.open_tasks,
            self.answered_ms,
            self.everywhere_ms,
            self.late_tasks
        )
    }
}
