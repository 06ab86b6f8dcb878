//! How many single tasks many clients can submit at the same time.

use super::hosts::{BenchArgs, FIRST, Hosts, publish_component, publish_template, submit};
use super::pgbench::Pgbench;
use super::report::{BenchReport, Percentiles, Printed, shown};
use super::run::percentiles_of;
use super::usage;
use super::workload::Workload;
use serde::Serialize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tasker_cli::tell;
use tasker_client::Client;
use tasker_wire::task::SubmitTasks;

/// Submit single tasks over HTTP, with plain inserts of as many clients beside them.
#[derive(Debug, clap::Args)]
pub struct SubmitSingly {
    /// Clients at the same time, each with one request under way.
    #[arg(long, default_value_t = 32, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    clients: u32,
    /// How many tasks are measured.
    #[arg(long, default_value_t = 20_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..))]
    tasks: u32,
    /// How long plain inserts run each time; 0 leaves them out.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    pgbench_seconds: u32,
    #[command(flatten)]
    common: BenchArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    clients: u32,
    tasks: u32,
    /// Over HTTP, each in a transaction of its own; no worker runs.
    tasks_per_s: f64,
    /// Of one request, as its client sees it.
    request_ms: Percentiles,
    /// Of all server processes.
    postgres_cpu_ms_per_task: Option<f64>,
    /// Of the host and the clients, which are one process.
    host_cpu_ms_per_task: Option<f64>,
    /// Commits a second of as many clients that insert a row of six columns each.
    inserts_per_s: Option<f64>,
    ratio_to_inserts: Option<f64>,
}

impl SubmitSingly {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let component = self.common.component()?;
        let hosts = self.common.start(1, None).await?;
        let (registry, workload) = (&hosts.first().registry, Workload::Noop);
        publish_component(registry, "basics", &FIRST, component).await?;
        publish_template(registry, workload.name(), &workload.yaml()).await?;
        let url = hosts.first().host.database_url();
        let pgbench = Pgbench::prepare(&url, self.pgbench_seconds).await?;
        self.submit_all(&hosts, self.clients * 10).await?;
        let mut inserts = Vec::new();
        if let Some(pgbench) = &pgbench {
            tell("inserting\n");
            inserts.push(pgbench.inserts(self.clients).await?);
        }
        tell("measuring\n");
        let mut measured = self.measure(&hosts).await?;
        if let Some(pgbench) = &pgbench {
            tell("inserting again\n");
            inserts.push(pgbench.inserts(self.clients).await?);
            pgbench.clean().await?;
            let mean = inserts.iter().sum::<f64>() / inserts.len() as f64;
            measured.inserts_per_s = Some(mean);
            measured.ratio_to_inserts = Some(measured.tasks_per_s / mean);
        }
        hosts.stop().await?;
        Printed::of(&measured)
    }

    async fn measure(&self, hosts: &Hosts) -> anyhow::Result<Measured> {
        let pid = hosts.first().host.postgres_pid();
        let used = || (pid.and_then(usage::tree_cpu), usage::own_cpu());
        let (before, started) = (used(), Instant::now());
        let times_ms = self.submit_all(hosts, self.tasks).await?;
        let (seconds, after) = (started.elapsed().as_secs_f64(), used());
        let per_task = |before: Option<Duration>, after: Option<Duration>| {
            let used = after?.saturating_sub(before?);
            Some(used.as_secs_f64() * 1e3 / f64::from(self.tasks))
        };
        Ok(Measured {
            clients: self.clients,
            tasks: self.tasks,
            tasks_per_s: f64::from(self.tasks) / seconds,
            request_ms: percentiles_of(times_ms),
            postgres_cpu_ms_per_task: per_task(before.0, after.0),
            host_cpu_ms_per_task: per_task(before.1, after.1),
            inserts_per_s: None,
            ratio_to_inserts: None,
        })
    }

    /// Submits so many tasks and returns how long each took, in milliseconds.
    async fn submit_all(&self, hosts: &Hosts, tasks: u32) -> anyhow::Result<Vec<f64>> {
        let client = &Client::builder(&hosts.first().host.url())?.build()?;
        let next = &AtomicU32::new(0);
        let each = (0..self.clients).map(|_| async move {
            let mut times_ms = Vec::new();
            while next.fetch_add(1, Ordering::Relaxed) < tasks {
                let started = Instant::now();
                submit_one(client).await?;
                times_ms.push(started.elapsed().as_secs_f64() * 1e3);
            }
            anyhow::Ok(times_ms)
        });
        let times_ms = futures::future::try_join_all(each).await?;
        Ok(times_ms.concat())
    }
}

async fn submit_one(client: &Client) -> anyhow::Result<()> {
    let submit = submit(Workload::Noop.name())?;
    client.call(SubmitTasks::one()).json(&submit).await?;
    Ok(())
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        [
            format!(
                "{} tasks of {} clients, one by one",
                self.tasks, self.clients
            ),
            format!("  throughput  {:.0} tasks/s", self.tasks_per_s),
            format!("  request     {}", self.request_ms),
            format!(
                "  per task    PostgreSQL {} ms CPU   host and clients {} ms CPU",
                shown(self.postgres_cpu_ms_per_task, 4),
                shown(self.host_cpu_ms_per_task, 4)
            ),
            format!(
                "  inserts     {} a second   {} × their throughput",
                shown(self.inserts_per_s, 0),
                shown(self.ratio_to_inserts, 2)
            ),
        ]
        .join("\n")
    }
}
