//! One measurement, from an empty host to its report.

use super::Bench;
use super::fill::fill;
use super::pgbench::Pgbench;
use super::report::{Percentiles, Report, SandboxUs};
use super::usage;
use super::workload::Workload;
use crate::cli::output::tell;
use crate::domain::actor::Actor;
use crate::domain::digest::Digest;
use crate::domain::grants::Grants;
use crate::domain::ids::TaskId;
use crate::domain::invocation::{Invocation, Lease, StepPlan};
use crate::domain::limits::Limits;
use crate::domain::requirement::QualifiedName;
use crate::host::{AuthConfig, DatabaseChoice, Host, HostConfig};
use crate::registry::Registry;
use crate::registry::upkeep::Upkeep;
use crate::sandbox::{CompileLimits, Compiler};
use crate::store::StoreError;
use crate::store::bench::{Bulk, Counters, PercentilesMs};
use crate::tasks::Tasks;
use crate::tasks::submit::{MAX_BATCH_TASKS, Submit};
use crate::worker::WorkerConfig;
use anyhow::Context as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two looks whether all is done.
const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// Statistics of a session reach the server's counters within this time.
const STATISTICS_DELAY: Duration = Duration::from_millis(1_500);

/// Calls of the sandbox that are timed.
const SANDBOX_CALLS: usize = 3_000;

/// The correlation id of measured tasks; others have another.
const MEASURED: &str = "measured";

/// What is measured with.
struct Bed<'a> {
    bench: &'a Bench,
    host: Host,
    tasks: Tasks,
    bulk: Bulk,
}

/// What was used up to a moment.
struct Used {
    counters: Counters,
    postgres: Option<Duration>,
    host: Option<Duration>,
    calls: u64,
}

pub(super) async fn run(bench: &Bench, component: &[u8]) -> anyhow::Result<Report> {
    let scratch = scratch(bench.scratch_dir.as_deref())?;
    let host = start(bench, scratch.path()).await?;
    let registry = Registry::new(host.store.clone(), host.sandbox.clone());
    let tasks = Tasks::new(host.store.clone(), registry.clone(), host.wake.clone());
    publish(&registry, bench.workload, component).await?;
    let bulk = Bulk::new(&host.store);
    let bed = Bed {
        bench,
        host,
        tasks,
        bulk,
    };

    let say = |text: &str| tell(&format!("{text}\n"));
    let pgbench = Pgbench::prepare(&bed.url(), bench.pgbench_seconds).await?;
    if pgbench.is_none() && bench.pgbench_seconds > 0 {
        say("pgbench was not found beside PostgreSQL's programs: its figures are null");
    }
    say("warming up");
    bed.run_tasks(bench.warmup.max(1), "warmup").await?;
    if bench.finished_tasks > 0 {
        say("filling the tables");
        fill(&bed.bulk, bench.workload.name(), bench.finished_tasks).await?;
    }
    let mut figures = Vec::new();
    if let Some(pgbench) = &pgbench {
        say("running pgbench");
        figures.push(pgbench.measure().await?);
    }
    say("measuring");
    let mut report = bed.measure().await?;
    report.sandbox_us = bed.sandbox(component).await?;
    if let Some(pgbench) = &pgbench {
        say("running pgbench again");
        figures.push(pgbench.measure().await?);
        pgbench.clean().await?;
    }
    report.compare(&figures);
    bed.host.stop().await?;
    Ok(report)
}

/// A directory through which the account of PostgreSQL may pass.
pub(super) fn scratch(parent: Option<&Path>) -> anyhow::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder
        .prefix("tasker-bench-")
        .permissions(std::fs::Permissions::from_mode(0o711));
    let made = match parent {
        Some(dir) => builder.tempdir_in(dir),
        None => builder.tempdir(),
    };
    made.context("cannot make a directory for the measurement")
}

