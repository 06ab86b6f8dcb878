//! The heartbeat of a worker.
//!
//! It is a separate task, so that neither a call that hangs nor a busy loop delays it. It stops if the
//! loop is blocked: then other hosts take over its steps.

use super::Worker;
use super::leases::HeldLeases;
use std::time::{Duration, Instant};
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::WorkerId;
use tasker_domain::invocation::Lease;
use tasker_engine::lease::{HeartbeatAnswer, Holding};
use tokio::sync::mpsc::Sender;
use tokio::sync::mpsc::error::TrySendError;

/// A heartbeat that failed is repeated after this part of the interval, and so is one of a host that drains, to
/// report its end soon.
const RETRY_PART: u32 = 4;

/// Messages from the heartbeat to the loop.
pub(super) enum Beat {
    /// No news: by receiving it, the loop proves that it runs.
    Ask,
    /// These leases are stale: their attempts may as well end.
    Stale(Vec<Lease>),
    /// The worker was declared dead.
    Dead,
}

/// How long the database may not hear of a worker until it counts as interrupted. With an interruption of
/// this length that all share, each is heard again before the others may declare it dead.
pub(super) fn gap_max(dead_after: Duration) -> Duration {
    dead_after / 2
}

/// Beats until the worker is declared dead or the loop has ended.
pub(super) async fn run(worker: Worker, id: WorkerId, held: HeldLeases, to_loop: Sender<Beat>) {
    tokio::select! {
        () = beat_steadily(&worker, id, &held, &to_loop) => {}
        () = watch_leases(&worker, id, &held, &to_loop) => {}
    }
}

async fn beat_steadily(worker: &Worker, id: WorkerId, held: &HeldLeases, to_loop: &Sender<Beat>) {
    let interval = worker.config.heartbeat_interval;
    let mut answered = Instant::now();
    loop {
        let started = Instant::now();
        match to_loop.try_send(Beat::Ask) {
            Ok(()) => answered = started,
            Err(TrySendError::Full(_)) => {}
            Err(TrySendError::Closed(_)) => return,
        }
        let was_drained = worker.stats.claiming().drain().is_drained();
        let pause = match beat(worker, id, held, answered).await {
            Ok(HeartbeatAnswer::Drain) if !was_drained => interval / RETRY_PART,
            Ok(HeartbeatAnswer::Claim | HeartbeatAnswer::Drain) => interval,
            Ok(HeartbeatAnswer::Dead) => {
                to_loop.send(Beat::Dead).await.ok();
                return;
            }
            Err(error) => {
                tracing::warn!(error = %ErrorChain(&error), "no heartbeat: the database did not answer");
                interval / RETRY_PART
            }
        };
        tokio::time::sleep_until((started + pause).into()).await;
    }
}

async fn beat(
    worker: &Worker,
    id: WorkerId,
    held: &HeldLeases,
    answered: Instant,
) -> Result<HeartbeatAnswer, DatabaseError> {
    let drain = worker.stats.claiming().drain();
    let dead_after = worker.config.dead_after;
    if answered.elapsed() > dead_after {
        tracing::error!(
            worker_id = id.0,
            "the worker's loop is blocked; without a heartbeat other hosts take over its steps"
        );
        return Ok(match drain.is_asked() {
            true => HeartbeatAnswer::Drain,
            false => HeartbeatAnswer::Claim,
        });
    }
    let holding = Holding {
        running: held.len(),
        is_drained: drain.is_drained(),
    };
    let named = held.to_name();
    let leases = named.leases.as_deref();
    let beating = worker
        .engine
        .heartbeat(id, gap_max(dead_after), holding, leases);
    let answer = beating.await?;
    held.named(&named);
    if answer.is_alive() && drain.ask(answer == HeartbeatAnswer::Drain) {
        match answer {
            HeartbeatAnswer::Drain => tracing::info!(
                worker_id = id.0,
                running = held.len(),
                "draining: no new attempts; those under way may end"
            ),
            _ => tracing::info!(worker_id = id.0, "resumed: steps are claimed again"),
        }
    }
    Ok(answer)
}

/// Asks about leases apart from the heartbeat: a lock on the steps must not make the worker look dead.
async fn watch_leases(worker: &Worker, id: WorkerId, held: &HeldLeases, to_loop: &Sender<Beat>) {
    let interval = worker.config.heartbeat_interval;
    loop {
        tokio::time::sleep(interval).await;
        let leases = held.older_than(interval);
        if leases.is_empty() {
            continue;
        }
        match worker.engine.stale_leases(id, &leases).await {
            Ok(stale) if stale.is_empty() => {}
            Ok(stale) => {
                if to_loop.send(Beat::Stale(stale)).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::debug!(error = %ErrorChain(&error), "cannot ask which leases are stale; retrying with the next heartbeat");
            }
        }
    }
}
