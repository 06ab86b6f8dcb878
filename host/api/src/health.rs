//! Health: liveness, readiness and status.

use super::Api;
use super::error::ApiError;
use super::routes::{Answer, Call, Reply, Routes};
use std::time::Duration;
use tasker_engine::claim_health::FailingClaims;
use tasker_engine::health::WorkerRow;
use tasker_events::FeedStatus;
use tasker_wire::health::{
    ConnectionHealth, DatabaseHealth, FeedHealth, Health, HealthStatus, PartitionHealth,
    ReplicaHealth, ShowLiveness, ShowReadiness, ShowStatus, Status, TaskCounts, WorkerHealth,
};
use tokio::time::timeout;

/// How long the database may take to say that it is there.
const PING_TIMEOUT: Duration = Duration::from_secs(1);

pub(crate) fn routes() -> Routes {
    Routes::default().on(live).on(ready).on(status)
}

async fn live(_: Api, _: Call<ShowLiveness>) -> Answer<ShowLiveness> {
    let status = HealthStatus::Live;
    Ok(Reply::ok(Health { status }))
}

async fn ready(api: Api, _: Call<ShowReadiness>) -> Answer<ShowReadiness> {
    if api.shutdown.is_cancelled() {
        return Err(not_ready("the host is shutting down"));
    }
    if is_draining(&api) {
        return Err(not_ready(
            "the host drains: it claims no steps, but serves the API until it is stopped",
        ));
    }
    if let Some(failing) = failing(&api) {
        return Err(not_ready(&no_claims(&failing)));
    }
    match timeout(PING_TIMEOUT, api.engine.database().ping()).await {
        Ok(Ok(())) => {
            let status = HealthStatus::Ready;
            Ok(Reply::ok(Health { status }))
        }
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

/// True if operators want the host to claim nothing.
fn is_draining(api: &Api) -> bool {
    let claiming = api.claiming.as_ref();
    claiming.is_some_and(|claiming| claiming.drain().is_asked())
}

/// How the claims of the host's worker fail, where they do for a while.
fn failing(api: &Api) -> Option<FailingClaims> {
    let failing = api.claiming.as_ref()?.failing();
    failing.filter(FailingClaims::is_grave)
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

async fn status(api: Api, _: Call<ShowStatus>) -> Answer<ShowStatus> {
    let failing = failing(&api);
    let of_database = api.engine.database();
    let (database, workers, tasks, partitions) = tokio::try_join!(
        of_database.status(),
        api.engine.workers_alive(),
        api.engine.task_counts(),
        of_database.partitions(),
    )?;
    let connections = of_database.connections();
    let replica = of_database.replica_health();
    Ok(Reply::ok(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        is_draining: api.shutdown.is_cancelled() || is_draining(&api),
        runs_worker: api.claiming.is_some(),
        claims_fail: failing.map(|failing| no_claims(&failing)),
        database: DatabaseHealth {
            version: database.version,
            now: database.now,
        },
        connections: ConnectionHealth {
            max: connections.max,
            open: connections.open,
            refused: connections.refused,
        },
        read_replica: replica.map(|replica| ReplicaHealth {
            lag_ms: replica.lag.map(|lag| lag.as_millis() as u64),
            unusable: replica.unusable,
        }),
        workers: workers.into_iter().map(worker).collect(),
        tasks: TaskCounts {
            pending: tasks.pending,
            in_progress: tasks.in_progress,
            finished_estimate: tasks.finished_estimate,
        },
        partitions: PartitionHealth {
            open: partitions.open,
            closed: partitions.closed,
            next_is_missing: partitions.next_is_missing,
        },
        feed: api.feed.status().map(feed),
    }))
}

fn feed(status: FeedStatus) -> FeedHealth {
    FeedHealth {
        position: status.safe,
        behind: status.behind,
        lag_ms: status.behind_for().as_millis() as u64,
        streams: status.followers as u64,
        writers: status.writers,
    }
}

fn worker(row: WorkerRow) -> WorkerHealth {
    WorkerHealth {
        worker_id: row.worker_id,
        host_name: row.host_name,
        pid: row.pid,
        started_at: row.started_at,
        heartbeat_at: row.heartbeat_at,
    }
}
