//! What a snapshot that stays open, such as that of a `pg_dump`, costs the steps that go through the queue.

use super::hosts::{BenchArgs, FIRST, Hosts, publish_component, publish_template, submit};
use super::report::{BenchReport, Printed, shown};
use super::run::STATISTICS_DELAY;
use super::usage;
use super::workload::Workload;
use serde::Serialize;
use sqlx::{Connection as _, Executor as _, PgConnection};
use std::time::Instant;
use tasker_cli::tell;
use tasker_worker::WorkerConfig;

/// Run tasks of one step without and with an old snapshot.
#[derive(Debug, clap::Args)]
pub struct OldSnapshot {
    /// Tasks of each of the two measurements.
    #[arg(long, default_value_t = 10_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    tasks: u32,
    /// Tasks that run between them, while the snapshot is open.
    #[arg(long, default_value_t = 100_000, value_name = "COUNT")]
    before: u32,
    #[command(flatten)]
    common: BenchArgs,
}

/// One of the two measurements.
#[derive(Debug, Serialize)]
struct Side {
    tasks_per_s: f64,
    /// Time of all claims from call to answer, those that found nothing too.
    claim_ms_per_64_steps: f64,
    /// Entries of the queue's index that were read.
    entries_read_per_step: f64,
    postgres_cpu_ms_per_task: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Measured {
    tasks: u32,
    /// Steps that went through the queue since the snapshot, when it is measured.
    steps_since_snapshot: u32,
    without: Side,
    with: Side,
    /// With ÷ without.
    throughput_ratio: f64,
    claim_ratio: f64,
}

impl OldSnapshot {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let worker = WorkerConfig::default();
        let hosts = self.common.start(1, Some(&worker)).await?;
        let (registry, workload) = (&hosts.first().registry, Workload::Noop);
        publish_component(registry, "basics", &FIRST, component).await?;
        publish_template(registry, workload.name(), &workload.yaml()).await?;
        tell("warming up\n");
        run_tasks(&hosts, self.tasks).await?;
        tell("measuring without an old snapshot\n");
        let without = measure(&hosts, self.tasks).await?;
        let mut old = PgConnection::connect(&hosts.first().host.database_url()).await?;
        old.execute("begin isolation level repeatable read").await?;
        old.execute("select from tasker.queue limit 1").await?;
        tell("running tasks while it is open\n");
        run_tasks(&hosts, self.before).await?;
        tell("measuring with it\n");
        let with = measure(&hosts, self.tasks).await?;
        old.close().await?;
        hosts.stop().await?;
        Printed::of(&Measured {
            tasks: self.tasks,
            steps_since_snapshot: self.before,
            throughput_ratio: with.tasks_per_s / without.tasks_per_s,
            claim_ratio: with.claim_ms_per_64_steps / without.claim_ms_per_64_steps,
            without,
            with,
        })
    }
}

async fn run_tasks(hosts: &Hosts, count: u32) -> anyhow::Result<()> {
    let submits = vec![submit(Workload::Noop.name())?; count as usize];
    hosts.first().run_all(submits, count.into(), "bench").await
}

async fn measure(hosts: &Hosts, tasks: u32) -> anyhow::Result<Side> {
    let (host, bulk) = (&hosts.first().host, hosts.first().bulk());
    let cpu = || host.postgres_pid().and_then(usage::tree_cpu);
    tokio::time::sleep(STATISTICS_DELAY).await;
    let (read_before, cpu_before) = (bulk.queue_entries_read().await?, cpu());
    let (claim_us_before, started) = (host.stats.claim_us(), Instant::now());
    run_tasks(hosts, tasks).await?;
    let (seconds, cpu_after) = (started.elapsed().as_secs_f64(), cpu());
    let claim_us = host.stats.claim_us() - claim_us_before;
    tokio::time::sleep(STATISTICS_DELAY).await;
    let read = bulk.queue_entries_read().await? - read_before;
    let tasks = f64::from(tasks);
    Ok(Side {
        tasks_per_s: tasks / seconds,
        claim_ms_per_64_steps: claim_us as f64 / 1e3 / tasks * 64.0,
        entries_read_per_step: read as f64 / tasks,
        postgres_cpu_ms_per_task: cpu_after
            .zip(cpu_before)
            .map(|(after, before)| after.saturating_sub(before).as_secs_f64() * 1e3 / tasks),
    })
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        let side = |name: &str, side: &Side| {
            format!(
                "  {name:8} {:.0} tasks/s   claims {:.2} ms for 64 steps   {:.1} entries read a step   PostgreSQL {} ms CPU a task",
                side.tasks_per_s,
                side.claim_ms_per_64_steps,
                side.entries_read_per_step,
                shown(side.postgres_cpu_ms_per_task, 4)
            )
        };
        [
            format!(
                "{} tasks of one step, without and with a snapshot that is {} steps old",
                self.tasks, self.steps_since_snapshot
            ),
            side("without", &self.without),
            side("with", &self.with),
            format!(
                "  ratio    {:.2} × the throughput   {:.2} × the time of a claim",
                self.throughput_ratio, self.claim_ratio
            ),
        ]
        .join("\n")
    }
}
