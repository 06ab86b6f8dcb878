//! Counts the log for statistics. Every host does it; the database lets one at a time.

use super::WorkerStats;
use std::sync::Arc;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Between two looks at the log, so statistics are about so old.
const COUNT_INTERVAL: Duration = Duration::from_secs(5);

/// While there is more to count, a batch is followed by a pause of so many times as long, so that catching up leaves
/// the database to those who work; ...
const PAUSE_PER_BATCH: u32 = 2;
/// ... and by one so many times as long while the host is busy: then counting takes a twentieth of a connection, and
/// catches up later.
const BUSY_PAUSE_PER_BATCH: u32 = 19;

/// A host is busy that ends more attempts a second for each of its processors. With fewer, a third of a connection is
/// enough to keep up.
const BUSY_RATE: u64 = 2_500;

/// Counts until `stop`.
pub(super) async fn run(engine: Engine, stats: Arc<WorkerStats>, stop: CancellationToken) {
    let mut pace = Pace::new(stats, Instant::now());
    let mut pause = COUNT_INTERVAL;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        let started = Instant::now();
        pause = match count(&engine).await {
            Ok(true) => started.elapsed() * pace.pause_per_batch(started),
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

/// How busy the host was since the last batch.
struct Pace {
    stats: Arc<WorkerStats>,
    attempts: u64,
    since: Instant,
    busy_rate: u64,
}

impl Pace {
    fn new(stats: Arc<WorkerStats>, now: Instant) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            attempts: stats.attempts(),
            stats,
            since: now,
            busy_rate: BUSY_RATE * cores as u64,
        }
    }

    fn pause_per_batch(&mut self, now: Instant) -> u32 {
        let attempts = self.stats.attempts();
        let ended = attempts - self.attempts;
        let seconds = (now - self.since).as_secs_f64();
        (self.attempts, self.since) = (attempts, now);
        match ended as f64 > self.busy_rate as f64 * seconds {
            true => BUSY_PAUSE_PER_BATCH,
            false => PAUSE_PER_BATCH,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_rests_longer_while_the_host_is_busy() {
        let stats = Arc::<WorkerStats>::default();
        let mut now = Instant::now();
        let mut pace = Pace::new(stats.clone(), now);
        for (attempts, pause) in [(0, 2), (pace.busy_rate + 1, 19), (pace.busy_rate - 1, 2)] {
            now += Duration::from_secs(1);
            (0..attempts).for_each(|_| stats.count_attempt(Duration::ZERO));
            assert_eq!(pace.pause_per_batch(now), pause, "{attempts}");
        }
    }
}
