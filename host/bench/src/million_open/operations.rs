//! The calls that are measured, each many times.

use super::super::hosts::{Member, submit};
use super::super::run::percentiles_of;
use super::WORKLOAD;
use super::meter::Meter;
use serde::Serialize;
use std::time::{Duration, Instant};
use tasker_client::Client;
use tasker_domain::ids::{TaskId, WorkerId};
use tasker_domain::invocation::Lease;
use tasker_domain::state::TaskState;
use tasker_engine::Engine;
use tasker_engine::lease::{Holding, WorkerFacts};
use tasker_engine::low_marks::LowMarks;
use tasker_engine::report::Completed;
use tasker_wire::task::{ListTasks, ShowTask, TaskQuery, WaitQuery};
use tokio::task::JoinSet;

/// Bytes that a claim may bring.
const CLAIM_BYTES: u64 = 16 << 20;

/// Heartbeats, and after how long without one a worker is dead.
const HEARTBEAT_INTERVAL: Duration = Duration::from_millis(250);
const DEAD_AFTER: Duration = Duration::from_secs(1);

/// A gap of the heartbeats that a busy machine may have.
const GAP_MAX: Duration = Duration::from_secs(10);

/// How long after its deadline an attempt is still its host's to end, as a host asks.
const GRACE: Duration = Duration::from_secs(15);

/// Passes of the reaper.
const REAPS: u32 = 20;

/// Steps that a dead worker held.
const HELD: usize = 64;

/// Steps that are moved in one call where the database's clock was set back, as a host asks.
const CLOCK_BATCH: i32 = 5_000;

/// What one call took.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Timed {
    pub(super) call: &'static str,
    pub(super) p50_ms: f64,
    /// Pages that its statements looked at.
    pub(super) blocks: Option<f64>,
}

/// Makes the calls.
pub(super) struct Operations<'a> {
    member: &'a Member,
    client: Client,
    worker: WorkerId,
    meter: Meter,
    tries: u32,
    /// Ends with this value.
    _heartbeats: JoinSet<()>,
}

impl<'a> Operations<'a> {
    pub(super) async fn new(member: &'a Member, meter: Meter, tries: u32) -> anyhow::Result<Self> {
        let client = Client::builder(&member.host.url())?.build()?;
        let facts = WorkerFacts::default();
        let worker = member
            .host
            .engine
            .register_worker("bench", 0, facts)
            .await?;
        let mut heartbeats = JoinSet::new();
        heartbeats.spawn(be_heard(member.host.engine.clone(), worker));
        Ok(Self {
            member,
            client,
            worker,
            meter,
            tries,
            _heartbeats: heartbeats,
        })
    }

    fn engine(&self) -> &Engine {
        &self.member.host.engine
    }

    /// Each call, so many times. What it leaves are finished tasks.
    pub(super) async fn run(&mut self) -> anyhow::Result<Vec<Timed>> {
        let mut all = Vec::new();
        let mut tasks = Vec::new();
        self.meter.reset().await?;
        let mut times_ms = Vec::new();
        for _ in 0..self.tries {
            let started = Instant::now();
            let submitting = self
                .member
                .tasks
                .submit(submit(WORKLOAD.name())?, "measured");
            tasks.push(TaskId(submitting.await?.task.task.task_id));
            times_ms.push(ms_since(started));
        }
        all.push(self.timed("submit", times_ms).await?);
        let leases = self.claims(&mut all).await?;
        self.reports(leases, &mut all).await?;
        self.reaps(&mut all).await?;
        self.lists(&mut all).await?;
        let mut times_ms = Vec::new();
        for id in tasks {
            let started = Instant::now();
            self.client
                .call(ShowTask { id })
                .query(&WaitQuery::default())
                .await?;
            times_ms.push(ms_since(started));
        }
        all.push(self.timed("show", times_ms).await?);
        Ok(all)
    }

    async fn claims(&mut self, all: &mut Vec<Timed>) -> anyhow::Result<Vec<Lease>> {
        let (mut times_ms, mut leases) = (Vec::new(), Vec::new());
        for _ in 0..self.tries {
            let started = Instant::now();
            let claimed = self
                .engine()
                .claim_ready(self.worker, 1, CLAIM_BYTES, (0, 0), &LowMarks::default())
                .await?;
            times_ms.push(ms_since(started));
            leases.extend(claimed.steps.iter().map(|step| step.lease));
        }
        all.push(self.timed("claim", times_ms).await?);
        anyhow::ensure!(
            leases.len() == self.tries as usize,
            "not every claim found a step"
        );
        let mut times_ms = Vec::new();
        for _ in 0..self.tries {
            let started = Instant::now();
            self.engine()
                .claim_ready(self.worker, 64, CLAIM_BYTES, (0, 0), &LowMarks::default())
                .await?;
            times_ms.push(ms_since(started));
        }
        all.push(self.timed("claim-nothing", times_ms).await?);
        Ok(leases)
    }

