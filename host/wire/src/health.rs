//! Health: liveness, readiness and status.

use crate::endpoint::endpoint;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tasker_domain::health::{HealthState, HealthUnit};

/// What a host is found to be; anything else is a refusal.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Health {
    pub status: HealthStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    Live,
    Ready,
}

/// The status of a host and its database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Status {
    /// That of the part that is worst.
    pub status: HealthState,
    /// By the clock of the host; it looks once a second at most.
    pub looked_at: DateTime<Utc>,
    pub parts: Vec<PartStatus>,
    /// Of this host.
    pub version: String,
    pub is_draining: bool,
    /// False for a host that serves the API only.
    pub runs_worker: bool,
    /// Why the host claims no steps, where its claims fail.
    pub claims_fail: Option<String>,
    /// `None` if the database did not answer, as in the members below.
    pub database: Option<DatabaseHealth>,
    pub connections: ConnectionHealth,
    /// `None` if the host has no read replica.
    #[serde(default)]
    pub read_replica: Option<ReplicaHealth>,
    /// Of all hosts on this database.
    pub workers: Option<Vec<WorkerHealth>>,
    pub tasks: Option<TaskCounts>,
    pub partitions: Option<PartitionHealth>,
    /// `None` while nobody follows the feed of events on this host.
    #[serde(default)]
    pub feed: Option<FeedHealth>,
}

/// How well one part of a host is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PartStatus {
    /// Such as `database` or `queue`.
    pub part: String,
    pub status: HealthState,
    /// What its state goes by; none if there is nothing to measure, or it could not be found out.
    pub value: Option<f64>,
    pub unit: HealthUnit,
    /// What was found, as a sentence.
    pub why: String,
}

/// How far the feed of events is on this host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FeedHealth {
    /// Everything up to this number was sent.
    pub position: i64,
    /// Numbers behind it that are drawn, whose rows may not be committed yet.
    pub behind: i64,
    /// For how long some have been.
    pub lag_ms: u64,
    /// The transactions that may still write them.
    pub writers: Vec<String>,
    /// Streams of events on this host.
    pub streams: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct DatabaseHealth {
    pub version: String,
    pub now: DateTime<Utc>,
}

/// Of this host to the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ConnectionHealth {
    pub max: u32,
    pub open: u32,
    /// Why PostgreSQL refused some in the last minute.
    pub refused: Option<String>,
}

/// The read replica of this host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ReplicaHealth {
    /// How far it is behind, as last measured.
    pub lag_ms: Option<u64>,
    /// Why the primary answers in its place, if so.
    pub unusable: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct WorkerHealth {
    pub worker_id: i32,
    pub host_name: String,
    pub pid: i32,
    pub started_at: DateTime<Utc>,
    pub heartbeat_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TaskCounts {
    pub pending: i64,
    pub in_progress: i64,
    pub finished_estimate: i64,
}

/// How tasks, steps and log are divided by time.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PartitionHealth {
    /// Those that may have open tasks.
    pub open: i64,
    pub closed: i64,
    /// The newest is nearly over, and the next one is not there yet.
    pub next_is_missing: bool,
}

endpoint! {
    /// The process answers.
    GET "/health/live" ShowLiveness {}
    needs Read in Open;
    answers Health;
}

endpoint! {
    /// The host may be given work.
    GET "/health/ready" ShowReadiness {}
    needs Read in Open;
    answers Health;
    refuses Unavailable "not_ready";
}

endpoint! {
    /// The status of the host.
    GET "/health/status" ShowStatus {}
    needs Read in AnyNamespace;
    answers Status;
}
