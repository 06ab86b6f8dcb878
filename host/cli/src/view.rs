//! What the API answers, as far as the commands show it. Unknown members are ignored.

mod share;
mod transition;

pub use share::hidden_text;
pub use tasker_wire::Page;
pub use transition::{Failure, Transition};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use tasker_domain::ids::TaskId;
use tasker_domain::state::{StepState, TaskState};

#[derive(Debug, Deserialize)]
pub struct Submitted {
    /// False where a task with the same idempotency key was there already.
    pub created: bool,
    pub task: TaskSummary,
}

#[derive(Debug, Deserialize)]
pub struct TaskSummary {
    pub id: TaskId,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    /// Why it stands still, where it does.
    #[serde(default)]
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    #[serde(default)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it did not complete.
    #[serde(default)]
    pub error: Option<Failure>,
}

/// A task with the first of its steps.
#[derive(Debug, Deserialize)]
pub struct Task {
    pub id: TaskId,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    #[serde(default)]
    pub reason: Option<String>,
    pub created_at: DateTime<Utc>,
    #[serde(default)]
    pub finished_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub correlation_id: String,
    /// None where it is large: it is read by itself.
    #[serde(default)]
    pub input: Option<Box<RawValue>>,
    #[serde(default)]
    pub input_bytes: Option<u64>,
    /// None where it is large: it is read by itself.
    #[serde(default)]
    pub result: Option<Box<RawValue>>,
    #[serde(default)]
    pub result_bytes: Option<u64>,
    #[serde(default)]
    pub error: Option<Failure>,
    /// Steps by state; empty where the host does not tell.
    #[serde(default)]
    pub step_counts: BTreeMap<String, usize>,
    pub steps: Vec<Step>,
    /// Where the rest of them begins.
    #[serde(default)]
    pub steps_next: Option<String>,
    /// The number of its newest transition.
    pub seq: i64,
}

#[derive(Debug, Deserialize)]
pub struct Step {
    pub name: String,
    pub state: StepState,
    /// The newest attempt's number.
    pub attempts: u16,
    /// Those of them that count against `max_attempts`; none where the host does not tell.
    #[serde(default)]
    pub counted_attempts: Option<u16>,
    pub max_attempts: u16,
    #[serde(default)]
    pub depends_on: Vec<String>,
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub finished_at: Option<DateTime<Utc>>,
    /// When the next attempt is due.
    #[serde(default)]
    pub ready_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub error: Option<Failure>,
    /// Why it stands still, where it does.
    #[serde(default)]
    pub reason: Option<String>,
    /// `namespace/name` of what it runs, or ran.
    #[serde(default)]
    pub component: String,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub result_bytes: Option<u64>,
}