async fn start(bench: &Bench, scratch: &Path) -> anyhow::Result<Host> {
    let worker = WorkerConfig {
        slots: bench.slots.into(),
        lanes: bench.lanes.into(),
        batch: bench.batch.into(),
        ..WorkerConfig::default()
    };
    let host = Host::start(HostConfig {
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir: scratch.join("data"),
        database: bench
            .database_url
            .clone()
            .map_or(DatabaseChoice::Embedded, DatabaseChoice::Url),
        secret_keys: None,
        connections: crate::store::DEFAULT_CONNECTIONS,
        compiler: Compiler::of_this_program(CompileLimits::default()),
        worker: Some(worker),
        watch: None,
        upkeep: Upkeep::default(),
        auth: AuthConfig::Off,
        tls: None,
    });
    Ok(host.await?)
}

async fn publish(registry: &Registry, workload: Workload, component: &[u8]) -> anyhow::Result<()> {
    let version = semver::Version::new(1, 0, 0);
    registry
        .publish_component(
            &target("basics")?,
            &version,
            component.to_vec().into(),
            &Actor::host(),
        )
        .await?;
    registry
        .publish_template(
            &target(workload.name())?,
            &version,
            &workload.yaml(),
            &Actor::host(),
        )
        .await?;
    Ok(())
}

pub(super) fn target(name: &str) -> anyhow::Result<QualifiedName> {
    Ok(QualifiedName {
        namespace: "bench".parse()?,
        name: name.parse()?,
    })
}

