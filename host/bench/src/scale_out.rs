//! `tasker-bench hosts`: what more hosts bring on one database, and what they cost it.

use super::bulk::Counters;
use super::cell::Cell;
use super::hosts::submit;
use super::process::{ProcessArgs, confine};
use super::report::{BenchReport, Percentiles, Printed, shown};
use super::run::percentiles_of;
use super::workload::Workload;
use serde::Serialize;
use std::time::{Duration, Instant};
use tasker_cli::tell;
use tasker_domain::ids::TaskId;

/// The core of the databases, and that of everything else, where they are confined.
const DATABASE_CORE: usize = 0;
const HOST_CORE: usize = 1;

/// Statistics of a session reach the server's counters within this time.
const STATISTICS_DELAY: Duration = Duration::from_millis(1_500);

/// Tasks that are submitted one by one to idle hosts, and the pause after each.
const SINGLE_TASKS: u32 = 40;
const SINGLE_PAUSE: Duration = Duration::from_millis(30);

/// Measure hosts in processes of their own on one database: throughput, shares, cost.
#[derive(Debug, clap::Args)]
pub(super) struct ScaleOut {
    /// How many hosts, one measurement each.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2, 4], value_name = "COUNTS", value_parser = clap::value_parser!(u32).range(1..=64))]
    counts: Vec<u32>,
    /// PostgreSQL servers, over which hosts and tasks are divided.
    #[arg(long, default_value_t = 1, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=16))]
    databases: u32,
    /// The shape of the tasks.
    #[arg(long, value_enum, default_value_t = Workload::Linear5, value_name = "SHAPE")]
    workload: Workload,
    /// How many tasks are measured.
    #[arg(long, default_value_t = 20_000, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    tasks: u32,
    /// How long idle hosts are measured.
    #[arg(long, default_value_t = 5, value_name = "SECONDS")]
    idle_seconds: u32,
    /// Give the databases one core and the hosts another (taskset).
    #[arg(long)]
    confine: bool,
    #[command(flatten)]
    processes: ProcessArgs,
}

#[derive(Debug, Serialize)]
struct Measured {
    workload: Workload,
    tasks: u32,
    databases: u32,
    connections_per_host: u32,
    /// The databases have one core and the hosts another.
    confined: bool,
    runs: Vec<Run>,
}

#[derive(Debug, Serialize)]
struct Run {
    hosts: u32,
    /// From the first start of a step to the last end; the tasks were submitted before.
    seconds: f64,
    steps_per_s: f64,
    /// Steps of the host with the fewest, and with the most, as parts of an equal share.
    share_min: f64,
    share_max: f64,
    /// Of all server processes.
    postgres_cpu_ms_per_step: Option<f64>,
    hosts_cpu_ms_per_step: Option<f64>,
    wal_bytes_per_step: f64,
    commits_per_step: f64,
    /// Sessions that the hosts had open then; with those of the API that submits.
    sessions: i64,
    /// One task at a time, submitted to idle hosts, until it has ended.
    single_task_ms: Percentiles,
    /// Transactions for such a task, beyond those of idle hosts.
    commits_per_single_task: f64,
    /// Of hosts that have nothing to do, together.
    idle_commits_per_s: f64,
    idle_postgres_cpu_ms_per_s: Option<f64>,
}

/// What was used up to a moment.
struct Used {
    counters: Vec<Counters>,
    postgres: Option<Duration>,
    hosts: Option<Duration>,
}

impl ScaleOut {
    pub(super) async fn run(self) -> anyhow::Result<Printed> {
        anyhow::ensure!(
            self.counts.iter().all(|hosts| *hosts >= self.databases),
            "each database needs a host: --counts is to be at least --databases"
        );
        let mut runs = Vec::new();
        for (no, hosts) in self.counts.iter().enumerate() {
            tell(&format!("measuring {hosts}\n"));
            // Of this run alone, where runs share a database.
            let measured = format!("measured-{}-{no}", std::process::id());
            runs.push(self.measure(*hosts, &measured).await?);
        }
        Printed::of(&Measured {
            workload: self.workload,
            tasks: self.tasks,
            databases: self.databases,
            connections_per_host: self.processes.connections,
            confined: self.confine,
            runs,
        })
    }

