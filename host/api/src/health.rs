//! Health: is the process there, may it be given work, how does it stand.

use super::Api;
use super::error::ApiError;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::time::Duration;
use tasker_database::connect::Connections;
use tasker_database::health::DatabaseRow;
use tasker_database::partitions::PartitionsRow;
use tasker_engine::claim_health::FailingClaims;
use tasker_engine::health::{TaskCounts, WorkerRow};
use tokio::time::timeout;

/// How long the database may take to say that it is there.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) fn router() -> Router<Api> {
    Router::new()
        .route("/live", get(live))
        .route("/ready", get(ready))
        .route("/status", get(status))
}

#[derive(Serialize)]
struct LiveView {
    status: &'static str,
}

async fn live() -> Json<LiveView> {
    Json(LiveView { status: "live" })
}

async fn ready(State(api): State<Api>) -> Result<Json<LiveView>, ApiError> {
    if api.shutdown.is_cancelled() {
        return Err(not_ready("the host is shutting down"));
    }
    if let Some(failing) = api.claiming.failing().filter(FailingClaims::is_grave) {
        return Err(not_ready(&no_claims(&failing)));
    }
    match timeout(PING_TIMEOUT, api.engine.database().ping()).await {
        Ok(Ok(())) => Ok(Json(LiveView { status: "ready" })),
        Ok(Err(error)) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the database refused a ping"
            );
            Err(not_ready(error.outage()))
        }
        Err(_) => Err(not_ready("the database did not answer within 1 s")),
    }
}

fn no_claims(failing: &FailingClaims) -> String {
    format!(
        "the host has claimed no step for {} s: {}",
        failing.since.elapsed().as_secs(),
        failing.reason
    )
}

fn not_ready(why: &str) -> ApiError {
    ApiError::NotReady {
        why: why.to_owned(),
    }
}

#[derive(Serialize)]
struct StatusView {
    /// Of this host.
    version: &'static str,
    is_draining: bool,
    /// Why the host claims no steps, where its claims fail.
    claims_fail: Option<String>,
    database: DatabaseView,
    connections: ConnectionsView,
    /// Of all hosts on this database.
    workers: Vec<WorkerView>,
    tasks: TasksView,
    log: LogView,
}

/// How the log of transitions is divided.
#[derive(Serialize)]
struct LogView {
    has_stray_rows: bool,
    next_month_is_missing: bool,
}

#[derive(Serialize)]
struct DatabaseView {
    version: String,
    now: DateTime<Utc>,
}

/// Of this host to the database.
#[derive(Serialize)]
struct ConnectionsView {
    max: u32,
    open: u32,
    /// Why PostgreSQL refused some in the last minute.
    refused: Option<String>,
}

#[derive(Serialize)]
struct WorkerView {
    worker_id: i32,
    host_name: String,
    pid: i32,
    started_at: DateTime<Utc>,
    heartbeat_at: DateTime<Utc>,
}

#[derive(Serialize)]
struct TasksView {
    pending: i64,
    in_progress: i64,
    finished_estimate: i64,
}

async fn status(State(api): State<Api>) -> Result<Json<StatusView>, ApiError> {
    let failing = api.claiming.failing().filter(FailingClaims::is_grave);
    let (database, workers, tasks, log) = tokio::try_join!(
        api.engine.database().status(),
        api.engine.workers_alive(),
        api.engine.task_counts(),
        api.engine.database().partitions(),
    )?;
    Ok(Json(StatusView {
        version: env!("CARGO_PKG_VERSION"),
        is_draining: api.shutdown.is_cancelled(),
        claims_fail: failing.map(|failing| no_claims(&failing)),
        database: DatabaseView::from(database),
        connections: ConnectionsView::from(api.engine.database().connections()),
        workers: workers.into_iter().map(WorkerView::from).collect(),
        tasks: TasksView::from(tasks),
        log: LogView::from(log),
    }))
}

impl From<DatabaseRow> for DatabaseView {
    fn from(row: DatabaseRow) -> Self {
        let DatabaseRow { version, now } = row;
        Self { version, now }
    }
}

impl From<Connections> for ConnectionsView {
    fn from(connections: Connections) -> Self {
        let Connections { max, open, refused } = connections;
        Self { max, open, refused }
    }
}

impl From<PartitionsRow> for LogView {
    fn from(row: PartitionsRow) -> Self {
        let PartitionsRow {
            has_stray_rows,
            next_month_is_missing,
        } = row;
        Self {
            has_stray_rows,
            next_month_is_missing,
        }
    }
}

impl From<WorkerRow> for WorkerView {
    fn from(row: WorkerRow) -> Self {
        let WorkerRow {
            worker_id,
            host_name,
            pid,
            started_at,
            heartbeat_at,
        } = row;
        Self {
            worker_id,
            host_name,
            pid,
            started_at,
            heartbeat_at,
        }
    }
}

impl From<TaskCounts> for TasksView {
    fn from(counts: TaskCounts) -> Self {
        let TaskCounts {
            pending,
            in_progress,
            finished_estimate,
        } = counts;
        Self {
            pending,
            in_progress,
            finished_estimate,
        }
    }
}
