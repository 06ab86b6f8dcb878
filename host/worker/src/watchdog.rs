//! Ends an attempt that its sandbox does not end, and forgives one that ran out of time for an outage.

use super::round::Finished;
use super::stalls;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::{Failure, FailureKind, Outcome, Retry};
use tasker_sandbox::Begun;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;

/// A question to the database that takes longer counts as an outage.
const NORMAL_WAIT: Duration = Duration::from_millis(500);

/// When a step whose attempt was given back for an outage may be claimed again.
const GIVEN_BACK_DELAY: Duration = Duration::from_millis(500);

/// Ends an attempt that runs for longer than `grace` after its deadline, and reports it.
pub(super) struct Watchdog {
    pub(super) lease: Lease,
    pub(super) timeout: Duration,
    pub(super) grace: Duration,
    pub(super) begun: Arc<Begun>,
    pub(super) outage: OutageClock,
    pub(super) reports: UnboundedSender<Finished>,
}

impl Watchdog {
    /// Waits for the end of the attempt's time. To be ended with the attempt.
    pub(super) async fn watch(self, attempt: AbortHandle) {
        expired(&self.begun, self.timeout + self.grace).await;
        let wall = self.begun.get().map_or(Duration::ZERO, Instant::elapsed);
        let outcome = self
            .outage
            .forgive(overdue(self.timeout), wall, self.timeout);
        tracing::warn!(
            task_id = %self.lease.task_id, step_no = self.lease.step_no,
            "attempt ended: it ran past its deadline and its sandbox did not end it"
        );
        // The first report counts, and nobody hears of a worker that has ended.
        self.reports.send(Finished::unrun(self.lease, outcome)).ok();
        attempt.abort();
    }
}

/// Returns once `limit` has passed since the sandbox started the attempt.
async fn expired(begun: &Begun, limit: Duration) {
    let begun = *begun.wait().await;
    tokio::time::sleep_until((begun + limit).into()).await;
}

/// What is reported of an attempt that had to be ended from outside.
fn overdue(timeout: Duration) -> Outcome {
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

/// How long an attempt has waited for a database that did not answer as it should, and stood still with
/// the whole host; clones count together.
#[derive(Clone)]
pub(super) struct OutageClock {
    waited_ms: Arc<AtomicU64>,
    stalls_before: Duration,
}

impl OutageClock {
    /// For an attempt that begins now.
    pub(super) fn start() -> Self {
        Self {
            waited_ms: Arc::default(),
            stalls_before: stalls::total(),
        }
    }

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
        let waited = Duration::from_millis(self.waited_ms.load(Ordering::Relaxed));
        let outage = waited + stalls::total().saturating_sub(self.stalls_before);
        match outcome {
            Outcome::Failed(failure)
                if failure.kind == FailureKind::TimedOut
                    && wall.saturating_sub(outage) < timeout =>
            {
                Outcome::GivenBack {
                    failure: interrupted(outage),
                    delay: GIVEN_BACK_DELAY,
                }
            }
            outcome => outcome,
        }
    }
}

fn interrupted(outage: Duration) -> Failure {
    Failure {
        kind: FailureKind::Host,
        code: "interrupted".to_owned(),
        message: format!(
            "the attempt lost {} ms of its time to an outage of the database or of its host; it does not count",
            outage.as_millis()
        ),
        details: None,
        retry: Retry::Policy,
        backtrace: Vec::new(),
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
            self.clock.waited_ms.fetch_add(ms, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    const TIMEOUT: Duration = Duration::from_secs(2);

    fn waited(waited_ms: u64) -> OutageClock {
        let clock = OutageClock::start();
        clock.waited_ms.store(waited_ms, Ordering::Relaxed);
        clock
    }

    #[test]
    fn an_attempt_that_lost_its_time_to_the_database_is_given_back() {
        let outcome = waited(600).forgive(overdue(TIMEOUT), Duration::from_millis(2_030), TIMEOUT);
        assert!(matches!(outcome, Outcome::GivenBack { .. }), "{outcome:?}");
    }

    #[test]
    fn an_attempt_that_had_its_time_has_failed_whatever_else_it_waited_for() {
        let outcome = waited(600).forgive(overdue(TIMEOUT), Duration::from_millis(2_600), TIMEOUT);
        assert_eq!(outcome, overdue(TIMEOUT));
        let outcome = waited(0).forgive(overdue(TIMEOUT), Duration::from_millis(2_030), TIMEOUT);
        assert_eq!(outcome, overdue(TIMEOUT));
    }

    #[test]
    fn what_did_not_time_out_stays_as_it_is() {
        let done = Outcome::Completed("1".to_owned());
        assert_eq!(waited(600).forgive(done.clone(), TIMEOUT, TIMEOUT), done);
    }

    #[tokio::test]
    async fn an_attempt_is_ended_by_its_time_since_the_sandbox_started_it() {
        let begun = Begun::new();
        assert_eq!(expired(&begun, Duration::ZERO).now_or_never(), None);
        begun.set(Instant::now()).unwrap();
        let hour = Duration::from_secs(3_600);
        assert_eq!(expired(&begun, hour).now_or_never(), None);
        expired(&begun, Duration::from_millis(1)).await;
    }
}
