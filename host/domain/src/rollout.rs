//! Shares in percent, and which tasks take a rollout: pure, by the task's id alone, so that a task is of one mind for all its
//! steps and a higher share only ever adds tasks.

use super::ids::TaskId;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// A whole, in hundredths of a percent.
const WHOLE: u16 = 10_000;

/// A share, such as of new tasks, from 0 to 100 percent in steps of 0.01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
// Not from a float: inside a flattened value, serde passes a float as its text.
#[serde(try_from = "Number", into = "f64")]
pub struct Percent(u16);

/// A number or text that is not a [`Percent`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a share; write a number from 0 to 100 with two decimals at most, such as `1%`"
)]
pub struct PercentError(String);

impl Percent {
    /// The whole.
    pub const ALL: Self = Self(WHOLE);
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// True for this share of all digests.
    pub(crate) fn includes(self, digest: &[u8; 32]) -> bool {
        position(digest) < self.0
    }

    /// True if the whole is meant.
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// The share of all others.
    pub fn rest(self) -> Self {
        Self(WHOLE - self.0)
    }

    /// The percentage as a number, 12.5 for an eighth.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

impl TryFrom<f64> for Percent {
    type Error = PercentError;

    fn try_from(percent: f64) -> Result<Self, PercentError> {
        let hundredths = percent * 100.0;
        let is_whole = (hundredths - hundredths.round()).abs() < 1e-6;
        match hundredths.round() {
            rounded if is_whole && (0.0..=f64::from(WHOLE)).contains(&rounded) => {
                Ok(Self(rounded as u16))
            }
            _ => Err(PercentError(percent.to_string())),
        }
    }
}

impl TryFrom<Number> for Percent {
    type Error = PercentError;

    fn try_from(percent: Number) -> Result<Self, PercentError> {
        let wrong = || PercentError(percent.to_string());
        percent.as_f64().ok_or_else(wrong)?.try_into()
    }
}

impl FromStr for Percent {
    type Err = PercentError;

    fn from_str(text: &str) -> Result<Self, PercentError> {
        let number = text.trim_end_matches('%').trim_end().parse::<f64>();
        let number = number.map_err(|_| PercentError(text.to_owned()))?;
        Self::try_from(number).map_err(|_| PercentError(text.to_owned()))
    }
}

impl From<Percent> for f64 {
    fn from(percent: Percent) -> Self {
        percent.as_f64()
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.as_f64())
    }
}

/// True if the task takes the rollout of the pin of this name. Rollouts of different pins are
/// independent of each other.
pub fn takes_rollout(task: TaskId, pin: &str, percent: Percent) -> bool {
    percent.includes(&digest(task, pin))
}

fn digest(task: TaskId, pin: &str) -> [u8; 32] {
    let digest = Sha256::new()
        .chain_update(task.0.as_bytes())
        .chain_update(pin)
        .finalize();
    digest.into()
}

/// The position of a digest among all digests, uniformly from 0 to [`WHOLE`].
fn position(digest: &[u8; 32]) -> u16 {
    let first: [u8; 8] = digest[..8].try_into().expect("a sha256 has 32 bytes");
    let scaled = (u128::from(u64::from_be_bytes(first)) * u128::from(WHOLE)) >> 64;
    u16::try_from(scaled).expect("it is below a whole")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    const PIN: &str = "component charge";

    fn percent(text: &str) -> Percent {
        text.parse().unwrap()
    }

    fn any_task() -> impl Strategy<Value = TaskId> {
        any::<u128>().prop_map(|id| TaskId(Uuid::from_u128(id)))
    }

    fn any_percent() -> impl Strategy<Value = Percent> {
        (0..=WHOLE).prop_map(Percent)
    }

    #[test]
    fn a_share_has_two_decimals() {
        assert_eq!(percent("12.5").to_string(), "12.5 %");
        assert_eq!(percent("0.01%"), Percent(1));
        assert_eq!(percent("100 %"), Percent::ALL);
        for wrong in ["", "-1", "100.01", "0.001", "ten", "NaN", "inf"] {
            assert!(wrong.parse::<Percent>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_share_crosses_json_as_a_number() {
        assert_eq!(serde_json::to_string(&percent("12.34")).unwrap(), "12.34");
        assert_eq!(
            serde_json::from_str::<Percent>("10").unwrap(),
            percent("10")
        );
        assert!(serde_json::from_str::<Percent>("101").is_err());
    }

    #[test]
    fn the_share_of_tasks_is_the_one_that_was_asked_for() {
        let tasks = 20_000;
        let taken = (0..tasks)
            .filter(|n| takes_rollout(TaskId(Uuid::from_u128(*n)), PIN, percent("10")))
            .count();
        // Five standard deviations.
        assert!((1_788..=2_212).contains(&taken), "{taken}");
    }

    #[test]
    fn rollouts_of_two_pins_are_independent() {
        let half = percent("50");
        let both = (0..20_000)
            .map(|n| TaskId(Uuid::from_u128(n)))
            .filter(|task| takes_rollout(*task, PIN, half))
            .filter(|task| takes_rollout(*task, "component stock", half))
            .count();
        assert!((4_693..=5_307).contains(&both), "{both}");
    }

    #[test]
    fn a_task_keeps_its_place_in_every_version_of_the_host() {
        assert_eq!(position(&digest(TaskId(Uuid::from_u128(7)), PIN)), 8_422);
    }

    proptest! {
        #[test]
        fn a_higher_share_only_adds_tasks(task in any_task(), a in any_percent(), b in any_percent()) {
            let (low, high) = (a.min(b), a.max(b));
            prop_assert!(!takes_rollout(task, PIN, low) || takes_rollout(task, PIN, high));
        }

        #[test]
        fn none_and_all_are_exact(task in any_task()) {
            prop_assert!(!takes_rollout(task, PIN, Percent::NONE));
            prop_assert!(takes_rollout(task, PIN, Percent::ALL));
        }
    }
}