impl Bed<'_> {
    fn url(&self) -> String {
        match &self.bench.database_url {
            Some(url) => url.clone(),
            None => self.host.database_url(),
        }
    }

    /// Submits tasks and waits until none is open.
    async fn run_tasks(&self, count: u32, correlation_id: &str) -> anyhow::Result<()> {
        let steps = u64::from(count) * self.bench.workload.steps() as u64;
        let attempts = self.host.stats.attempts() + steps;
        let mut left = count as usize;
        while left > 0 {
            let batch = left.min(MAX_BATCH_TASKS);
            self.tasks
                .submit_batch(vec![self.submit()?; batch], correlation_id)
                .await?;
            left -= batch;
        }
        // Asking the database all the time would be a part of what is measured.
        while self.host.stats.attempts() < attempts {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        while self.bulk.has_open_tasks().await? {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        Ok(())
    }

    fn submit(&self) -> anyhow::Result<Submit> {
        Ok(Submit {
            namespace: "bench".parse()?,
            template: self.bench.workload.name().parse()?,
            version: None,
            input: serde_json::json!({}),
            idempotency_key: None,
            correlation_id: None,
        })
    }

    async fn used(&self) -> anyhow::Result<Used> {
        tokio::time::sleep(STATISTICS_DELAY).await;
        Ok(Used {
            counters: self.bulk.counters().await?,
            postgres: self.host.postgres_pid().and_then(usage::tree_cpu),
            host: usage::own_cpu(),
            calls: self.host.stats.calls(),
        })
    }

    async fn measure(&self) -> anyhow::Result<Report> {
        let (workload, tasks) = (self.bench.workload, self.bench.tasks);
        let before = self.used().await?;
        let started = Instant::now();
        let seen_ms = match workload {
            Workload::Latency => Some(self.one_at_a_time(tasks).await?),
            Workload::Noop
            | Workload::Linear5
            | Workload::Diamond
            | Workload::Tree
            | Workload::Wide => {
                self.run_tasks(tasks, MEASURED).await?;
                None
            }
        };
        let seconds = started.elapsed().as_secs_f64();
        let calls = self.host.stats.calls();
        let after = Used {
            calls,
            ..self.used().await?
        };
        let task_ms = match seen_ms {
            Some(ms) => ms,
            None => percentiles(self.bulk.task_ms(workload.name(), MEASURED).await?),
        };
        let step_ms = percentiles(self.bulk.step_ms(workload.name(), MEASURED).await?);
        Ok(report(
            self.bench,
            seconds,
            (&before, &after),
            task_ms,
            step_ms,
        ))
    }

    /// One task after the other; the times are the submitter's.
    async fn one_at_a_time(&self, tasks: u32) -> anyhow::Result<Percentiles> {
        let mut times_ms = Vec::with_capacity(tasks as usize);
        for _ in 0..tasks {
            let started = Instant::now();
            let submitted = self.tasks.submit(self.submit()?, MEASURED).await?;
            self.wait(submitted.task_id).await?;
            times_ms.push(started.elapsed().as_secs_f64() * 1e3);
        }
        Ok(percentiles_of(times_ms))
    }

    async fn wait(&self, task: TaskId) -> anyhow::Result<()> {
        Ok(self.tasks.wait(task, None, Duration::from_secs(60)).await?)
    }

    async fn sandbox(&self, component: &[u8]) -> anyhow::Result<SandboxUs> {
        let digest = Digest::of(component);
        let load = async || Ok::<_, StoreError>(component.to_vec());
        let prepared = self.host.sandbox.prepare(digest, load).await?;
        let times = self
            .host
            .sandbox
            .measure_call(&prepared, invocation(digest), SANDBOX_CALLS)
            .await;
        Ok(SandboxUs {
            p50: times.p50_us,
            p99: times.p99_us,
        })
    }
}

fn invocation(digest: Digest) -> Arc<Invocation> {
    let step = StepPlan {
        namespace: "bench".into(),
        name: "s0".into(),
        component: "bench".into(),
        component_version_id: 0,
        digest,
        handler: "noop".to_owned(),
        config: "null".to_owned(),
        max_attempts: 1,
        limits: Limits::default(),
        grants: Arc::new(Grants::default()),
        result_schema: None,
    };
    Arc::new(Invocation {
        lease: Lease {
            task_id: TaskId::generate(),
            step_no: 0,
            attempt: 1,
        },
        step: Arc::new(step),
        task_input: "{}".into(),
        dependencies: Vec::new(),
        checkpoint: None,
        correlation_id: MEASURED.into(),
    })
}

fn report(
    bench: &Bench,
    seconds: f64,
    (before, after): (&Used, &Used),
    task_ms: Percentiles,
    step_overhead_ms: Percentiles,
) -> Report {
    let tasks = u64::from(bench.tasks);
    let steps = tasks * bench.workload.steps() as u64;
    let per_step = |figure: f64| figure / steps as f64;
    let cpu_ms = |before: Option<Duration>, after: Option<Duration>| {
        Some(per_step(after?.saturating_sub(before?).as_secs_f64() * 1e3))
    };
    Report {
        workload: bench.workload,
        tasks,
        steps,
        seconds,
        steps_per_s: steps as f64 / seconds,
        tasks_per_s: tasks as f64 / seconds,
        task_ms,
        step_overhead_ms,
        postgres_cpu_ms_per_step: cpu_ms(before.postgres, after.postgres),
        host_cpu_ms_per_step: cpu_ms(before.host, after.host),
        wal_bytes_per_step: per_step(after.counters.wal_bytes - before.counters.wal_bytes),
        commits_per_step: per_step((after.counters.commits - before.counters.commits) as f64),
        sql_calls_per_step: per_step((after.calls - before.calls) as f64),
        host_peak_mib: usage::own_peak_mib(),
        sandbox_us: SandboxUs { p50: 0.0, p99: 0.0 },
        pgbench_tps_16: None,
        pgbench_latency_ms_1: None,
        ratio_to_pgbench: None,
        latency_ratio: None,
        finished_tasks: bench.finished_tasks,
    }
}

/// Of some times, at least one.
pub(super) fn percentiles_of(mut times_ms: Vec<f64>) -> Percentiles {
    times_ms.sort_by(f64::total_cmp);
    let at = |part: f64| times_ms[((times_ms.len() - 1) as f64 * part) as usize];
    percentiles([at(0.5), at(0.95), at(0.99)])
}

fn percentiles([p50, p95, p99]: PercentilesMs) -> Percentiles {
    Percentiles { p50, p95, p99 }
}
