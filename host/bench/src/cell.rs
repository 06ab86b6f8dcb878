//! A database with hosts in processes of their own, and what their API would ask.

use super::hosts::{FIRST, Hosts, Member, publish_component, publish_template, submit};
use super::process::{HostProcess, ProcessArgs};
use super::usage;
use super::workload::Workload;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long hosts may take until each has run a step.
const WARM_TIMEOUT: Duration = Duration::from_secs(60);

/// Tasks for each host that has yet to run a step.
const WARM_TASKS: u32 = 200;

/// Between two looks; a look costs the database a little.
pub(super) const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// One PostgreSQL with its hosts. The API that submits is a part of this process and runs no steps.
pub(super) struct Cell {
    api: Hosts,
    args: ProcessArgs,
    pub(super) processes: Vec<HostProcess>,
    /// Hosts that were ever started.
    started: usize,
    scratch: TempDir,
}

impl Cell {
    /// A database with the sample component and the templates of these workloads, without a host.
    pub(super) async fn start(args: &ProcessArgs, workloads: &[Workload]) -> anyhow::Result<Self> {
        let scratch = args.common.scratch()?;
        let api = args.common.start(1, None).await?;
        let registry = &api.first().registry;
        publish_component(registry, "basics", &FIRST, args.common.component()?).await?;
        for workload in workloads {
            publish_template(registry, workload.name(), &workload.yaml()).await?;
        }
        Ok(Self {
            api,
            args: args.clone(),
            processes: Vec::new(),
            started: 0,
            scratch,
        })
    }

    pub(super) fn member(&self) -> &Member {
        self.api.first()
    }

    /// Starts one more host, with these options beside the usual.
    pub(super) async fn add(&mut self, more: &[&str]) -> anyhow::Result<()> {
        let url = self.member().host.database_url();
        let name = format!("process-{}", self.started);
        let host = self.args.serve(self.scratch.path(), &name, &url, more);
        self.processes.push(host.await?);
        self.started += 1;
        Ok(())
    }

    /// Kills a host as a crash does, and starts another in its place.
    pub(super) async fn replace(&mut self, no: usize, more: &[&str]) -> anyhow::Result<()> {
        let count = self.processes.len();
        self.processes.swap_remove(no % count).kill().await?;
        self.add(more).await
    }

    /// Runs tasks until every host has completed a step: its code is compiled and its sessions are open.
    pub(super) async fn warm_up(&self, workload: Workload) -> anyhow::Result<()> {
        let started = Instant::now();
        for round in 0.. {
            let correlation_id = format!("warm-up-{round}");
            self.submit(workload, WARM_TASKS * self.hosts(), &correlation_id)
                .await?;
            self.until_over().await?;
            let (shares, _) = self.member().bulk().shares(&correlation_id).await?;
            let are_warm = shares.iter().filter(|steps| **steps > 0).count();
            if are_warm >= self.processes.len() {
                break;
            }
            anyhow::ensure!(
                started.elapsed() < WARM_TIMEOUT,
                "only {are_warm} of {} hosts ran a step",
                self.processes.len()
            );
        }
        Ok(())
    }

    fn hosts(&self) -> u32 {
        u32::try_from(self.processes.len()).unwrap_or(u32::MAX)
    }

    pub(super) async fn submit(
        &self,
        workload: Workload,
        tasks: u32,
        correlation_id: &str,
    ) -> anyhow::Result<()> {
        let submits = vec![submit(workload.name())?; tasks as usize];
        self.member().submit_all(submits, correlation_id).await
    }

    /// Returns once no task is open.
    pub(super) async fn until_over(&self) -> anyhow::Result<()> {
        while self.member().bulk().has_open_tasks().await? {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        Ok(())
    }

    /// Processor time so far of the database, if it is this program's own.
    pub(super) fn postgres_cpu(&self) -> Option<Duration> {
        self.member().host.postgres_pid().and_then(usage::tree_cpu)
    }

    /// Processor time so far of the hosts.
    pub(super) fn hosts_cpu(&self) -> Option<Duration> {
        let each = self.processes.iter();
        each.map(|host| usage::tree_cpu(host.pid)).sum()
    }

    /// Stops the hosts, then the database.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        let stopping = self.processes.into_iter().map(HostProcess::stop);
        futures::future::try_join_all(stopping).await?;
        self.api.stop().await
    }
}
