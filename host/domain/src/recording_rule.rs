//! Which attempts are recorded, as the namespaces say whose tasks run them.

use super::ids::TaskId;
use super::rollout::Percent;
use super::scope::Scope;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;

/// Which attempts are recorded, and which of these recordings are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingPolicy {
    /// The share of attempts that is recorded.
    pub percent: Percent,
    /// Only the recordings of attempts that failed are kept.
    #[serde(default)]
    pub only_failures: bool,
}

/// What a namespace says of the attempts of one component, or of all.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct RecordingRule {
    /// `*`: all that the namespace's tasks run.
    pub component: Scope,
    pub percent: Percent,
    pub only_failures: bool,
}

impl RecordingPolicy {
    /// Everything.
    pub const ALL: Self = Self {
        percent: Percent::ALL,
        only_failures: false,
    };

    /// True if the attempt is among those that are recorded: decided by its task, step and number alone, so that every
    /// host decides the same, and so that a higher share only adds attempts.
    pub fn records(self, task: TaskId, step_no: i16, attempt: i32) -> bool {
        match self.percent {
            Percent::ALL => true,
            Percent::NONE => false,
            percent => {
                let digest = Sha256::new()
                    .chain_update("recording")
                    .chain_update(task.0.as_bytes())
                    .chain_update(step_no.to_be_bytes())
                    .chain_update(attempt.to_be_bytes())
                    .finalize();
                percent.includes(&digest.into())
            }
        }
    }

    /// True if the recording of an attempt is kept that ended so.
    pub fn keeps(self, is_failure: bool) -> bool {
        is_failure || !self.only_failures
    }
}

impl RecordingRule {
    pub fn policy(&self) -> RecordingPolicy {
        RecordingPolicy {
            percent: self.percent,
            only_failures: self.only_failures,
        }
    }
}

/// `1 %`, `1 % only failures`.
impl fmt::Display for RecordingPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let which = if self.only_failures {
            " only failures"
        } else {
            ""
        };
        write!(f, "{}{which}", self.percent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn policy(percent: &str) -> RecordingPolicy {
        RecordingPolicy {
            percent: percent.parse().unwrap(),
            only_failures: false,
        }
    }

    fn task(n: u128) -> TaskId {
        TaskId(Uuid::from_u128(n))
    }

    #[test]
    fn the_share_of_attempts_is_the_one_that_was_asked_for() {
        // Of tasks, steps and attempts alike; five standard deviations.
        for (percent, expected) in [("10", 1_788..=2_212), ("0.1", 1..=42)] {
            let policy = policy(percent);
            let tasks = (0..20_000).filter(|n| policy.records(task(*n), 0, 1));
            let steps = (0..20_000).filter(|n| policy.records(task(7), *n, 1));
            let attempts = (0..20_000).filter(|n| policy.records(task(7), 0, *n));
            for count in [tasks.count(), steps.count(), attempts.count()] {
                assert!(expected.contains(&count), "{percent}: {count}");
            }
        }
    }

    #[test]
    fn an_attempt_keeps_its_place_in_every_version_of_the_host() {
        let id = task(0x0197_fd3e_0000_7000_8000_0000_0000_0007);
        let recorded = (1..200).filter(|attempt| policy("2.5").records(id, 3, *attempt));
        assert_eq!(recorded.collect::<Vec<i32>>(), PLACES);
    }

    #[test]
    fn only_failures_are_kept_where_only_they_are_wanted() {
        let failures = RecordingPolicy {
            only_failures: true,
            ..RecordingPolicy::ALL
        };
        assert!(failures.keeps(true) && !failures.keeps(false));
        assert!(RecordingPolicy::ALL.keeps(true) && RecordingPolicy::ALL.keeps(false));
        assert_eq!(failures.to_string(), "100 % only failures");
    }

    proptest! {
        #[test]
        fn a_higher_share_only_adds_attempts(
            n in any::<u128>(), step in any::<i16>(), attempt in any::<i32>(), a in 0..=100_u8, b in 0..=100_u8,
        ) {
            let records = |percent: u8| policy(&percent.to_string()).records(task(n), step, attempt);
            prop_assert!(!records(a.min(b)) || records(a.max(b)));
            prop_assert!(records(100) && !records(0));
        }
    }

    /// Computed from the definition: SHA-256 over `recording`, the id, the step and the attempt.
    const PLACES: [i32; 3] = [131, 177, 187];
}
