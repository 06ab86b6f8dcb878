//! Ends an attempt that its sandbox does not end, and forgives one that ran out of time for an outage.

use super::answers::Answered;
use super::finished::Finished;
use super::stalls;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::{Failure, FailureKind, Outcome, Retry};
use tasker_sandbox::Begun;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::AbortHandle;

/// A question to the database that waits for no longer than this says nothing of an outage.
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
        let finished = Finished::unrun(self.lease, overdue(self.timeout));
        let finished = self.outage.forgive(finished, wall, self.timeout);
        tracing::warn!(
            task_id = %self.lease.task_id, step_no = self.lease.step_no,
            "attempt ended: it ran past its deadline and its sandbox did not end it"
        );
        // Only the first report counts, and none is read after the worker has ended.
        self.reports.send(finished).ok();
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

    /// Waits for an answer of the database, and counts the time as an outage if the database failed before it
    /// answered, or if the attempt ended before the answer. A slow answer without a failure is time of the
    /// attempt, because a handler can cause it.
    pub(super) async fn during<T, E>(
        &self,
        asking: impl Future<Output = Answered<T, E>>,
    ) -> Result<T, E> {
        self.during_since(Instant::now(), asking).await
    }

    async fn during_since<T, E>(
        &self,
        since: Instant,
        asking: impl Future<Output = Answered<T, E>>,
    ) -> Result<T, E> {
        let mut waiting = OutageGuard {
            since,
            is_answered: false,
            clock: self,
        };
        let answered = asking.await;
        waiting.is_answered = answered.is_first;
        answered.answer
    }

    /// What to report, where the attempt ran out of time for an outage: `wall` without it is less than
    /// what the attempt was given. Such a step is given back, but not for ever.
    pub(super) fn forgive(&self, ended: Finished, wall: Duration, timeout: Duration) -> Finished {
        let waited = Duration::from_millis(self.waited_ms.load(Ordering::Relaxed));
        let outage = waited + stalls::total().saturating_sub(self.stalls_before);
        match &ended.outcome {
            Outcome::Failed(failure)
                if failure.kind == FailureKind::TimedOut
                    && wall.saturating_sub(outage) < timeout =>
            {
                ended.forgiven(interrupted(outage), GIVEN_BACK_DELAY)
            }
            _ => ended,
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

struct OutageGuard<'c> {
    since: Instant,
    is_answered: bool,
    clock: &'c OutageClock,
}

impl Drop for OutageGuard<'_> {
    fn drop(&mut self) {
        let waited = self.since.elapsed();
        if !self.is_answered && waited > NORMAL_WAIT {
            let ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
            self.clock.waited_ms.fetch_add(ms, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::{MayPass, answered};
    use futures::FutureExt;
    use std::cell::Cell;
    use tasker_domain::ids::TaskId;
    use uuid::Uuid;

    const TIMEOUT: Duration = Duration::from_secs(2);

    fn waited(waited_ms: u64) -> OutageClock {
        let clock = OutageClock::start();
        clock.waited_ms.store(waited_ms, Ordering::Relaxed);
        clock
    }

    fn forgiven(clock: &OutageClock, outcome: Outcome, wall: Duration) -> Finished {
        let lease = Lease {
            task_id: TaskId(Uuid::nil()),
            step_no: 0,
            attempt: 1,
        };
        clock.forgive(Finished::unrun(lease, outcome), wall, TIMEOUT)
    }

    #[test]
    fn an_attempt_that_lost_its_time_to_the_database_is_given_back_and_says_how_it_fails_at_last() {
        let wall = Duration::from_millis(2_030);
        let ended = forgiven(&waited(600), overdue(TIMEOUT), wall);
        assert!(
            matches!(ended.outcome, Outcome::GivenBack { .. }),
            "{ended:?}"
        );
        assert_eq!(ended.at_last.map(Outcome::Failed), Some(overdue(TIMEOUT)));
    }

    #[test]
    fn an_attempt_that_had_its_time_has_failed_whatever_else_it_waited_for() {
        for (waited_ms, wall_ms) in [(600, 2_600), (0, 2_030)] {
            let wall = Duration::from_millis(wall_ms);
            let ended = forgiven(&waited(waited_ms), overdue(TIMEOUT), wall);
            assert_eq!(ended.outcome, overdue(TIMEOUT));
        }
    }

    #[test]
    fn what_did_not_time_out_stays_as_it_is() {
        let done = Outcome::Completed("1".to_owned());
        let ended = forgiven(&waited(600), done.clone(), TIMEOUT);
        assert_eq!(ended.outcome, done);
    }

    #[derive(Debug)]
    struct Lost;

    impl MayPass for Lost {
        fn may_pass(&self) -> bool {
            true
        }
    }

    /// What counts of the time since long ago.
    async fn counted(ask: impl AsyncFn() -> Result<(), Lost>) -> bool {
        let clock = OutageClock::start();
        let long_ago = Instant::now() - NORMAL_WAIT * 2;
        let asking = clock.during_since(long_ago, answered(|| ask()));
        // What is not answered at once is ended.
        tokio::time::timeout(Duration::from_millis(1), asking)
            .await
            .ok();
        clock.waited_ms.load(Ordering::Relaxed) >= 1_000
    }

    #[tokio::test]
    async fn time_counts_where_the_database_failed_or_did_not_answer_and_not_where_it_is_slow() {
        assert!(!counted(async || Ok(())).await);
        let is_lost = Cell::new(true);
        let once = async || {
            if is_lost.replace(false) {
                Err(Lost)
            } else {
                Ok(())
            }
        };
        assert!(counted(once).await);
        assert!(counted(async || std::future::pending().await).await);
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
