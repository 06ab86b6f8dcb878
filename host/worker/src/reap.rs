//! Takes back what dead hosts held, and what nobody else would. Every host does it; the database lets one
//! at a time.

use super::Worker;
use super::leases::HeldLeases;
use std::time::Duration;
use tasker_domain::chain::Chain;
use tasker_domain::ids::WorkerId;
use tasker_store::StoreError;

/// Between looks at attempts that outlived their deadline.
const OVERDUE_INTERVAL: Duration = Duration::from_secs(30);

/// Steps that are moved in one call where the database's clock was set back.
const CLOCK_BATCH: i32 = 5_000;

/// Reaps in the name of the worker for as long as it is polled.
pub(super) async fn run(worker: Worker, id: WorkerId, held: HeldLeases) {
    let (store, config) = (&worker.store, &worker.config);
    let mut dead = tokio::time::interval(config.dead_after / 3);
    let mut clock = tokio::time::interval(config.heartbeat_interval);
    let mut overdue = tokio::time::interval(OVERDUE_INTERVAL);
    loop {
        tokio::select! {
            _ = dead.tick() => tell("steps of dead hosts taken back", store.reap(id, config.dead_after).await),
            _ = clock.tick() => follow_clock(&worker).await,
            _ = overdue.tick() => {
                let grace = config.deadline_grace;
                let forgotten = store.reap_overdue(id, &held.all(), grace).await;
                tell("attempts given back that this host does not know of", forgotten);
                tell("steps failed that end their hosts", store.fail_lost_steps().await);
            }
        }
    }
}

/// Goes on until all is moved, where something is to be moved.
async fn follow_clock(worker: &Worker) {
    loop {
        match worker.store.follow_clock(CLOCK_BATCH).await {
            Ok(None) => return,
            Ok(Some(steps)) => tracing::warn!(
                steps,
                "the database's clock was set back: what was due by it is moved"
            ),
            Err(error) => return tell("", Err(error)),
        }
    }
}

fn tell(what: &str, reaped: Result<i32, StoreError>) {
    match reaped {
        Ok(0) => {}
        Ok(steps) => tracing::warn!(steps, "{what}"),
        Err(error) => {
            tracing::debug!(error = %Chain(&error), "reaping failed; the next turn tries again");
        }
    }
}
