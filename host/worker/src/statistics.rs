//! Counts the log for statistics. Every host does it; the database lets one at a time.

use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Between two looks at the log, so statistics are about so old.
const COUNT_INTERVAL: Duration = Duration::from_secs(5);

/// While there is more to count, a batch is followed by a pause of so many times as long, so that catching up leaves
/// the database to those who work.
const PAUSE_PER_BATCH: u32 = 2;

/// Counts until `stop`.
pub(super) async fn run(engine: Engine, stop: CancellationToken) {
    let mut pause = COUNT_INTERVAL;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let started = Instant::now();
        pause = match count(&engine).await {
            Ok(true) => started.elapsed() * PAUSE_PER_BATCH,
            Ok(false) => COUNT_INTERVAL,
            Err(error) => {
                tracing::debug!(error = %ErrorChain(&error), "the log could not be counted; retrying");
                COUNT_INTERVAL
            }
        };
    }
}

/// One batch; true if there is more.
async fn count(engine: &Engine) -> Result<bool, DatabaseError> {
    let until = engine.settled_position().await?;
    engine.add_statistics(until).await
}
