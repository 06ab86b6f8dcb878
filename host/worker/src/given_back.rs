//! Steps that were given back without their attempt being counted: after how long they may be claimed
//! again, and when it has been enough.

use super::finished::Finished;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::Lease;
use tasker_domain::outcome::Outcome;

/// How often in a row a step is given back where there is something to report at last.
const TIMES_MAX: u32 = 5;

/// The longest delay before a step that was given back may be claimed.
const DELAY_MOST: Duration = Duration::from_secs(5 * 60);

/// Steps that are remembered; the one that was given back least recently goes first.
const STEPS_MAX: NonZeroUsize = NonZeroUsize::new(10_000).expect("not zero");

/// What this worker gave back and has not seen end since. Other workers count for themselves.
pub(super) struct GivenBackSteps(LruCache<(TaskId, i16), Row>);

/// The times in a row that a step was given back.
#[derive(Clone, Copy)]
struct Row {
    since: Instant,
    times: u32,
}

impl Default for GivenBackSteps {
    fn default() -> Self {
        Self(LruCache::new(STEPS_MAX))
    }
}

impl GivenBackSteps {
    /// What to report of an attempt that ended now: a step that is given back again and again stays away
    /// for as long as that has been going on, and fails in the end where its attempt says how.
    pub(super) fn settle(&mut self, now: Instant, mut finished: Finished) -> Finished {
        let Lease {
            task_id, step_no, ..
        } = finished.lease;
        let key = (task_id, step_no);
        let Outcome::GivenBack { delay, .. } = &mut finished.outcome else {
            self.0.pop(&key);
            return finished;
        };
        let first = Row {
            since: now,
            times: 0,
        };
        let row = self.0.get_or_insert_mut(key, || first);
        row.times += 1;
        let lasted = now.duration_since(row.since).min(DELAY_MOST);
        *delay = lasted.max(*delay);
        match finished.at_last.take() {
            Some(failure) if row.times > TIMES_MAX => {
                self.0.pop(&key);
                finished.outcome = Outcome::Failed(failure);
                finished
            }
            _ => finished,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::outcome::{Failure, FailureKind, Retry};
    use uuid::Uuid;

    const SECOND: Duration = Duration::from_secs(1);

    fn failure(code: &str) -> Failure {
        Failure {
            kind: FailureKind::Host,
            code: code.to_owned(),
            message: String::new(),
            details: None,
            retry: Retry::Policy,
            backtrace: Vec::new(),
        }
    }

    fn given_back(at_last: Option<&str>) -> Finished {
        let lease = Lease {
            task_id: TaskId(Uuid::nil()),
            step_no: 0,
            attempt: 1,
        };
        let outcome = Outcome::GivenBack {
            failure: failure("given_back"),
            delay: SECOND,
        };
        Finished {
            at_last: at_last.map(failure),
            ..Finished::unrun(lease, outcome)
        }
    }

    fn delay(finished: &Finished) -> Option<Duration> {
        match finished.outcome {
            Outcome::GivenBack { delay, .. } => Some(delay),
            _ => None,
        }
    }

    #[test]
    fn a_step_is_given_back_for_longer_and_longer_up_to_five_minutes() {
        let (mut steps, now) = (GivenBackSteps::default(), Instant::now());
        for (after, expected) in [(0, 1), (40, 40), (200, 200), (9_000, 300)] {
            let settled = steps.settle(now + SECOND * after, given_back(None));
            assert_eq!(delay(&settled), Some(SECOND * expected));
        }
    }

    #[test]
    fn a_step_that_says_how_it_fails_is_given_back_a_few_times_in_a_row_and_then_fails() {
        let (mut steps, now) = (GivenBackSteps::default(), Instant::now());
        for _ in 0..2 {
            for _ in 0..TIMES_MAX {
                let settled = steps.settle(now, given_back(Some("timed_out")));
                assert!(delay(&settled).is_some());
            }
            let settled = steps.settle(now, given_back(Some("timed_out")));
            assert_eq!(settled.outcome, Outcome::Failed(failure("timed_out")));
        }
    }

    #[test]
    fn a_step_that_ended_otherwise_begins_anew() {
        let (mut steps, now) = (GivenBackSteps::default(), Instant::now());
        steps.settle(now, given_back(None));
        let done = Finished {
            outcome: Outcome::Completed("1".to_owned()),
            ..given_back(None)
        };
        steps.settle(now + SECOND, done);
        let settled = steps.settle(now + SECOND * 60, given_back(None));
        assert_eq!(delay(&settled), Some(SECOND));
    }
}
