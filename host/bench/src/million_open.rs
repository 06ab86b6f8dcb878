//! `tasker-bench million-open`: what the tasks that wait, and those that are over, cost a single call.

mod meter;
mod operations;
mod waiting;

use super::bulk::Bulk;
use super::fill::fill;
use super::hosts::{BenchArgs, FIRST, Hosts, publish_component, publish_template};
use super::report::{BenchReport, Printed, shown};
use super::workload::Workload;
use meter::Meter;
use operations::{Operations, Timed};
use serde::Serialize;
use std::time::Duration;
use tasker::host::private_server;
use tasker_cli::tell;
use tasker_embedded_postgres::Embedded;

/// The shape of all tasks here.
const WORKLOAD: Workload = Workload::Noop;

/// Open tasks in tables that are called empty: a page of a list.
const OPEN_AT_LEAST: u32 = 100;

/// Measure single calls with empty tables, with many open tasks that wait, and with many finished ones besides.
#[derive(Debug, clap::Args)]
pub(super) struct MillionOpen {
    /// Open tasks, whose step is due in a day or later.
    #[arg(long, default_value_t = 100_000, value_name = "COUNT")]
    open_tasks: u32,
    /// Finished tasks.
    #[arg(long, default_value_t = 200_000, value_name = "COUNT")]
    finished_tasks: u32,
    /// How often each call is made.
    #[arg(long, default_value_t = 200, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    tries: u32,
    /// Pause before calls are measured: for two `tasker.call_max()` a host searches the log for leases.
    #[arg(long, default_value_t = 65, value_name = "SECONDS")]
    settle_seconds: u64,
    #[command(flatten)]
    common: BenchArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    tries: u32,
    stages: Vec<Stage>,
}

#[derive(Debug, Serialize)]
struct Stage {
    open_tasks: u32,
    finished_tasks: u32,
    /// All tables and indexes.
    table_mib: f64,
    calls: Vec<Compared>,
}

/// A call, beside the same call with empty tables.
#[derive(Debug, Serialize)]
struct Compared {
    #[serde(flatten)]
    timed: Timed,
    ratio_of_p50: f64,
    ratio_of_blocks: Option<f64>,
}

impl MillionOpen {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        let scratch = self.common.scratch()?;
        let server = match self.common.has_database() {
            true => None,
            false => {
                let mut config = private_server(&scratch.path().join("postgres"));
                config.settings = meter::settings();
                Some(Embedded::start(config).await?)
            }
        };
        let common = match &server {
            Some(server) => self.common.on(server.url()),
            None => self.common.clone(),
        };
        let hosts = common.start(1, None).await?;
        let measured = self.measure(&hosts, server.as_ref()).await;
        hosts.stop().await?;
        if let Some(server) = server {
            server.stop().await?;
        }
        Printed::of(&measured?)
    }

    async fn measure(&self, hosts: &Hosts, server: Option<&Embedded>) -> anyhow::Result<Measured> {
        let (member, bulk) = (hosts.first(), hosts.first().bulk());
        publish_component(&member.registry, "basics", &FIRST, self.common.component()?).await?;
        publish_template(&member.registry, WORKLOAD.name(), &WORKLOAD.yaml()).await?;
        let meter = Meter::open(server).await?;
        let mut operations = Operations::new(member, meter, self.tries).await?;
        waiting::fill(member, OPEN_AT_LEAST).await?;
        // Sessions are opened and plans made.
        operations.run().await?;
        let mut stages = Vec::new();
        let empty = self.stage(&mut operations, &bulk, &stages, (0, 0)).await?;
        stages.push(empty);
        tell(&format!("{} tasks begin to wait\n", self.open_tasks));
        waiting::fill(member, self.open_tasks).await?;
        bulk.vacuum().await?;
        let open = (self.open_tasks, 0);
        let waiting = self.stage(&mut operations, &bulk, &stages, open).await?;
        stages.push(waiting);
        tell(&format!(
            "{} finished tasks are added\n",
            self.finished_tasks
        ));
        fill(&bulk, WORKLOAD.name(), self.finished_tasks).await?;
        let all = (self.open_tasks, self.finished_tasks);
        let finished = self.stage(&mut operations, &bulk, &stages, all).await?;
        stages.push(finished);
        Ok(Measured {
            tries: self.tries,
            stages,
        })
    }

    async fn stage(
        &self,
        operations: &mut Operations<'_>,
        bulk: &Bulk,
        before: &[Stage],
        (open_tasks, finished_tasks): (u32, u32),
    ) -> anyhow::Result<Stage> {
        tokio::time::sleep(Duration::from_secs(self.settle_seconds)).await;
        tell("measuring\n");
        let table_mib = bulk.table_mib().await?;
        let compare = |timed: Timed| {
            let of_empty = before.first().and_then(|empty| {
                let same = |other: &&Compared| other.timed.call == timed.call;
                empty.calls.iter().find(same)
            });
            let empty = of_empty.map_or(&timed, |empty| &empty.timed);
            Compared {
                ratio_of_p50: timed.p50_ms / empty.p50_ms,
                ratio_of_blocks: timed.blocks.zip(empty.blocks).map(|(now, then)| now / then),
                timed,
            }
        };
        let calls = operations.run().await?.into_iter().map(compare).collect();
        Ok(Stage {
            open_tasks,
            finished_tasks,
            table_mib,
            calls,
        })
    }
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        let mut lines = vec![format!("{} calls of each kind", self.tries)];
        for stage in &self.stages {
            lines.push(format!(
                "{} open, {} finished tasks, {:.0} MiB",
                stage.open_tasks, stage.finished_tasks, stage.table_mib
            ));
            lines.push("  call          p50 ms   ratio    blocks   ratio".to_owned());
            lines.extend(stage.calls.iter().map(|call| {
                format!(
                    "  {:<12} {:>7.3} {:>7.2} {:>9} {:>7}",
                    call.timed.call,
                    call.timed.p50_ms,
                    call.ratio_of_p50,
                    shown(call.timed.blocks, 1),
                    shown(call.ratio_of_blocks, 2)
                )
            }));
        }
        lines.join("\n")
    }
}