    async fn reports(&mut self, leases: Vec<Lease>, all: &mut Vec<Timed>) -> anyhow::Result<()> {
        let mut times_ms = Vec::new();
        for lease in leases {
            let started = Instant::now();
            self.engine()
                .complete_steps(self.worker, &[completed(lease)], 1)
                .await?;
            times_ms.push(ms_since(started));
        }
        all.push(self.timed("complete", times_ms).await?);
        Ok(())
    }

    /// Passes of a host over workers, the clock and its own leases; then one that finds a dead worker.
    async fn reaps(&mut self, all: &mut Vec<Timed>) -> anyhow::Result<()> {
        // Those that earlier calls left are settled.
        self.pass().await?;
        self.meter.reset().await?;
        let mut times_ms = Vec::new();
        for _ in 0..REAPS {
            let started = Instant::now();
            self.pass().await?;
            times_ms.push(ms_since(started));
        }
        all.push(self.timed("reap-pass", times_ms).await?);
        let submits = vec![submit(WORKLOAD.name())?; HELD];
        self.member.submit_all(submits, "measured").await?;
        let facts = WorkerFacts::default();
        let dead = self.engine().register_worker("dead", 0, facts).await?;
        self.engine()
            .claim_ready(dead, HELD, CLAIM_BYTES, (0, 0), &LowMarks::default())
            .await?;
        tokio::time::sleep(2 * DEAD_AFTER).await;
        self.meter.reset().await?;
        let started = Instant::now();
        self.pass().await?;
        all.push(self.timed("reap-dead", vec![ms_since(started)]).await?);
        let claimed = self
            .engine()
            .claim_ready(self.worker, HELD, CLAIM_BYTES, (0, 0), &LowMarks::default())
            .await?;
        anyhow::ensure!(claimed.steps.len() == HELD, "a dead worker kept its steps");
        let done: Vec<_> = claimed
            .steps
            .iter()
            .map(|step| completed(step.lease))
            .collect();
        self.engine().complete_steps(self.worker, &done, 0).await?;
        self.meter.reset().await
    }

    async fn pass(&self) -> anyhow::Result<()> {
        self.engine().reap(self.worker, DEAD_AFTER).await?;
        self.engine().follow_clock(CLOCK_BATCH).await?;
        self.engine().reap_overdue(self.worker, &[], GRACE).await?;
        Ok(())
    }

    async fn lists(&mut self, all: &mut Vec<Timed>) -> anyhow::Result<()> {
        let namespace = || "bench".parse();
        let queries = [
            ("list", TaskQuery::default()),
            (
                "list-open",
                TaskQuery {
                    namespaces: vec![namespace()?],
                    states: vec![TaskState::InProgress],
                    ..TaskQuery::default()
                },
            ),
            (
                "list-failed",
                TaskQuery {
                    namespaces: vec![namespace()?],
                    templates: vec![WORKLOAD.name().parse()?],
                    states: vec![TaskState::Error],
                    ..TaskQuery::default()
                },
            ),
        ];
        for (call, query) in queries {
            let mut times_ms = Vec::new();
            for _ in 0..self.tries {
                let started = Instant::now();
                self.client.call(ListTasks {}).query(&query).await?;
                times_ms.push(ms_since(started));
            }
            all.push(self.timed(call, times_ms).await?);
        }
        Ok(())
    }

    /// The median, and the blocks since the last reset.
    async fn timed(&mut self, call: &'static str, times_ms: Vec<f64>) -> anyhow::Result<Timed> {
        let count = times_ms.len() as f64;
        let blocks = self.meter.blocks().await?;
        self.meter.reset().await?;
        Ok(Timed {
            call,
            p50_ms: percentiles_of(times_ms).p50,
            blocks: blocks.map(|blocks| blocks / count),
        })
    }
}

/// Sends the heartbeats of a worker that holds nothing for longer than a call; one that fails comes again.
async fn be_heard(engine: Engine, worker: WorkerId) {
    loop {
        let beat = engine.heartbeat(worker, GAP_MAX, Holding::default(), Some(&[]));
        let _ = beat.await;
        tokio::time::sleep(HEARTBEAT_INTERVAL).await;
    }
}

fn completed(lease: Lease) -> Completed {
    Completed {
        lease,
        result: "{}".to_owned(),
        usage: None,
        events: Vec::new(),
    }
}

fn ms_since(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}
