//! One measurement, from an empty host to its report.

use super::Bench;
use super::bulk::{Bulk, Counters, PercentilesMs};
use super::fill::fill;
use super::hosts::{FIRST, Hosts, Member, publish_component, publish_template, submit};
use super::pgbench::Pgbench;
use super::report::{Figures, Percentiles, Printed, SandboxUs};
use super::usage;
use super::workload::Workload;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker::host::Host;
use tasker_cli::tell;
use tasker_client::Client;
use tasker_database::DatabaseError;
use tasker_domain::digest::Digest;
use tasker_domain::grants::Grants;
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::{Invocation, Lease, StepPlan};
use tasker_domain::limits::Limits;
use tasker_wire::metrics::ShowMetrics;
use tasker_worker::WorkerConfig;
use tokio_util::task::AbortOnDropHandle;

/// Statistics of a session reach the server's counters within this time.
pub(super) const STATISTICS_DELAY: Duration = Duration::from_millis(1_500);

/// Calls of the sandbox that are timed.
const SANDBOX_CALLS: usize = 3_000;

/// The correlation id of measured tasks; others have another.
const MEASURED: &str = "measured";

/// What is measured with.
struct Bed<'a> {
    bench: &'a Bench,
    hosts: Hosts,
    bulk: Bulk,
}

/// What was used up to a moment.
struct Used {
    counters: Counters,
    postgres: Option<Duration>,
    host: Option<Duration>,
    calls: u64,
}

pub(super) async fn run(bench: &Bench) -> anyhow::Result<Printed> {
    let component = &bench.common.component()?;
    let hosts = bench.common.start(1, Some(&worker(bench))).await?;
    let registry = &hosts.first().registry;
    publish_component(registry, "basics", &FIRST, component.clone()).await?;
    let workload = bench.workload;
    publish_template(registry, workload.name(), &workload.yaml()).await?;
    let bulk = hosts.first().bulk();
    let bed = Bed { bench, hosts, bulk };

    let say = |text: &str| tell(&format!("{text}\n"));
    let pgbench = Pgbench::prepare(&bed.host().database_url(), bench.pgbench_seconds).await?;
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
    let scraped = bench.scrape_ms.map(|ms| bed.scrape(ms)).transpose()?;
    let mut report = bed.measure().await?;
    drop(scraped);
    report.sandbox_us = bed.sandbox(component).await?;
    if let Some(pgbench) = &pgbench {
        say("running pgbench again");
        figures.push(pgbench.measure().await?);
        pgbench.clean().await?;
    }
    report.compare(&figures);
    bed.hosts.stop().await?;
    Printed::of(&report)
}

fn worker(bench: &Bench) -> WorkerConfig {
    WorkerConfig {
        slots: bench.slots.into(),
        max_in_flight: bench.max_in_flight.into(),
        batch: bench.batch.into(),
        ..WorkerConfig::default()
    }
}

impl Bed<'_> {
    /// Submits tasks and waits until none is open.
    async fn run_tasks(&self, count: u32, correlation_id: &str) -> anyhow::Result<()> {
        let workload = self.bench.workload;
        let submits = vec![submit(workload.name())?; count as usize];
        let steps = u64::from(count) * workload.steps() as u64;
        self.member().run_all(submits, steps, correlation_id).await
    }

    fn member(&self) -> &Member {
        self.hosts.first()
    }

    fn host(&self) -> &Host {
        &self.member().host
    }

    /// Has the host's metrics read so often, as Prometheus does, until what is returned is dropped.
    fn scrape(&self, ms: u64) -> anyhow::Result<AbortOnDropHandle<()>> {
        let client = Client::builder(&self.host().url())?.build()?;
        let mut turns = tokio::time::interval(Duration::from_millis(ms));
        Ok(AbortOnDropHandle::new(tokio::spawn(async move {
            loop {
                turns.tick().await;
                if let Err(error) = client.call(ShowMetrics {}).bytes().await {
                    tell(&format!("the metrics could not be read: {error}\n"));
                }
            }
        })))
    }

    async fn used(&self) -> anyhow::Result<Used> {
        tokio::time::sleep(STATISTICS_DELAY).await;
        Ok(Used {
            counters: self.bulk.counters().await?,
            postgres: self.host().postgres_pid().and_then(usage::tree_cpu),
            host: usage::own_cpu(),
            calls: self.host().stats.calls(),
        })
    }

    async fn measure(&self) -> anyhow::Result<Figures> {
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
        let calls = self.host().stats.calls();
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
            let submitted = self
                .member()
                .tasks
                .submit(submit(self.bench.workload.name())?, MEASURED)
                .await?;
            self.wait(TaskId(submitted.task.task.task_id)).await?;
            times_ms.push(started.elapsed().as_secs_f64() * 1e3);
        }
        Ok(percentiles_of(times_ms))
    }

    async fn wait(&self, task: TaskId) -> anyhow::Result<()> {
        Ok(self
            .member()
            .tasks
            .wait(task, None, Duration::from_secs(60))
            .await?)
    }

    async fn sandbox(&self, component: &[u8]) -> anyhow::Result<SandboxUs> {
        let digest = Digest::of(component);
        let load = async || Ok::<_, DatabaseError>(component.to_vec());
        let prepared = self.host().sandbox.prepare(digest, load).await?;
        let times = self
            .host()
            .sandbox
            .measure_call(&prepared, invocation(digest), SANDBOX_CALLS)
            .await;
        Ok(SandboxUs {
            p50: times.p50_us,
            p99: times.p99_us,
        })
    }
}

pub(super) fn invocation(digest: Digest) -> Arc<Invocation> {
    invocation_of(digest, "noop", "{}")
}

/// An attempt of a handler with an input, as JSON text.
pub(super) fn invocation_of(digest: Digest, handler: &str, input: &str) -> Arc<Invocation> {
    let step = StepPlan {
        namespace: "bench".into(),
        name: "s0".into(),
        component: "bench".into(),
        component_version_id: 0,
        digest,
        handler: handler.to_owned(),
        config: "null".to_owned(),
        max_attempts: 1,
        limits: Limits::default(),
        grants: Arc::new(Grants::default()),
        result_schema: None,
        event_schemas: Vec::new(),
        recording: None,
    };
    Arc::new(Invocation {
        lease: Lease {
            task_id: TaskId::generate(),
            step_no: 0,
            attempt: 1,
        },
        step: Arc::new(step),
        task_input: input.into(),
        dependencies: Vec::new(),
        checkpoint: None,
        correlation_id: MEASURED.into(),
        caller: None,
        event: None,
    })
}

fn report(
    bench: &Bench,
    seconds: f64,
    (before, after): (&Used, &Used),
    task_ms: Percentiles,
    step_overhead_ms: Percentiles,
) -> Figures {
    let tasks = u64::from(bench.tasks);
    let steps = tasks * bench.workload.steps() as u64;
    let per_step = |figure: f64| figure / steps as f64;
    let cpu_ms = |before: Option<Duration>, after: Option<Duration>| {
        Some(per_step(after?.saturating_sub(before?).as_secs_f64() * 1e3))
    };
    Figures {
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