    async fn cells(&self, hosts: u32) -> anyhow::Result<Vec<Cell>> {
        let mut cells = Vec::new();
        for _ in 0..self.databases {
            let cell = Cell::start(&self.processes, &[self.workload]).await?;
            if self.confine {
                let postgres = cell.member().host.postgres_pid();
                confine(std::process::id(), HOST_CORE).await?;
                confine_database(postgres).await?;
            }
            cells.push(cell);
        }
        for no in 0..hosts as usize {
            let cell = no % cells.len();
            cells[cell].add(&[]).await?;
        }
        for cell in &cells {
            cell.warm_up(self.workload).await?;
        }
        Ok(cells)
    }

    async fn measure(&self, hosts: u32, measured: &str) -> anyhow::Result<Run> {
        let cells = self.cells(hosts).await?;
        let idle = self.idle(&cells).await?;
        let (single_task_ms, commits_per_single_task) = self.singly(&cells, idle.0).await?;
        let each = self.tasks / self.databases;
        for cell in &cells {
            cell.member().bulk().pause(true).await?;
            cell.submit(self.workload, each, measured).await?;
        }
        let before = used(&cells).await?;
        for cell in &cells {
            cell.member().bulk().pause(false).await?;
            cell.member().host.notifications.hint_ready();
        }
        for cell in &cells {
            cell.until_over().await?;
        }
        let sessions = sessions(&cells).await?;
        let after = used(&cells).await?;
        let (mut shares, mut seconds) = (Vec::new(), 0.0_f64);
        for cell in &cells {
            let (of_cell, took) = cell.member().bulk().shares(measured).await?;
            shares.extend(of_cell);
            seconds = seconds.max(took);
        }
        for cell in cells {
            cell.stop().await?;
        }
        let steps = shares.iter().sum::<i64>() as f64;
        let share = |steps_of: Option<&i64>| {
            steps_of.map_or(0.0, |it| *it as f64) * f64::from(hosts) / steps
        };
        let per_step = |used: Option<Duration>| Some(used?.as_secs_f64() * 1e3 / steps);
        let spent = after.since(&before);
        Ok(Run {
            hosts,
            seconds,
            steps_per_s: steps / seconds,
            share_min: share(shares.iter().min()),
            share_max: share(shares.iter().max()),
            postgres_cpu_ms_per_step: per_step(spent.postgres),
            hosts_cpu_ms_per_step: per_step(spent.hosts),
            wal_bytes_per_step: spent.wal_bytes / steps,
            commits_per_step: spent.commits / steps,
            sessions,
            single_task_ms,
            commits_per_single_task,
            idle_commits_per_s: idle.0,
            idle_postgres_cpu_ms_per_s: idle.1,
        })
    }

    /// Commits, and milliseconds of the databases' processor time, for each second of idle hosts.
    async fn idle(&self, cells: &[Cell]) -> anyhow::Result<(f64, Option<f64>)> {
        let (before, started) = (used(cells).await?, Instant::now());
        tokio::time::sleep(Duration::from_secs(self.idle_seconds.into())).await;
        let spent = used(cells).await?.since(&before);
        let seconds = started.elapsed().as_secs_f64();
        let cpu_ms = spent.postgres.map(|it| it.as_secs_f64() * 1e3 / seconds);
        Ok((spent.commits / seconds, cpu_ms))
    }

