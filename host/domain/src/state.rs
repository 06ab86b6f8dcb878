//! States of tasks and steps, as the SQL types `tasker.task_state` and `tasker.step_state` name
//! them. Only SQL functions change them; Rust reads and shows them.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A text that is not a state; the database is newer than this host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a state that this version knows")]
pub struct StateError(String);

/// The state of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum TaskState {
    /// Created; no step has started.
    Pending,
    /// At least one step has started and the outcome is open.
    InProgress,
    Complete,
    Error,
    Cancelled,
    ResolvedManually,
}

impl TaskState {
    const ALL: [Self; 6] = [
        Self::Pending,
        Self::InProgress,
        Self::Complete,
        Self::Error,
        Self::Cancelled,
        Self::ResolvedManually,
    ];

    /// True for a final state.
    pub fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::InProgress => false,
            Self::Complete | Self::Error | Self::Cancelled | Self::ResolvedManually => true,
        }
    }

    /// As SQL and JSON name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::InProgress => "in_progress",
            Self::Complete => "complete",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
            Self::ResolvedManually => "resolved_manually",
        }
    }
}

/// The state of a step.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[clap(rename_all = "snake_case")]
pub enum StepState {
    /// A step that it depends on is not complete.
    Waiting,
    /// Any worker may claim it.
    Ready,
    /// A worker holds its lease.
    Running,
    /// An attempt failed; the next one is due at `ready_at`.
    WaitingForRetry,
    WaitingForEvent,
    Complete,
    /// Failed for good.
    Error,
    Cancelled,
    Skipped,
    ResolvedManually,
}

impl StepState {
    const ALL: [Self; 10] = [
        Self::Waiting,
        Self::Ready,
        Self::Running,
        Self::WaitingForRetry,
        Self::WaitingForEvent,
        Self::Complete,
        Self::Error,
        Self::Cancelled,
        Self::Skipped,
        Self::ResolvedManually,
    ];

    /// As SQL and JSON name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::WaitingForRetry => "waiting_for_retry",
            Self::WaitingForEvent => "waiting_for_event",
            Self::Complete => "complete",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
            Self::ResolvedManually => "resolved_manually",
        }
    }
}

/// Why an open task does not move; derived from its steps, never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandstillReason {
    WaitingForDependencies,
    WaitingForRetry,
    WaitingForEvent,
    /// What it would run next is quarantined.
    Quarantined,
    BlockedByFailures,
}

impl StandstillReason {
    /// As JSON names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WaitingForDependencies => "waiting_for_dependencies",
            Self::WaitingForRetry => "waiting_for_retry",
            Self::WaitingForEvent => "waiting_for_event",
            Self::Quarantined => "quarantined",
            Self::BlockedByFailures => "blocked_by_failures",
        }
    }
}

impl TryFrom<String> for TaskState {
    type Error = StateError;

    fn try_from(text: String) -> Result<Self, StateError> {
        let named = Self::ALL.into_iter().find(|state| state.as_str() == text);
        named.ok_or(StateError(text))
    }
}

impl TryFrom<String> for StepState {
    type Error = StateError;

    fn try_from(text: String) -> Result<Self, StateError> {
        let named = Self::ALL.into_iter().find(|state| state.as_str() == text);
        named.ok_or(StateError(text))
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for StandstillReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for StepState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_state_is_named_alike_in_sql_and_in_json() {
        for state in TaskState::ALL {
            assert_eq!(json!(state), state.as_str());
            assert_eq!(TaskState::try_from(state.to_string()), Ok(state));
        }
        for state in StepState::ALL {
            assert_eq!(json!(state), state.as_str());
            assert_eq!(StepState::try_from(state.to_string()), Ok(state));
        }
        assert!(TaskState::try_from("lost".to_owned()).is_err());
        let reason = StandstillReason::WaitingForDependencies;
        assert_eq!(json!(reason), reason.as_str());
    }
}
