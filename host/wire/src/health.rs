//! Health: is the process there, may it be given work, how does it stand.

use crate::endpoint::endpoint;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a host is found to be; anything else is a refusal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Health {
    pub status: HealthStatus,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    Live,
    Ready,
}

/// How a host and its database stand.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// Of this host.
    pub version: String,
    pub is_draining: bool,
    /// False for a host that serves the API only.
    pub runs_worker: bool,
    /// Why the host claims no steps, where its claims fail.
    pub claims_fail: Option<String>,
    pub database: Database,
    pub connections: Connections,
    /// Of all hosts on this database.
    pub workers: Vec<Worker>,
    pub tasks: TaskCounts,
    pub log: Log,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Database {
    pub version: String,
    pub now: DateTime<Utc>,
}

/// Of this host to the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connections {
    pub max: u32,
    pub open: u32,
    /// Why PostgreSQL refused some in the last minute.
    pub refused: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Worker {
    pub worker_id: i32,
    pub host_name: String,
    pub pid: i32,
    pub started_at: DateTime<Utc>,
    pub heartbeat_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskCounts {
    pub pending: i64,
    pub in_progress: i64,
    pub finished_estimate: i64,
}

/// How the log of transitions is divided.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Log {
    pub has_stray_rows: bool,
    pub next_month_is_missing: bool,
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
}

endpoint! {
    /// How the host stands.
    GET "/health/status" ShowStatus {}
    needs Read in AnyNamespace;
    answers Status;
}