    /// Times of single tasks on idle hosts of the first database, and the commits of one.
    async fn singly(
        &self,
        cells: &[Cell],
        idle_commits_per_s: f64,
    ) -> anyhow::Result<(Percentiles, f64)> {
        let cells = &cells[..1];
        let (before, started) = (used(cells).await?, Instant::now());
        let mut times_ms = Vec::new();
        for _ in 0..SINGLE_TASKS {
            let (started, tasks) = (Instant::now(), &cells[0].member().tasks);
            let submitted = tasks
                .submit(submit(self.workload.name())?, "single")
                .await?;
            let task = TaskId(submitted.task.task.task_id);
            tasks.wait(task, None, Duration::from_secs(60)).await?;
            times_ms.push(started.elapsed().as_secs_f64() * 1e3);
            tokio::time::sleep(SINGLE_PAUSE).await;
        }
        let commits = used(cells).await?.since(&before).commits;
        let idle = idle_commits_per_s * started.elapsed().as_secs_f64();
        let per_task = (commits - idle).max(0.0) / f64::from(SINGLE_TASKS);
        Ok((percentiles_of(times_ms), per_task))
    }
}

/// After this process, which a private server inherits its cores from.
async fn confine_database(pid: Option<u32>) -> anyhow::Result<()> {
    match pid {
        Some(pid) => confine(pid, DATABASE_CORE).await,
        None => anyhow::bail!("--confine needs a database of this program's own"),
    }
}

async fn used(cells: &[Cell]) -> anyhow::Result<Used> {
    tokio::time::sleep(STATISTICS_DELAY).await;
    let mut counters = Vec::new();
    for cell in cells {
        counters.push(cell.member().bulk().counters().await?);
    }
    Ok(Used {
        counters,
        postgres: cells.iter().map(Cell::postgres_cpu).sum(),
        hosts: cells.iter().map(Cell::hosts_cpu).sum(),
    })
}

async fn sessions(cells: &[Cell]) -> anyhow::Result<i64> {
    let mut sessions = 0;
    for cell in cells {
        sessions += cell.member().bulk().sessions().await?;
    }
    Ok(sessions)
}

/// What was used between two moments.
struct Spent {
    wal_bytes: f64,
    commits: f64,
    postgres: Option<Duration>,
    hosts: Option<Duration>,
}

impl Used {
    fn since(&self, before: &Self) -> Spent {
        let pairs = || self.counters.iter().zip(&before.counters);
        let cpu = |now: Option<Duration>, then: Option<Duration>| Some(now?.saturating_sub(then?));
        Spent {
            wal_bytes: pairs()
                .map(|(now, then)| now.wal_bytes - then.wal_bytes)
                .sum(),
            commits: pairs()
                .map(|(now, then)| (now.commits - then.commits) as f64)
                .sum(),
            postgres: cpu(self.postgres, before.postgres),
            hosts: cpu(self.hosts, before.hosts),
        }
    }
}

impl BenchReport for Measured {
    fn table(&self) -> String {
        let head = format!(
            "{} tasks of {} on {} PostgreSQL{}\n  hosts  steps/s  least–most  PostgreSQL ms  hosts ms  sessions  single ms  commits of it  idle commits/s",
            self.tasks,
            self.workload.name(),
            self.databases,
            if self.confined {
                ", databases and hosts on a core each"
            } else {
                ""
            },
        );
        let line = |run: &Run| {
            format!(
                "  {:>5}  {:>7.0}  {:>4.2}–{:<4.2}  {:>13}  {:>8}  {:>8}  {:>9.1}  {:>13.1}  {:>14.1}",
                run.hosts,
                run.steps_per_s,
                run.share_min,
                run.share_max,
                shown(run.postgres_cpu_ms_per_step, 4),
                shown(run.hosts_cpu_ms_per_step, 4),
                run.sessions,
                run.single_task_ms.p50,
                run.commits_per_single_task,
                run.idle_commits_per_s
            )
        };
        let lines = self.runs.iter().map(line);
        std::iter::once(head)
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n")
    }
}
