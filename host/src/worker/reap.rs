//! Takes back what dead hosts held. Every host does it; the database lets one at a time.

use crate::domain::chain::Chain;
use crate::store::{Store, StoreError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Between looks at attempts that outlived their deadline.
const OVERDUE_INTERVAL: Duration = Duration::from_secs(30);

/// How long after its deadline an attempt is still its host's to end.
const OVERDUE_GRACE: Duration = Duration::from_secs(15);

/// Reaps until `stop`.
pub(super) async fn run(store: Store, dead_after: Duration, stop: CancellationToken) {
    let mut dead = tokio::time::interval(dead_after / 3);
    let mut overdue = tokio::time::interval(OVERDUE_INTERVAL);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = dead.tick() => tell("steps of dead hosts taken back", store.reap(dead_after).await),
            _ = overdue.tick() => tell("overdue attempts ended", store.reap_overdue(OVERDUE_GRACE).await),
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
