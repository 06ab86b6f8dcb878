//! Watches the ramps that have a guard. Every host does it; the database lets one at a time.

use crate::domain::chain::Chain;
use crate::store::Store;
use std::time::Duration;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Between two looks at the ramps; without one, a look costs next to nothing.
const JUDGE_INTERVAL: Duration = Duration::from_secs(2);

/// Judges until `stop`.
pub(super) async fn run(store: Store, stop: CancellationToken) {
    let mut looks = tokio::time::interval(JUDGE_INTERVAL);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = looks.tick() => {}
        }
        match store.judge_ramps().await {
            Ok(0) => {}
            Ok(ramps) => tracing::warn!(ramps, "ramps rolled back or frozen by their guards"),
            Err(error) => {
                tracing::debug!(error = %Chain(&error), "judging failed; the next turn tries again");
            }
        }
    }
}
