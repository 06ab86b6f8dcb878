//! A read replica: a streaming standby of the database that answers what may be a little old.
//!
//! It is looked at every second, and before each use. Where it is down, too far behind, or no standby of this
//! database, the primary answers in its place, and the log says so once.

mod lag;

use super::connect::find_out;
use super::pool::{Pool, ServerState};
use super::pools::Pools;
use super::{Database, of_tasker};
use lag::{IDENTITY, Measured, POSITION};
use sqlx::Error;
use sqlx::postgres::PgConnectOptions;
use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tasker_domain::error_chain::ErrorChain;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// How far a replica may be behind, unless its host is told otherwise.
pub const DEFAULT_MAX_LAG: Duration = Duration::from_secs(10);

/// Between two looks at the replica.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// How long a request waits to learn how far it is behind; longer than for a connection.
const MEASURE_TIMEOUT: Duration = Duration::from_secs(2);

/// The least time between two lines in the log about whether it is read.
const LOG_INTERVAL: Duration = Duration::from_secs(30);

/// How a host uses a read replica.
#[derive(Clone, Debug)]
pub struct ReplicaConfig {
    pub options: PgConnectOptions,
    /// Further behind, it is not read.
    pub max_lag: Duration,
}

/// How a replica is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaHealth {
    /// When it was last measured; `None` before.
    pub lag: Option<Duration>,
    /// Why it is not read, if it is not.
    pub unusable: Option<String>,
}

/// The connections to a replica, and what is known of it.
#[derive(Debug)]
pub(crate) struct Replica {
    pool: Pool,
    server: Arc<ServerState>,
    max_lag: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// It was found to be a standby of this database, and did not fail since.
    is_known: bool,
    lag: Option<Duration>,
    /// When everything that it had received was replayed.
    caught_up_at: Option<Instant>,
    unusable: Option<String>,
    /// Whether it is read, as the log last said, and when.
    logged: Option<(bool, Instant)>,
}

impl Replica {
    pub(crate) fn new(config: ReplicaConfig, pools: &Pools) -> Self {
        let server = Arc::<ServerState>::default();
        Self {
            pool: pools.of_replica(of_tasker(config.options), server.clone()),
            server,
            max_lag: config.max_lag,
            state: Mutex::new(State {
                unusable: Some("it was not reached yet".to_owned()),
                ..State::default()
            }),
        }
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds out whether it can be read.
    async fn look(&self, primary: &Pool) {
        if let Some(found) = self.find(primary).await.transpose() {
            self.note(found);
        }
    }

    async fn find(&self, primary: &Pool) -> Result<Option<Measured>, String> {
        let is_known = self.state().is_known;
        if !is_known {
            self.identify(primary).await?;
        }
        self.measure().await
    }

    /// Fails unless it is of the same cluster and the same database as the primary.
    async fn identify(&self, primary: &Pool) -> Result<(), String> {
        let session = find_out(&self.pool).await;
        let session = session.map_err(|error| error.to_string())?;
        self.server.set_session(session);
        match identity(primary).await.map_err(told)? == identity(&self.pool).await.map_err(told)? {
            true => Ok(()),
            false => Err("it is no standby of the database of --database-url".to_owned()),
        }
    }

    /// None: all connections to it are busy.
    async fn measure(&self) -> Result<Option<Measured>, String> {
        match timeout(MEASURE_TIMEOUT, lag::measure(&self.pool)).await {
            Ok(Err(error)) if is_busy(&error) => Ok(None),
            Ok(measured) => measured.map(Some).map_err(told),
            Err(_) => Err("it does not answer".to_owned()),
        }
    }

    /// Takes in what was found. Returns how far it is behind, if it can be read.
    fn note(&self, found: Result<Measured, String>) -> Option<Duration> {
        let mut state = self.state();
        state.is_known = found.is_ok();
        let lag = found.and_then(|measured| {
            if measured.is_caught_up {
                state.caught_up_at = Some(Instant::now());
            }
            measured.lag(state.caught_up_at.map(|at| at.elapsed()))
        });
        let lag = lag.and_then(|lag| {
            state.lag = Some(lag);
            match lag <= self.max_lag {
                true => Ok(lag),
                false => Err(format!(
                    "it is {} ms behind, and {} are allowed",
                    lag.as_millis(),
                    self.max_lag.as_millis()
                )),
            }
        });
        state.unusable = lag.as_ref().err().cloned();
        state.log();
        lag.ok()
    }
}

impl State {
    /// Says in the log what is new, but not again and again where it changes with every look.
    fn log(&mut self) {
        let is_read = self.unusable.is_none();
        if let Some((logged, at)) = self.logged
            && (logged == is_read || at.elapsed() < LOG_INTERVAL)
        {
            return;
        }
        self.logged = Some((is_read, Instant::now()));
        match &self.unusable {
            Some(why) => tracing::warn!(
                why,
                "the read replica is not used; the primary answers instead"
            ),
            None => tracing::info!("the read replica is used"),
        }
    }
}

impl Database {
    /// A handle whose connections lead to the read replica, if there is one. Ask
    /// [`Database::replica_lag`] before each use.
    pub fn for_replica(&self) -> Option<Self> {
        let replica = self.replica.as_ref()?;
        Some(self.with_pool(replica.pool.clone()))
    }

