//! How often and how fast a step is tried again, and what one attempt may use.

use crate::duration;
use crate::limits::LimitSettings;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;
use std::time::Duration;

/// The most attempts that a step may have.
pub const MAX_ATTEMPTS: u16 = 100;

/// How the wait between attempts grows; YAML, JSON and the SQL type `tasker.backoff` name it alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum Backoff {
    /// No wait.
    None,
    /// `base`, twice `base`, three times `base` …
    Linear,
    /// `base`, twice `base`, four times `base` …
    Exponential,
}

/// When a failed attempt is followed by another.
#[derive(Clone, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included; 1 to [`MAX_ATTEMPTS`].
    pub max_attempts: u16,
    pub backoff: Backoff,
    /// The wait after the first attempt; at most `max`.
    pub base: Duration,
    /// The longest wait.
    pub max: Duration,
    /// The share of a wait that is left to chance, 0 to 1.
    pub jitter: f64,
}

/// What a template says of one step's attempts, completed by defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    pub retry: RetryPolicy,
    /// Wall time of one attempt; 1 ms to 24 h.
    pub timeout: Duration,
    /// What else one attempt may use, where that is less than others allow.
    pub limits: LimitSettings,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            retry: RetryPolicy {
                max_attempts: 3,
                backoff: Backoff::Exponential,
                base: Duration::from_secs(1),
                max: Duration::from_secs(5 * 60),
                jitter: 0.1,
            },
            timeout: Duration::from_secs(30),
            limits: LimitSettings::default(),
        }
    }
}

/// What a `retry:` says; what it leaves out comes from elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetrySettings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff: Option<Backoff>,
    #[serde(skip_serializing_if = "Option::is_none", with = "duration::optional")]
    pub base: Option<Duration>,
    #[serde(skip_serializing_if = "Option::is_none", with = "duration::optional")]
    pub max: Option<Duration>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "share")]
    pub jitter: Option<f64>,
}

/// A number in a value that is flattened into a step: serde passes a float there as its text.
fn share<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    let number = Option::<Number>::deserialize(from)?;
    Ok(number.and_then(|number| number.as_f64()))
}

/// What a step, an environment or `defaults:` says of attempts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicySettings {
    #[serde(skip_serializing_if = "RetrySettings::is_empty")]
    pub retry: RetrySettings,
    #[serde(skip_serializing_if = "Option::is_none", with = "duration::optional")]
    pub timeout: Option<Duration>,
    /// Without the time, which is `timeout`.
    #[serde(skip_serializing_if = "LimitSettings::is_empty")]
    pub limits: LimitSettings,
}

impl RetrySettings {
    /// True if nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn or(&self, other: &Self) -> Self {
        Self {
            max_attempts: self.max_attempts.or(other.max_attempts),
            backoff: self.backoff.or(other.backoff),
            base: self.base.or(other.base),
            max: self.max.or(other.max),
            jitter: self.jitter.or(other.jitter),
        }
    }

    fn complete(&self, default: RetryPolicy) -> RetryPolicy {
        RetryPolicy {
            max_attempts: self.max_attempts.unwrap_or(default.max_attempts),
            backoff: self.backoff.unwrap_or(default.backoff),
            base: self.base.unwrap_or(default.base),
            max: self.max.unwrap_or(default.max),
            jitter: self.jitter.unwrap_or(default.jitter),
        }
    }
}

impl PolicySettings {
    /// True if nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// These settings, and where they say nothing, the others.
    pub fn or(&self, other: &Self) -> Self {
        Self {
            retry: self.retry.or(&other.retry),
            timeout: self.timeout.or(other.timeout),
            limits: self.limits.or(&other.limits),
        }
    }

    /// These settings, and where they say nothing, [`Policy::default`].
    pub fn complete(&self) -> Policy {
        let default = Policy::default();
        Policy {
            retry: self.retry.complete(default.retry),
            timeout: self.timeout.unwrap_or(default.timeout),
            limits: self.limits.clone(),
        }
    }
}
