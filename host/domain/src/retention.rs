//! How long finished tasks are kept.

use crate::bounds::{MAX_KEEP, MIN_KEEP};
use serde::{Deserialize, Serialize};

/// How long the finished tasks of a namespace are kept, by their final state, in milliseconds from their
/// end on. None: for ever. And how long idempotency keys are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Retention {
    /// Also for tasks that were resolved manually.
    #[serde(default)]
    pub complete_ms: Option<u64>,
    #[serde(default)]
    pub error_ms: Option<u64>,
    #[serde(default)]
    pub cancelled_ms: Option<u64>,
    /// For idempotency keys, from the submit on. None: as long as their tasks.
    #[serde(default)]
    pub keys_ms: Option<u64>,
}

impl Retention {
    /// The states with their times.
    pub fn by_state(self) -> [(&'static str, Option<u64>); 3] {
        [
            ("complete", self.complete_ms),
            ("error", self.error_ms),
            ("cancelled", self.cancelled_ms),
        ]
    }

    /// The same with the idempotency keys.
    fn all(self) -> impl Iterator<Item = (&'static str, Option<u64>)> {
        let keys = ("keys", self.keys_ms);
        self.by_state().into_iter().chain([keys])
    }

    /// True if everything is kept for ever.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The first state, or `keys`, whose time is not between [`MIN_KEEP`] and [`MAX_KEEP`].
    pub fn out_of_bounds(self) -> Option<&'static str> {
        let bounds = MIN_KEEP.as_millis()..=MAX_KEEP.as_millis();
        let is_outside = |ms: u64| !bounds.contains(&u128::from(ms));
        let mut times = self.all();
        times.find_map(|(state, ms)| ms.filter(|ms| is_outside(*ms)).map(|_| state))
    }
}

impl std::fmt::Display for Retention {
    /// As a command takes it: `--complete 30d --error 90d`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut gap = "";
        for (state, ms) in self.all() {
            if let Some(ms) = ms {
                write!(f, "{gap}--{state} {}", show(ms))?;
                gap = " ";
            }
        }
        Ok(())
    }
}

/// Writes a time in its largest whole unit: `30d`, `36h`, `90s`.
pub fn show(ms: u64) -> String {
    let units = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
    ];
    let whole = units
        .into_iter()
        .find(|(_, unit)| ms >= *unit && ms.is_multiple_of(*unit));
    match whole {
        Some((name, unit)) => format!("{}{name}", ms / unit),
        None => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_its_largest_whole_unit() {
        let written = [2_592_000_000, 129_600_000, 90_000, 1_500, 0].map(show);
        assert_eq!(written, ["30d", "36h", "90s", "1500ms", "0ms"]);
    }

    #[test]
    fn a_time_outside_the_bounds_is_found() {
        let of = |complete_ms, error_ms| Retention {
            complete_ms,
            error_ms,
            ..Retention::default()
        };
        assert_eq!(of(Some(60_000), None).out_of_bounds(), None);
        assert_eq!(of(Some(59_999), None).out_of_bounds(), Some("complete"));
        assert_eq!(of(None, Some(u64::MAX)).out_of_bounds(), Some("error"));
    }

    #[test]
    fn it_reads_as_a_command_takes_it() {
        let retention = Retention {
            complete_ms: Some(2_592_000_000),
            error_ms: None,
            cancelled_ms: Some(3_600_000),
            keys_ms: Some(604_800_000),
        };
        let written = retention.to_string();
        assert_eq!(written, "--complete 30d --cancelled 1h --keys 7d");
    }
}