    /// How far the replica is behind, if it can be read and is not further behind than `max`. Takes one
    /// round trip to it; where it is known to be down, none.
    pub async fn replica_lag(&self, max: Duration) -> Option<Duration> {
        let replica = self.replica.as_ref()?;
        if replica.state().unusable.is_some() {
            return None;
        }
        let measured = replica.measure().await.transpose()?;
        replica.note(measured).filter(|lag| *lag <= max)
    }

    /// Has the replica left alone until it was looked at again, since a read of it failed. That its connections
    /// were busy says nothing of it.
    pub fn doubt_replica(&self, error: &(dyn StdError + 'static)) {
        if let Some(replica) = self.replica.as_ref().filter(|_| !is_busy(error)) {
            replica.note(Err(told(error)));
        }
    }

    /// Looks at the replica now.
    pub async fn look_at_replica(&self) {
        if let Some(replica) = &self.replica {
            replica.look(&self.pool).await;
        }
    }

    /// Looks at the replica again and again until `stop`.
    pub async fn watch_replica(self, stop: CancellationToken) {
        while self.replica.is_some() && !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_INTERVAL) => self.look_at_replica().await,
            }
        }
    }

    /// How the replica is; `None` if the host has none.
    pub fn replica_health(&self) -> Option<ReplicaHealth> {
        let replica = self.replica.as_ref()?;
        let state = replica.state();
        Some(ReplicaHealth {
            lag: state.lag,
            unusable: state.unusable.clone(),
        })
    }

    /// The end of the log of the primary, up to which [`Database::replica_has`] can be asked.
    pub async fn position(&self) -> Result<String, Error> {
        sqlx::query_scalar("select pg_current_wal_lsn()::text")
            .fetch_one(&self.pool)
            .await
    }

    /// Whether the replica can be read and has all that the primary had at this position.
    pub async fn replica_has(&self, position: &str) -> bool {
        let Some(replica) = &self.replica else {
            return false;
        };
        if replica.state().unusable.is_some() {
            return false;
        }
        let has = sqlx::query_scalar(POSITION)
            .bind(position)
            .fetch_one(&replica.pool);
        matches!(timeout(MEASURE_TIMEOUT, has).await, Ok(Ok(true)))
    }
}

async fn identity(pool: &Pool) -> Result<(i64, i64), Error> {
    sqlx::query_as(IDENTITY).fetch_one(pool).await
}

fn is_busy(error: &(dyn StdError + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |cause| (*cause).source());
    causes.any(|cause| matches!(cause.downcast_ref(), Some(Error::PoolTimedOut)))
}

fn told(error: impl StdError) -> String {
    ErrorChain(&error).to_string()
}
