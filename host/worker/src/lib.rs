//! Claims steps, runs their handlers in the sandbox, and reports the outcomes.
//!
//! There is one loop per host, and it has no durable state: the database knows its leases, and detects a
//! dead host by its missing heartbeat.

mod answers;
mod attempt;
mod attempt_metrics;
mod declared_schemas;
mod dispatch;
mod finished;
mod given_back;
mod handler_log;
mod heartbeat;
mod held;
mod host_side;
mod leases;
mod log_store;
mod plan;
mod prefetch;
mod prepare;
mod quarantine_set;
mod queue_position;
mod reap;
mod recording_store;
mod rollout_guards;
mod round;
mod running;
mod stalls;
mod statistics;
mod stats;
mod unreadable;
mod watchdog;

pub use log_store::LogStore;
pub use recording_store::RecordingStore;
pub use stats::WorkerStats;

use dispatch::{Dispatch, LoopEnd};
use heartbeat::Beat;
use leases::HeldLeases;
use plan::PlanCache;
use quarantine_set::QuarantineSet;
use queue_position::QueuePosition;
use std::sync::Arc;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_database::backoff::Backoff;
use tasker_database::notifications::Notifications;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::WorkerId;
use tasker_domain::limits::Limits;
use tasker_domain::recording_rule::RecordingPolicy;
use tasker_engine::Engine;
use tasker_engine::lease::WorkerFacts;
use tasker_sandbox::Sandbox;
use tasker_telemetry::Tracer;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

/// How one worker loop works.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// Shown to people as the holder of leases.
    pub host_name: String,
    /// Attempts under way at the same time.
    pub slots: usize,
    /// Calls to the database under way at the same time.
    pub max_in_flight: usize,
    /// Reports, and claims, of one call.
    pub batch: usize,
    /// How often an idle worker polls for work without a hint.
    pub poll_interval: Duration,
    pub heartbeat_interval: Duration,
    /// A worker without a heartbeat for this long is dead: [`BEATS_BEFORE_DEAD`] intervals at least.
    pub dead_after: Duration,
    /// How long after its deadline an attempt is still its sandbox's to end; then the worker ends it.
    pub deadline_grace: Duration,
    /// How long attempts under way may go on at shutdown before they are given back.
    pub drain_timeout: Duration,
    /// The upper limits of an attempt, regardless of its namespace and step.
    pub limits: Limits,
    /// What attempts log goes to the host's log too.
    pub log_handlers: bool,
    /// Every attempt of this host is recorded, whatever the rules of namespaces say.
    pub record: bool,
}

impl Default for WorkerConfig {
    fn default() -> Self {
        Self {
            host_name: "localhost".to_owned(),
            slots: default_slots(),
            max_in_flight: 2,
            batch: 128,
            poll_interval: Duration::from_millis(500),
            heartbeat_interval: Duration::from_secs(2),
            dead_after: Duration::from_secs(10),
            deadline_grace: Duration::from_secs(15),
            drain_timeout: Duration::from_secs(20),
            limits: Limits::of_host(),
            log_handlers: false,
            record: false,
        }
    }
}

/// Heartbeats that are due before a worker may be declared dead. With fewer, each heartbeat would begin a new
/// series, and a worker with too short a series declares no other one dead.
pub const BEATS_BEFORE_DEAD: u32 = 3;

/// Attempts under way at the same time, for each core: most of them wait for something.
pub const SLOTS_PER_CORE: usize = 128;
/// The default maximum: each slot reserves address space for its memories.
const MAX_DEFAULT_SLOTS: usize = 1_000;

/// As many slots as this machine's cores can serve.
pub fn default_slots() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    (cores * SLOTS_PER_CORE).min(MAX_DEFAULT_SLOTS)
}

/// What attempts left and is not stored yet.
#[derive(Clone, Debug, Default)]
pub struct WorkerStores {
    /// What they logged.
    pub logs: LogStore,
    /// What they saw of the host.
    pub recordings: RecordingStore,
}

/// The parts of a worker loop.
#[derive(Clone)]
pub struct Worker {
    pub engine: Engine,
    pub sandbox: Sandbox,
    pub notifications: Notifications,
    pub config: WorkerConfig,
    pub stats: Arc<WorkerStats>,
    /// What attempts left and is not stored yet.
    pub stores: WorkerStores,
    /// Where spans of attempts go.
    pub tracer: Tracer,
}

/// How long to wait before trying to register again.
const REGISTER_RETRY_FIRST: Duration = Duration::from_millis(500);
const REGISTER_RETRY_MAX: Duration = Duration::from_secs(5);

/// How long the database may take to hear that the worker ends.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(3);

