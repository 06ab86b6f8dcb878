//! Where the time of a step went.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;

/// Milliseconds by what a step waited for or did; together from the beginning of the task, or for a step of the
/// critical path from the end of the one before it, to the end of the step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Times {
    /// Until the steps that it depends on were complete.
    pub blocked_ms: f64,
    /// Ready, until a worker claimed it.
    pub queued_ms: f64,
    /// Attempts ran, those that failed included.
    pub running_ms: f64,
    /// After a failed attempt, until the next one was claimed.
    pub backoff_ms: f64,
    /// Kept from being claimed, since its code was quarantined.
    pub suspended_ms: f64,
}

/// What a step waits for or does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Blocked,
    Queued,
    Running,
    Backoff,
    Suspended,
}

impl Times {
    pub fn total_ms(&self) -> f64 {
        self.blocked_ms + self.released_ms()
    }

    /// Without the time before its parents were complete.
    pub fn released_ms(&self) -> f64 {
        self.queued_ms + self.running_ms + self.backoff_ms + self.suspended_ms
    }

    /// Adds a span of time; one that is negative, since a clock was set back, counts as none.
    pub fn add(&mut self, phase: Phase, span: TimeDelta) {
        let ms = ms(span).max(0.0);
        *match phase {
            Phase::Blocked => &mut self.blocked_ms,
            Phase::Queued => &mut self.queued_ms,
            Phase::Running => &mut self.running_ms,
            Phase::Backoff => &mut self.backoff_ms,
            Phase::Suspended => &mut self.suspended_ms,
        } += ms;
    }
}

impl AddAssign for Times {
    fn add_assign(&mut self, other: Self) {
        self.blocked_ms += other.blocked_ms;
        self.queued_ms += other.queued_ms;
        self.running_ms += other.running_ms;
        self.backoff_ms += other.backoff_ms;
        self.suspended_ms += other.suspended_ms;
    }
}

/// Milliseconds, to the microsecond.
pub fn ms(span: TimeDelta) -> f64 {
    span.num_microseconds().unwrap_or(i64::MAX) as f64 / 1_000.0
}
