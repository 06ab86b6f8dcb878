//! One look at the host and its database for everybody who asks within a second.

use super::claims::{failing, is_draining};
use super::parts::{self, Found, Known};
use crate::Api;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tasker_database::DatabaseError;
use tasker_database::health::DatabaseRow;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::health::HealthState;
use tasker_engine::health::{TaskCounts, WorkerRow};
use tasker_events::FeedStatus;
use tasker_wire::health::{
    self, ConnectionHealth, DatabaseHealth, FeedHealth, PartitionHealth, ReplicaHealth, Status,
    WorkerHealth,
};
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How old a status may be.
const MAX_AGE: Duration = Duration::from_secs(1);
/// How long the database may take to say that it is there.
const PING_TIMEOUT: Duration = Duration::from_secs(2);
/// How long it may take for each of the other questions, which are asked together.
const LOOK_TIMEOUT: Duration = Duration::from_secs(3);

/// The last status of a host; clones are the same.
#[derive(Clone, Default)]
pub(crate) struct StatusLooks(Arc<Mutex<Option<(Instant, Status)>>>);

impl StatusLooks {
    /// The status as it was within the last second. Who comes while the host looks waits for that look.
    pub(crate) async fn status(self, api: Api) -> Status {
        let mut last = self.0.lock_owned().await;
        if let Some((at, status)) = &*last
            && at.elapsed() < MAX_AGE
        {
            return status.clone();
        }
        // Goes on though the caller hangs up, so that the next one has not to begin anew.
        let looking = tokio::spawn(async move {
            let status = look(&api).await;
            *last = Some((Instant::now(), status.clone()));
            status
        });
        let looked = looking.await;
        looked.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
    }
}

async fn look(api: &Api) -> Status {
    let looked_at = chrono::Utc::now();
    let (asked, code) = tokio::join!(ask_database(api), api.sandbox.code_health());
    let database = api.engine.database();
    let feed = api.feed.status();
    let claims_fail = failing(api);
    let found = Found {
        database: asked.database.as_ref().map(|(_, took)| *took),
        schema: asked.schema,
        partitions: asked.partitions,
        observation: asked.observation,
        runs_worker: api.claiming.is_some(),
        is_draining: api.shutdown.is_cancelled() || is_draining(api),
        claims_fail: claims_fail.as_deref(),
        feed: feed.as_ref(),
        code,
        connections: database.connections(),
        replica: database.replica_health(),
        exports: api.exports.failing(),
    };
    let parts = parts::of(&found);
    let worst = parts.iter().map(|part| part.status).max();
    let connections = &found.connections;
    Status {
        status: worst.unwrap_or(HealthState::Ok),
        looked_at,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        is_draining: found.is_draining,
        runs_worker: found.runs_worker,
        connections: ConnectionHealth {
            max: connections.max,
            open: connections.open,
            refused: connections.refused.clone(),
        },
        read_replica: found.replica.as_ref().map(|replica| ReplicaHealth {
            lag_ms: replica.lag.map(|lag| lag.as_millis() as u64),
            unusable: replica.unusable.clone(),
        }),
        partitions: found.partitions.ok().map(|partitions| PartitionHealth {
            open: partitions.open,
            closed: partitions.closed,
            next_is_missing: partitions.next_is_missing,
        }),
        claims_fail,
        parts,
        database: asked.database.ok().map(|(row, _)| DatabaseHealth {
            version: row.version,
            now: row.now,
        }),
        workers: asked
            .workers
            .map(|all| all.into_iter().map(worker).collect()),
        tasks: asked.tasks.map(|tasks| health::TaskCounts {
            pending: tasks.pending,
            in_progress: tasks.in_progress,
            finished_estimate: tasks.finished_estimate,
        }),
        feed: feed.map(feed_health),
    }
}

/// What the database said.
struct Asked {
    database: Known<(DatabaseRow, Duration)>,
    schema: Known<tasker_database::schema::Schema>,
    partitions: Known<tasker_database::partitions::PartitionsRow>,
    observation: Known<Option<tasker_engine::observation::Observation>>,
    workers: Option<Vec<WorkerRow>>,
    tasks: Option<TaskCounts>,
}

async fn ask_database(api: &Api) -> Asked {
    let database = api.engine.database();
    let asked_at = Instant::now();
    let row = match within(PING_TIMEOUT, database.status()).await {
        Ok(row) => row,
        Err(why) => return Asked::unknown(why),
    };
    let took = asked_at.elapsed();
    let (schema, partitions, observation, workers, tasks) = tokio::join!(
        within(LOOK_TIMEOUT, database.schema()),
        within(LOOK_TIMEOUT, database.partitions()),
        within(LOOK_TIMEOUT, api.engine.observe(MAX_AGE)),
        within(LOOK_TIMEOUT, api.engine.workers_alive()),
        within(LOOK_TIMEOUT, api.engine.task_counts()),
    );
    Asked {
        database: Ok((row, took)),
        schema,
        partitions,
        observation,
        workers: workers.ok(),
        tasks: tasks.ok(),
    }
}

impl Asked {
    fn unknown(why: String) -> Self {
        let unknown = format!("not known: {why}");
        Self {
            database: Err(why),
            schema: Err(unknown.clone()),
            partitions: Err(unknown.clone()),
            observation: Err(unknown),
            workers: None,
            tasks: None,
        }
    }
}

/// What the database says within this time. The words for callers reveal nothing internal; the host's log has the rest.
async fn within<T>(
    most: Duration,
    asked: impl Future<Output = Result<T, DatabaseError>>,
) -> Known<T> {
    match timeout(most, asked).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => {
            tracing::warn!(error = %ErrorChain(&error), "the status of the host is incomplete");
            Err(match error.is_transient() {
                true => error.outage().to_owned(),
                false => "the database refused the question; see the host's log".to_owned(),
            })
        }
        Err(_) => {
            let seconds = most.as_secs();
            tracing::warn!(
                seconds,
                "the status of the host is incomplete: the database did not answer"
            );
            Err(format!("the database did not answer within {seconds} s"))
        }
    }
}

fn feed_health(status: FeedStatus) -> FeedHealth {
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
