//! Ends an attempt that its sandbox does not end, and forgives one that ran out of time for the database.

use crate::domain::outcome::{Failure, FailureKind, Outcome, Retry};
use crate::sandbox::Begun;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A question to the database that takes longer counts as an outage.
const NORMAL_WAIT: Duration = Duration::from_millis(500);

/// Returns once `limit` has passed since the sandbox started the attempt.
pub(super) async fn expired(begun: &Begun, limit: Duration) {
    let begun = *begun.wait().await;
    tokio::time::sleep_until((begun + limit).into()).await;
}

/// What is reported of an attempt that had to be ended from outside.
pub(super) fn overdue(timeout: Duration) -> Outcome {
    Outcome::Failed(Failure {
        kind: FailureKind::TimedOut,
        code: "deadline_exceeded".to_owned(),
        message: format!(
            "the attempt ran past its deadline of {} ms and its sandbox did not end it",
            timeout.as_millis()
        ),
        details: None,
        retry: Retry::Policy,
        backtrace: Vec::new(),
    })
}

/// How long an attempt has waited for a database that did not answer as it should; clones count together.
#[derive(Clone, Default)]
pub(super) struct OutageClock(Arc<AtomicU64>);

impl OutageClock {
    /// Asks, and counts the time if it was long: also where the attempt is ended meanwhile.
    pub(super) async fn during<T>(&self, ask: impl Future<Output = T>) -> T {
        let _waiting = Waiting {
            since: Instant::now(),
            clock: self,
        };
        ask.await
    }

    /// The outcome, unless the attempt ran out of time for an outage: `wall` without it is less than what
    /// the attempt was given.
    pub(super) fn forgive(&self, outcome: Outcome, wall: Duration, timeout: Duration) -> Outcome {
        let outage = Duration::from_millis(self.0.load(Ordering::Relaxed));
        match outcome {
            Outcome::Failed(failure)
                if failure.kind == FailureKind::TimedOut
                    && wall.saturating_sub(outage) < timeout =>
            {
                Outcome::GivenBack(format!(
                    "waited {} ms for the database",
                    outage.as_millis()
                ))
            }
            outcome => outcome,
        }
    }
}

struct Waiting<'c> {
    since: Instant,
    clock: &'c OutageClock,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let waited = self.since.elapsed();
        if waited > NORMAL_WAIT {
            let ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
            self.clock.0.fetch_add(ms, Ordering::Relaxed);
        }
    }
}
