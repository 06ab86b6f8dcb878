//! What hosts give as metrics about the database.

use super::Engine;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;
use tasker_database::DatabaseError;

/// How long the database may take to look.
const STATEMENT_TIMEOUT: &str = "select set_config('statement_timeout', '3s', true)";

/// What one look at the database found, of which all hosts give the same.
#[derive(Clone, Debug, Deserialize)]
pub struct Observation {
    pub at: chrono::DateTime<chrono::Utc>,
    /// `None` while the log is empty.
    pub log_count: Option<Vec<LogCount>>,
    /// By state; up to a bound.
    pub open_tasks: BTreeMap<String, u64>,
    /// `None` if the queue is empty.
    pub queue: Option<Vec<QueueDepth>>,
    pub suspended: u64,
    /// By state: alive, draining, silent.
    pub hosts: BTreeMap<String, u64>,
    /// By state.
    pub rollouts: BTreeMap<String, u64>,
    pub log_position: i64,
    pub log_uncounted: i64,
    pub log_lag_seconds: f64,
    /// For how long the oldest transaction has been open that may hold the log back; `None` if there is none, or it is
    /// not this role's to see.
    #[serde(default)]
    pub log_writer_seconds: Option<f64>,
    /// `None` as long as a host of an earlier release looked.
    #[serde(default)]
    pub subscriptions: Option<SubscriptionLag>,
    #[serde(default)]
    pub statistics: Option<StatisticsLag>,
    /// What all recordings of attempts take.
    #[serde(default)]
    pub recording_bytes: Option<i64>,
}

/// How far active subscriptions are behind, all together.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct SubscriptionLag {
    pub active: u64,
    /// Those whose last tries all failed, three or more.
    pub failing: u64,
    /// For how long the oldest event waits; `None` if none does.
    pub lag_seconds: Option<f64>,
}

/// How far the statistics are behind the log.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct StatisticsLag {
    /// Numbers of the log that are not counted yet.
    pub uncounted: i64,
    /// `None` before the first count.
    pub behind_seconds: Option<f64>,
}

/// Rows of the log of one kind and state.
#[derive(Clone, Debug, Deserialize)]
pub struct LogCount {
    pub kind: LogKind,
    /// Of a guard: what it did.
    pub state: String,
    /// Of the duration of a task that ended, from 0.
    pub bucket: usize,
    pub rows: u64,
    /// Of durations, all together.
    pub seconds: f64,
}

/// What rows of the log are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogKind {
    Task,
    Step,
    Guard,
}

/// What waits in the queue of one namespace, up to a bound.
#[derive(Clone, Debug, Deserialize)]
pub struct QueueDepth {
    pub namespace: String,
    pub due: u64,
    pub delayed: u64,
    /// For how long the oldest that is due has been.
    pub oldest_seconds: Option<f64>,
    /// None of its steps is claimed, because an operator paused it.
    #[serde(default)]
    pub is_paused: bool,
}

impl Engine {
    /// What was found within `max_age` by any host, or what a new look finds. `None` while another host has the first
    /// look.
    pub async fn observe(&self, max_age: Duration) -> Result<Option<Observation>, DatabaseError> {
        let mut tx = self.pool().begin().await?;
        sqlx::query(STATEMENT_TIMEOUT).execute(&mut *tx).await?;
        let found: Option<String> =
            sqlx::query_scalar("select tasker.observe($1 * interval '1 ms')::text")
                .bind(max_age.as_millis() as f64)
                .fetch_one(&mut *tx)
                .await?;
        tx.commit().await?;
        let Some(found) = found else { return Ok(None) };
        let read = serde_json::from_str(&found);
        read.map_err(|error| DatabaseError::Corrupt(format!("tasker.observe: {error}")))
    }
}
