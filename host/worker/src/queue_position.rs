//! What a worker remembers of the queue between its claims, and the looks that put it right.
//!
//! Claims begin at low marks, so that they do not read what an old snapshot keeps. A step below a mark is found by
//! a look: one that a slow transaction queued, by the next look at the last minute; one that was moved there, by the
//! next look at everything. Looks are as far apart as [`PAUSE_PER_LOOK`] says, so without an old snapshot no
//! namespace has a mark and a look costs a few reads.

use super::Worker;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::claim::Claims;
use tasker_engine::low_marks::LowMarks;
use tokio::time::Instant;

/// Between two looks at the whole queue, at least.
const WHOLE_INTERVAL: Duration = Duration::from_secs(2);

/// Between two looks at the last minute of the queue, at least, where namespaces have marks.
const RECENT_INTERVAL: Duration = Duration::from_secs(1);

/// A look is followed by a pause of so many times as long as it took: all looks of a host together take two
/// hundredths of the time of one connection at most.
const PAUSE_PER_LOOK: u32 = 100;

/// Where the claims of one worker begin; clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct QueuePosition(Arc<Mutex<Begin>>);

/// Where a claim begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Begin {
    /// The namespace that was served last.
    pub(super) after: i32,
    /// The queue key that was.
    pub(super) after_key: i16,
    pub(super) marks: LowMarks,
}

impl QueuePosition {
    pub(super) fn get(&self) -> Begin {
        self.with(|begin| begin.clone())
    }

    /// Moves on after a claim that began there.
    pub(super) fn advance(&self, from: &Begin, claims: &Claims) {
        self.with(|begin| {
            begin.after = claims.last_turn(from.after);
            begin.after_key = claims.after_key.unwrap_or(begin.after_key);
            begin.marks.advance(&from.marks, &claims.marks);
        });
    }

    fn with<T>(&self, change: impl FnOnce(&mut Begin) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// When each kind of look is due.
struct DueLooks {
    whole: Instant,
    recent: Instant,
}

/// Looks at the queue for as long as it is polled.
pub(super) async fn run(worker: Worker, queue: QueuePosition) {
    let now = Instant::now();
    let mut due = DueLooks {
        whole: now,
        recent: now + RECENT_INTERVAL,
    };
    loop {
        let is_whole = due.whole <= due.recent;
        tokio::time::sleep_until(due.whole.min(due.recent)).await;
        let started = Instant::now();
        let looked = match is_whole {
            true => look_at_all(&worker, &queue).await,
            false => look_at_recent(&worker, &queue).await,
        };
        match looked {
            // Of this host: where it has no free slot others find the step themselves.
            Ok(true) => worker.notifications.wake_claims(),
            Ok(false) => {}
            Err(error) => {
                tracing::debug!(error = %ErrorChain(&error), "the queue could not be looked at; retrying");
            }
        }
        let pause = started.elapsed() * PAUSE_PER_LOOK;
        match is_whole {
            true => due.whole = Instant::now() + pause.max(WHOLE_INTERVAL),
            false => due.recent = Instant::now() + pause.max(RECENT_INTERVAL),
        }
    }
}

/// Whether a step was found below its namespace's mark.
async fn look_at_all(worker: &Worker, queue: &QueuePosition) -> Result<bool, DatabaseError> {
    let looked_at = worker.engine.look_at_queue().await?;
    Ok(queue.with(|begin| begin.marks.replace(&looked_at)))
}

/// The same, where namespaces have marks.
async fn look_at_recent(worker: &Worker, queue: &QueuePosition) -> Result<bool, DatabaseError> {
    let known = queue.get().marks;
    if known.is_empty() {
        return Ok(false);
    }
    let looked_at = worker.engine.look_at_queue_of(&known).await?;
    Ok(queue.with(|begin| begin.marks.lower(&looked_at)))
}
