//! How long finished tasks are kept.

use crate::bounds::{MAX_KEEP, MIN_KEEP};
use serde::{Deserialize, Serialize};

/// How long the finished tasks of a namespace are kept, by their final state, in milliseconds from their
/// end on. None: for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Also for tasks that were resolved manually.
    #[serde(default)]
    pub complete_ms: Option<u64>,
    #[serde(default)]
    pub error_ms: Option<u64>,
    #[serde(default)]
    pub cancelled_ms: Option<u64>,
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

    /// True if everything is kept for ever.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The first state whose time is not between [`MIN_KEEP`] and [`MAX_KEEP`].
    pub fn out_of_bounds(self) -> Option<&'static str> {
        let bounds = MIN_KEEP.as_millis()..=MAX_KEEP.as_millis();
        let is_outside = |ms: u64| !bounds.contains(&u128::from(ms));
        let mut times = self.by_state().into_iter();
        times.find_map(|(state, ms)| ms.filter(|ms| is_outside(*ms)).map(|_| state))
    }
}

impl std::fmt::Display for Retention {
    /// As a command takes it: `--complete 30d --error 90d`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut gap = "";
        for (state, ms) in self.by_state() {
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
        .find(|(_, unit)| ms >= *unit && ms % unit == 0);
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
            cancelled_ms: None,
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
        };
        assert_eq!(retention.to_string(), "--complete 30d --cancelled 1h");
    }
}
