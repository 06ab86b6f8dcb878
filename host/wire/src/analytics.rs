//! Statistics of what ran, from counts that hosts make of the log in the background.

use crate::endpoint::{always, endpoint};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::analytics::GroupBy;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;

/// Groups of an answer where the request names no `limit`.
pub const DEFAULT_GROUPS: u32 = 50;
/// The largest `limit`.
pub const MAX_GROUPS: u32 = 500;
/// Steps and groups of errors of each list of bottlenecks, where the request names no `limit`.
pub const DEFAULT_BOTTLENECKS: u32 = 10;
/// Which statistics.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PerformanceQuery {
    /// Without it, all that the caller may see.
    pub namespace: Option<Name>,
    pub template: Option<Name>,
    /// Without it, the last 24 hours.
    pub since: Option<DateTime<Utc>>,
    /// Without it, up to now.
    pub until: Option<DateTime<Utc>>,
    pub limit: Option<u32>,
    #[serde(default)]
    pub by: GroupBy,
}

/// Which statistics, without a division.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WindowQuery {
    /// Without it, all that the caller may see.
    pub namespace: Option<Name>,
    pub template: Option<Name>,
    /// Without it, the last 24 hours.
    pub since: Option<DateTime<Utc>>,
    /// Without it, up to now.
    pub until: Option<DateTime<Utc>>,
    pub limit: Option<u32>,
}

/// What an answer counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Window {
    /// The beginning, down to a multiple of `minutes`.
    pub since: DateTime<Utc>,
    /// The end, up to a multiple of `minutes`.
    pub until: DateTime<Utc>,
    /// How fine counts are: 1, 60 or 1440 minutes, by the length of the window and its age.
    pub minutes: u32,
    /// The log is counted up to here; none if it was never counted.
    pub as_of: Option<DateTime<Utc>>,
    /// More of the log is still to be counted.
    pub is_behind: bool,
}

/// Durations in milliseconds. Percentiles are within [`RELATIVE_ERROR`](tasker_domain::histogram::RELATIVE_ERROR) of the true ones; the rest is exact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Durations {
    pub mean: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

/// Tasks that ended in the window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "EndedTaskCounts"))]
pub struct TaskCounts {
    pub complete: u64,
    pub failed: u64,
    pub cancelled: u64,
    /// From their creation to their end.
    pub duration: Option<Durations>,
}

/// Attempts that ended in the window.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct AttemptCounts {
    pub count: u64,
    /// Their step failed for good.
    pub failed: u64,
    /// Their step is tried again.
    pub retried: u64,
    /// In their sandbox.
    pub duration: Option<Durations>,
}

/// Claims in the window, without those after a failed attempt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ClaimCounts {
    pub count: u64,
    /// From when the step was ready.
    pub delay: Option<Durations>,
}

/// The statistics of a namespace, template, version or step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PerformanceGroup {
    pub namespace: String,
    pub template: Option<String>,
    pub version: Option<String>,
    pub step: Option<String>,
    /// What ran: `namespace/component@version`.
    pub component: Option<String>,
    /// None of steps.
    pub tasks: Option<TaskCounts>,
    pub attempts: AttemptCounts,
    pub claims: ClaimCounts,
}

/// Tasks that ended in a part of the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Throughput {
    pub at: DateTime<Utc>,
    pub complete: u64,
    pub failed: u64,
    pub cancelled: u64,
}

/// Throughput, success and times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Performance {
    #[serde(flatten)]
    pub window: Window,
    pub relative_error: f64,
    /// In order; without parts in which no task ended.
    pub throughput: Vec<Throughput>,
    /// Those with the most tasks and attempts first.
    pub groups: Vec<PerformanceGroup>,
}

/// Failed attempts with one code and one shape of message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ErrorGroup {
    pub namespace: String,
    pub code: String,
    /// Without what differs from case to case: quoted parts are `…`, numbers and ids `#`.
    pub message: String,
    pub count: u64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    /// Up to five, as `template/step`.
    pub steps: Vec<String>,
    /// The last one.
    pub task_id: TaskId,
}

/// Where time goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Bottlenecks {
    #[serde(flatten)]
    pub window: Window,
    pub relative_error: f64,
    /// Steps whose attempts took the most time together.
    pub slowest: Vec<PerformanceGroup>,
    /// Steps that waited the longest together until they were claimed.
    pub longest_waits: Vec<PerformanceGroup>,
    /// Steps with the most failed attempts.
    pub most_retries: Vec<PerformanceGroup>,
    pub errors: Vec<ErrorGroup>,
}

/// Groups of errors.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Errors {
    #[serde(flatten)]
    pub window: Window,
    /// The most frequent first.
    pub groups: Vec<ErrorGroup>,
}

endpoint! {
    /// Returns throughput, success, and how long tasks, attempts and claims took.
    GET "/v1/analytics/performance" ShowPerformance {}
    needs Read in Query;
    may lag if always;
    query PerformanceQuery;
    answers Performance;
}

endpoint! {
    /// Returns where time goes: slow steps, long waits, retries, errors.
    GET "/v1/analytics/bottlenecks" ShowBottlenecks {}
    needs Read in Query;
    may lag if always;
    query WindowQuery;
    answers Bottlenecks;
}

endpoint! {
    /// Returns failed attempts by code and shape of the message.
    GET "/v1/analytics/errors" ShowErrors {}
    needs Read in Query;
    may lag if always;
    query WindowQuery;
    answers Errors;
}
