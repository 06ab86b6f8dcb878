//! States of tasks and steps, as the SQL types `tasker.task_state` and `tasker.step_state` name
//! them. Only SQL functions change them; Rust reads and shows them.

use super::named_enum::named_enum;

/// A text that is not a state; the database is newer than this host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a state that this version knows")]
pub struct StateError(String);

impl StateError {
    fn unknown(text: &str) -> Self {
        Self(text.to_owned())
    }
}

named_enum! {
    /// The state of a task.
    #[derive(clap::ValueEnum, strum::Display)]
    #[clap(rename_all = "snake_case")]
    #[strum(parse_err_ty = StateError, parse_err_fn = StateError::unknown)]
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
}

impl TaskState {
    /// True for a final state.
    pub fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::InProgress => false,
            Self::Complete | Self::Error | Self::Cancelled | Self::ResolvedManually => true,
        }
    }
}

named_enum! {
    /// The state of a step.
    #[derive(clap::ValueEnum, strum::Display)]
    #[clap(rename_all = "snake_case")]
    #[strum(parse_err_ty = StateError, parse_err_fn = StateError::unknown)]
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
}

named_enum! {
    /// What a host does, by what the database knows of it.
    #[derive(strum::Display)]
    pub enum HostState {
        /// Claims steps.
        Active,
        /// Claims nothing more; what it runs may end.
        Draining,
        /// Claims nothing and holds nothing: it can be stopped.
        Drained,
        /// Its heartbeat is overdue.
        Silent,
        /// Ended, or declared dead by another host.
        Stopped,
    }
}

named_enum! {
    /// Why an open task does not move; derived from its steps, never stored.
    #[derive(strum::Display)]
    pub enum StandstillReason {
        WaitingForDependencies,
        WaitingForRetry,
        WaitingForEvent,
        /// What it would run next is quarantined.
        Quarantined,
        BlockedByFailures,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use strum::VariantArray as _;

    #[test]
    fn a_state_is_named_alike_in_sql_and_in_json() {
        for state in TaskState::VARIANTS {
            assert_eq!(json!(state), state.into_str());
            assert_eq!(state.to_string().parse(), Ok(*state));
        }
        for state in StepState::VARIANTS {
            assert_eq!(json!(state), state.into_str());
            assert_eq!(state.to_string().parse(), Ok(*state));
        }
        assert!("lost".parse::<TaskState>().is_err());
        let reason = StandstillReason::WaitingForDependencies;
        assert_eq!(json!(reason), reason.into_str());
    }
}
