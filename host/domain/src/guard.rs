//! What watches a rollout: how much worse the new version may be than the old one.

use super::duration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt;
use std::time::Duration;

/// The shortest window: below it a few slow attempts decide.
pub const MIN_WINDOW: Duration = Duration::from_secs(1);

/// How much worse the attempts of a rollout's tasks may be than those of the other tasks. Told as
/// JSON, in which everything may be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Guard {
    /// How far back attempts are looked at.
    #[serde(with = "window")]
    #[cfg_attr(feature = "openapi", schemars(with = "String"))]
    pub window: Duration,
    /// Fewer attempts than this say nothing yet.
    pub min_attempts: u32,
    /// By how much the share of failed attempts may be higher, 0.05 for five points.
    pub max_error_rate: f64,
    /// The same of attempts that trapped or went over a limit.
    pub max_trap_rate: f64,
    /// How many times as long an attempt may take, at the 95th percentile.
    pub max_p95_ratio: f64,
    /// How many times as much memory.
    pub max_memory_ratio: f64,
    /// How many times as much time on the processor.
    pub max_cpu_ratio: f64,
    /// What is done. None: back where attempts fail or trap, pause where they cost too much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<GuardAction>,
}

/// What a guard does when a rollout is too bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GuardAction {
    Rollback,
    Pause,
}

/// Why a guard makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardError {
    #[error("the guard's {0} is a share; write a number from 0 to 1, such as 0.05")]
    Rate(&'static str),
    #[error("the guard's {0} is a factor; write a number of at least 1")]
    Ratio(&'static str),
    #[error("the guard's min_attempts is at least 1")]
    MinAttempts,
    #[error(
        "the guard's window is at least {}; write for example 5m",
        duration::show(MIN_WINDOW)
    )]
    Window,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            window: Duration::from_secs(5 * 60),
            min_attempts: 20,
            max_error_rate: 0.05,
            max_trap_rate: 0.01,
            max_p95_ratio: 2.0,
            max_memory_ratio: 2.0,
            max_cpu_ratio: 2.0,
            action: None,
        }
    }
}

