//! Watches the rollouts that have a guard. Every host does it; the database lets one at a time.

use std::time::Duration;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Between two looks at the rollouts; without one, a look costs next to nothing.
const GUARD_INTERVAL: Duration = Duration::from_secs(2);

/// A look that took long, at a window with very many attempts, is followed by a pause of so many times
/// as long.
const PAUSE_PER_LOOK: u32 = 10;

/// Evaluates guards until `stop`.
pub(super) async fn run(engine: Engine, stop: CancellationToken) {
    let mut pause = Duration::ZERO;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let started = Instant::now();
        match engine.evaluate_rollout_guards().await {
            Ok(0) => {}
            Ok(rollouts) => {
                tracing::warn!(rollouts, "rollouts rolled back or paused by their guards");
            }
            Err(error) => {
                tracing::debug!(error = %ErrorChain(&error), "guards of rollouts could not be evaluated; retrying");
            }
        }
        pause = GUARD_INTERVAL.max(started.elapsed() * PAUSE_PER_LOOK);
    }
}
