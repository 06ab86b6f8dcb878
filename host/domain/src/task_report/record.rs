//! What is kept of a task, as the database reads it and as a line of the archive has it.

use crate::digest::Digest;
use crate::ids::TaskId;
use crate::state::{StepState, TaskState};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;

/// A task with its steps and its log.
#[derive(Debug, Deserialize)]
pub struct TaskRecord {
    pub task: TaskFacts,
    /// In the order of their numbers.
    pub steps: Vec<StepRecord>,
    /// In order.
    pub log: Vec<LogRecord>,
    /// What operators did to the task itself.
    #[serde(default)]
    pub changes: Vec<ChangeRecord>,
    /// When it was read; an archived task has ended.
    pub as_of: Option<DateTime<Utc>>,
    /// True if later rows of the log were not read.
    #[serde(default)]
    pub is_log_cut: bool,
}

impl TaskRecord {
    /// Reads a record, or a line of the archive.
    pub fn parse(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }
}

/// The task itself.
#[derive(Debug, Deserialize)]
pub struct TaskFacts {
    pub id: TaskId,
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub state: TaskState,
    pub correlation_id: String,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub error: Option<Box<RawValue>>,
}

/// One step, with what it ran or is to run.
#[derive(Debug, Deserialize)]
pub struct StepRecord {
    pub name: String,
    pub state: StepState,
    pub attempts: u32,
    pub counted_attempts: u32,
    pub max_attempts: u32,
    /// All of them.
    pub depends_on: Vec<String>,
    pub finished_at: Option<DateTime<Utc>>,
    pub component: String,
    pub version: String,
    pub digest: Digest,
    pub handler: String,
}

/// One change of state, of the task where `step` is none; or an event.
#[derive(Debug, Default, Deserialize)]
pub struct LogRecord {
    pub seq: i64,
    pub at: DateTime<Utc>,
    pub step: Option<String>,
    pub attempt: Option<u32>,
    pub worker_id: Option<i32>,
    /// The name of the worker's host, as long as the database knows it.
    pub host: Option<String>,
    pub to_state: Option<String>,
    pub event: Option<String>,
    /// Not of events, whose payloads a report does not need.
    pub detail: Option<Box<RawValue>>,
    pub wall_ms: Option<f64>,
    pub cpu_ms: Option<f64>,
    pub host_ms: Option<f64>,
    pub memory_kib: Option<u64>,
    pub in_bytes: Option<u64>,
    pub out_bytes: Option<u64>,
    pub http_requests: Option<u64>,
}

/// A row of the audit log about the task.
#[derive(Debug, Deserialize)]
pub struct ChangeRecord {
    pub at: DateTime<Utc>,
    pub actor: String,
    pub action: String,
    pub reason: String,
}

/// What the report reads of an error, or of another detail of the log.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Detail {
    pub step: Option<String>,
    pub kind: Option<String>,
    pub code: Option<String>,
    pub message: Option<String>,
    pub reason: Option<String>,
    pub by: Option<String>,
    pub why: Option<String>,
}

impl Detail {
    /// Nothing where it is of another form.
    pub fn of(json: Option<&RawValue>) -> Self {
        let read = json.map(|json| serde_json::from_str(json.get()));
        read.and_then(Result::ok).unwrap_or_default()
    }
}
