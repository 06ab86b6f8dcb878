//! Takes back the steps of dead hosts and other orphaned steps, and puts back what the queue lacks. Every host does this; the database admits
//! one at a time.

use super::Worker;
use super::leases::HeldLeases;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::WorkerId;
use tasker_engine::Engine;
use tokio::time::{Interval, MissedTickBehavior};

/// Between looks for leases that this host does not know.
const OVERDUE_INTERVAL: Duration = Duration::from_secs(30);

/// Steps that are moved in one call where the database's clock was set back.
const CLOCK_BATCH: i32 = 5_000;

/// Between two checks whether the queue lacks steps, of all hosts together, and steps of one check. A walk through
/// a million open tasks of one step takes 83 minutes.
const QUEUE_INTERVAL: Duration = Duration::from_secs(5);
const QUEUE_BATCH: i32 = 1_000;

/// Failures in a row before a warning is logged: a single one is most likely an outage, which is logged elsewhere.
const TOLD_FROM: u32 = 2;

/// Reaps in the name of the worker for as long as it is polled.
pub(super) async fn run(worker: Worker, id: WorkerId, held: HeldLeases) {
    let (engine, config) = (&worker.engine, &worker.config);
    let mut dead = Work::every(config.dead_after / 3, "steps of dead hosts taken back");
    let mut clock = Work::every(config.heartbeat_interval, "steps moved with the clock");
    let mut overdue = Work::every(
        OVERDUE_INTERVAL,
        "attempts given back that this host does not know",
    );
    let mut queue = Work::every(
        QUEUE_INTERVAL,
        "ready steps that the queue lacked were put back: they would not have been claimed",
    );
    loop {
        tokio::select! {
            _ = queue.interval.tick() => {
                queue.tell(engine.check_queue(QUEUE_BATCH, QUEUE_INTERVAL).await);
            }
            _ = dead.interval.tick() => dead.tell(engine.reap(id, config.dead_after).await),
            _ = clock.interval.tick() => clock.tell(follow_clock(engine).await),
            _ = overdue.interval.tick() => {
                let grace = config.deadline_grace;
                overdue.tell(engine.reap_overdue(id, &held.all(), grace).await);
            }
        }
    }
}

/// Goes on until all is moved, where something is to be moved.
async fn follow_clock(engine: &Engine) -> Result<i32, DatabaseError> {
    while let Some(steps) = engine.follow_clock(CLOCK_BATCH).await? {
        tracing::warn!(
            steps,
            "the database's clock was set back: due times are moved"
        );
    }
    Ok(0)
}

/// What is done again and again, and how that went.
struct Work {
    interval: Interval,
    /// What was done to the steps.
    done: &'static str,
    /// In a row.
    failures: u32,
}

impl Work {
    /// The next time comes as long after the last, however long that took.
    fn every(period: Duration, done: &'static str) -> Self {
        let mut interval = tokio::time::interval(period);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            interval,
            done,
            failures: 0,
        }
    }

    fn tell(&mut self, result: Result<i32, DatabaseError>) {
        let error = match result {
            Ok(steps) => {
                self.failures = 0;
                if steps > 0 {
                    tracing::warn!(steps, "{}", self.done);
                }
                return;
            }
            Err(error) => error,
        };
        self.failures = self.failures.saturating_add(1);
        let (error, failures) = (ErrorChain(&error), self.failures);
        match failures >= TOLD_FROM {
            true => {
                tracing::warn!(%error, failures, "reaping fails ({}); retrying at the next interval", self.done);
            }
            false => {
                tracing::debug!(%error, "reaping failed ({}); retrying at the next interval", self.done);
            }
        }
    }
}