impl Guard {
    /// Reads one setting as people write it, `max_error_rate=0.02`, and checks it; its value is as in JSON.
    pub fn parse_setting(text: &str) -> Result<(String, Value), String> {
        let example = "write for example max_error_rate=0.02";
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` has no `=`; {example}"))?;
        let number = serde_json::from_str(value).ok().filter(Value::is_number);
        let value = match name {
            "window" | "action" => json!(value),
            _ => number.unwrap_or_else(|| json!(value)),
        };
        let (name, alone) = (name.to_owned(), json!({ name: value }));
        let guard: Self = serde_json::from_value(alone).map_err(|error| error.to_string())?;
        guard.checked().map_err(|error| error.to_string())?;
        Ok((name, value))
    }

    /// The guard, if what it says makes sense.
    pub fn checked(self) -> Result<Self, GuardError> {
        let rates = [
            ("max_error_rate", self.max_error_rate),
            ("max_trap_rate", self.max_trap_rate),
        ];
        let ratios = [
            ("max_p95_ratio", self.max_p95_ratio),
            ("max_memory_ratio", self.max_memory_ratio),
            ("max_cpu_ratio", self.max_cpu_ratio),
        ];
        if let Some((name, _)) = rates.iter().find(|(_, rate)| !(0.0..=1.0).contains(rate)) {
            return Err(GuardError::Rate(name));
        }
        let is_ratio = |ratio: f64| ratio.is_finite() && ratio >= 1.0;
        if let Some((name, _)) = ratios.iter().find(|(_, ratio)| !is_ratio(*ratio)) {
            return Err(GuardError::Ratio(name));
        }
        match (self.min_attempts, self.window) {
            (0, _) => Err(GuardError::MinAttempts),
            (_, window) if window < MIN_WINDOW => Err(GuardError::Window),
            _ => Ok(self),
        }
    }
}

/// Its thresholds as people write them.
impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (window, attempts) = (duration::show(self.window), self.min_attempts);
        write!(f, "window={window} min_attempts={attempts}")?;
        write!(f, " max_error_rate={}", self.max_error_rate)?;
        write!(f, " max_trap_rate={}", self.max_trap_rate)?;
        write!(f, " max_p95_ratio={}", self.max_p95_ratio)?;
        write!(f, " max_memory_ratio={}", self.max_memory_ratio)?;
        write!(f, " max_cpu_ratio={}", self.max_cpu_ratio)
    }
}

/// The window as text, `5m`, which PostgreSQL reads too.
mod window {
    use super::{Duration, duration};
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(window: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&duration::show(*window))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        let text = String::deserialize(from)?;
        duration::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(text: Value) -> Result<Guard, String> {
        let guard: Guard = serde_json::from_value(text).map_err(|error| error.to_string())?;
        guard.checked().map_err(|error| error.to_string())
    }

    #[test]
    fn everything_of_a_guard_may_be_left_out() {
        assert_eq!(guard(json!({})), Ok(Guard::default()));
        let some = guard(json!({"window": "90s", "action": "pause"})).unwrap();
        assert_eq!(some.window, Duration::from_secs(90));
        assert_eq!(some.action, Some(GuardAction::Pause));
        assert_eq!(some.min_attempts, 20);
    }

    #[test]
    fn a_guard_that_makes_no_sense_is_refused_by_the_name_of_its_field() {
        for (wrong, name) in [
            (json!({"max_error_rate": 5}), "max_error_rate"),
            (json!({"max_trap_rate": -0.1}), "max_trap_rate"),
            (json!({"max_p95_ratio": 0.5}), "max_p95_ratio"),
            (json!({"max_cpu_ratio": 0}), "max_cpu_ratio"),
            (json!({"min_attempts": 0}), "min_attempts"),
            (json!({"window": "10ms"}), "window"),
            (json!({"window": "5"}), "has no unit"),
            (json!({"max_errors": 1}), "max_errors"),
        ] {
            let message = guard(wrong).unwrap_err();
            assert!(message.contains(name), "{message}");
        }
    }

    #[test]
    fn a_guard_is_stored_whole() {
        let stored = serde_json::to_value(Guard::default()).unwrap();
        assert_eq!(stored["window"], "5m");
        let read: Guard = serde_json::from_value(stored).unwrap();
        assert_eq!(read, Guard::default());
    }

    #[test]
    fn a_limit_of_a_guard_is_a_number_or_a_text() {
        assert_eq!(
            Guard::parse_setting("max_error_rate=0.02"),
            Ok(("max_error_rate".to_owned(), json!(0.02)))
        );
        assert_eq!(
            Guard::parse_setting("window=10m"),
            Ok(("window".to_owned(), json!("10m")))
        );
        let error = Guard::parse_setting("window").unwrap_err();
        assert!(error.contains("no `=`"), "{error}");
    }

    #[test]
    fn what_is_no_limit_of_a_guard_is_told_before_the_host_is_asked() {
        let refused = |text: &str| Guard::parse_setting(text).unwrap_err();
        let unknown = refused("windo=5m");
        assert!(
            unknown.contains("`windo`") && unknown.contains("`window`"),
            "{unknown}"
        );
        assert!(
            refused("window=5").contains("unit"),
            "{}",
            refused("window=5")
        );
        assert!(refused("max_error_rate=5").contains("from 0 to 1"));
        assert!(refused("max_p95_ratio=0.5").contains("of at least 1"));
        assert!(refused("action=stop").contains("`rollback` or `pause`"));
    }

    #[test]
    fn a_guard_is_shown_as_it_is_written() {
        let text = "window=5m min_attempts=20 max_error_rate=0.05 max_trap_rate=0.01 \
                    max_p95_ratio=2 max_memory_ratio=2 max_cpu_ratio=2";
        assert_eq!(Guard::default().to_string(), text);
    }
}
