//! States of tasks and steps, as the SQL types `tasker.task_state` and `tasker.step_state` name
//! them. Only SQL functions change them; Rust reads and shows them.

use serde::{Deserialize, Serialize};

/// Where a task stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "tasker.task_state", rename_all = "snake_case")]
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
    /// True where nothing will change by itself any more.
    pub fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::InProgress => false,
            Self::Complete | Self::Error | Self::Cancelled | Self::ResolvedManually => true,
        }
    }
}

/// Where a step stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, clap::ValueEnum,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "tasker.step_state", rename_all = "snake_case")]
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