impl Worker {
    /// Works until `shutdown`, then finishes its attempts or gives them back.
    ///
    /// A lost database is waited for. An error means that the database refuses this host at its start.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), DatabaseError> {
        let guests = self.engine.for_guests();
        let quarantine = tokio::select! {
            quarantine = QuarantineSet::read(&guests) => quarantine?,
            () = shutdown.cancelled() => return Ok(()),
        };
        // Ends with this call.
        let _background = self.start_background(&quarantine, &shutdown);
        let logs_end = CancellationToken::new();
        let logs = self
            .stores
            .logs
            .clone()
            .run(self.engine.clone(), logs_end.clone());
        let recordings = self.stores.recordings.clone();
        let recordings = recordings.run(self.engine.clone(), logs_end.clone());
        let storing = async { tokio::join!(logs, recordings) };
        let storing = AbortOnDropHandle::new(tokio::spawn(storing));
        let plans = Arc::new(PlanCache::new(
            self.config.limits.clone(),
            self.config.record.then_some(RecordingPolicy::ALL),
            quarantine.clone(),
        ));
        self.stats.metrics().set_slots(self.config.slots);
        let mut was_taken_in = false;
        while let Some(id) = self.register(was_taken_in, &shutdown).await? {
            was_taken_in = true;
            tracing::info!(
                worker_id = id.0,
                slots = self.config.slots,
                "worker started"
            );
            let (held, queue) = (HeldLeases::default(), QueuePosition::default());
            // Ends with this turn.
            let (beats, _alive) = self.keep_alive(id, &held, &queue);
            let known = (held, queue);
            let dispatch =
                Dispatch::new(&self, id, plans.clone(), quarantine.changes(), known, beats);
            match dispatch.run(&shutdown).await {
                LoopEnd::Shutdown => {
                    self.stop(id).await;
                    handler_log::flush(self.config.log_handlers).await;
                    break;
                }
                LoopEnd::Dead => tracing::warn!(
                    worker_id = id.0,
                    "declared dead by another host; registering again"
                ),
            }
        }
        logs_end.cancel();
        // It is over soon, in any case.
        storing.await.ok();
        Ok(())
    }

    /// Starts the background tasks of the loop; they end when the returned set is dropped.
    fn start_background(
        &self,
        quarantine: &QuarantineSet,
        shutdown: &CancellationToken,
    ) -> JoinSet<()> {
        let mut background = JoinSet::new();
        let (engine, interval) = (&self.engine, self.config.heartbeat_interval);
        background.spawn(rollout_guards::run(
            engine.for_maintenance(),
            shutdown.clone(),
        ));
        background.spawn(statistics::run(
            engine.for_maintenance(),
            self.stats.clone(),
            shutdown.clone(),
        ));
        let refreshed = quarantine.clone();
        background.spawn(refreshed.maintain(
            engine.for_guests(),
            self.notifications.clone(),
            interval,
        ));
        background.spawn(prefetch::run(self.clone(), quarantine.clone()));
        background
    }

    /// Starts what keeps the worker alive and takes over from the dead, for as long as the set is kept.
    fn keep_alive(
        &self,
        id: WorkerId,
        held: &HeldLeases,
        queue: &QueuePosition,
    ) -> (Receiver<Beat>, JoinSet<()>) {
        // The loop proves that it runs by receiving.
        let (to_loop, beats) = mpsc::channel(1);
        let mut alive = JoinSet::new();
        alive.spawn(heartbeat::run(self.clone(), id, held.clone(), to_loop));
        alive.spawn(reap::run(self.clone(), id, held.clone()));
        alive.spawn(queue_position::run(self.clone(), queue.clone()));
        (beats, alive)
    }

    /// Waits for a database that is lost; one that refuses this host is an error, unless it took it before.
    async fn register(
        &self,
        was_taken_in: bool,
        shutdown: &CancellationToken,
    ) -> Result<Option<WorkerId>, DatabaseError> {
        let mut backoff = Backoff::new(REGISTER_RETRY_FIRST, REGISTER_RETRY_MAX);
        let (name, pid) = (&self.config.host_name, std::process::id());
        let facts = WorkerFacts {
            version: env!("CARGO_PKG_VERSION"),
            slots: self.config.slots,
            is_draining: self.stats.claiming().drain().is_asked(),
        };
        while !shutdown.is_cancelled() {
            let registered = tokio::select! {
                registered = self.engine.register_worker(name, pid, facts) => registered,
                () = shutdown.cancelled() => break,
            };
            match registered {
                Ok(id) => return Ok(Some(id)),
                Err(error) if !error.is_transient() && !was_taken_in => return Err(error),
                Err(error) => {
                    tracing::warn!(error = %ErrorChain(&error), "the database does not register this host; waiting for it");
                }
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = backoff.wait() => {}
            }
        }
        Ok(None)
    }

    async fn stop(&self, id: WorkerId) {
        let stopping = self.engine.stop_worker(id, "host stopped");
        let Ok(stopped) = tokio::time::timeout(GOODBYE_TIMEOUT, stopping).await else {
            tracing::warn!(
                "the database did not answer at the stop of this worker; another host takes over its steps"
            );
            return;
        };
        match stopped {
            Ok(released) => tracing::info!(worker_id = id.0, released, "worker stopped"),
            Err(error) => {
                tracing::warn!(error = %ErrorChain(&error), "the worker could not be stopped in the database; another host takes over its steps");
            }
        }
    }
}
