//! The database: connections with limits, migrations, hints, and what every query shares.
//!
//! It knows the schema only as a whole. Queries of tasks are in `tasker-engine`, those of components,
//! templates and pins in `tasker-registry`.

pub mod audit;
pub mod backoff;
mod call_metrics;
pub mod connect;
pub mod fault;
pub mod health;
pub mod listing;
mod metrics;
mod migrate;
pub mod notifications;
mod outage;
pub mod partitions;
mod pool;
mod pools;
pub mod replica;
pub mod schema;
mod shares;

pub use migrate::{MigrateError, migrate};
pub use pool::{Connection, Pool, Transaction};
pub use pools::{DEFAULT_CONNECTIONS, MIN_CONNECTIONS};

use pools::Pools;
use replica::{Replica, ReplicaConfig};
use sqlx::postgres::PgConnectOptions;
use std::borrow::Cow;
use std::str::FromStr;
use std::sync::Arc;

/// A handle on the database; cheap to clone.
///
/// Each handle has the connections of one use: that of the API, unless it was asked for another.
#[derive(Clone, Debug)]
pub struct Database {
    pools: Arc<Pools>,
    /// The connections of this handle.
    pool: Pool,
    replica: Option<Arc<Replica>>,
}

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error("the database did not answer as expected")]
    Sql(#[from] sqlx::Error),
    #[error(
        "`{0}` is not a PostgreSQL URL; write for example `postgres://user@host:5432/database`"
    )]
    Url(String, #[source] sqlx::Error),
    #[error("the database contains something that this version cannot read: {0}")]
    Corrupt(String),
}

/// What PostgreSQL calls `lock_not_available`.
const LOCK_TIMEOUT: &str = "55P03";

impl DatabaseError {
    /// What PostgreSQL, or a function of ours, calls the error.
    pub fn sqlstate(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => error.code(),
            Self::Sql(_) | Self::Url(..) | Self::Corrupt(_) => None,
        }
    }

    /// True if a lock was not had within `lock_timeout`.
    pub fn is_lock_timeout(&self) -> bool {
        self.sqlstate().is_some_and(|code| code == LOCK_TIMEOUT)
    }
}

impl Database {
    /// Opens up to `connections` connections, but not fewer than [`MIN_CONNECTIONS`], as they are needed.
    /// The first use finds out whether the server is there.
    pub fn open(options: PgConnectOptions, connections: u32) -> Self {
        Self::open_with_replica(options, None, connections)
    }

    /// The same with a URL such as `postgres://user@host:5432/database`.
    pub fn open_url(url: &str, connections: u32) -> Result<Self, DatabaseError> {
        Ok(Self::open(options_of(url)?, connections))
    }

    /// The same with a read replica, which has some of the connections, and at least two of its own.
    pub fn open_with_replica(
        options: PgConnectOptions,
        replica: Option<ReplicaConfig>,
        connections: u32,
    ) -> Self {
        let pools = Pools::new(of_tasker(options), connections, replica.is_some());
        Self {
            pool: pools.api.clone(),
            replica: replica.map(|config| Arc::new(Replica::new(config, &pools))),
            pools: Arc::new(pools),
        }
    }

    /// Brings the schema and the functions to what this host needs. Safe to call from several hosts
    /// at once.
    pub async fn migrate(&self) -> Result<(), MigrateError> {
        migrate(&self.pools.options).await
    }

    /// A handle for what attempts read, and what is read to run them, but for components.
    pub fn for_guests(&self) -> Self {
        self.with_pool(self.pools.guests.clone())
    }

    /// A handle for one change of very many rows.
    pub fn for_bulk(&self) -> Self {
        self.with_pool(self.pools.bulk())
    }

    /// A handle for what may take minutes.
    pub fn for_maintenance(&self) -> Self {
        self.with_pool(self.pools.maintenance())
    }

    fn with_pool(&self, pool: Pool) -> Self {
        Self {
            pool,
            ..self.clone()
        }
    }

    /// The connections of this handle.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The connection of heartbeats, which nothing else can keep waiting.
    pub fn heartbeats(&self) -> &Pool {
        &self.pools.heartbeat
    }

    /// The connections of the worker's calls, for one without which it makes no other.
    pub fn recovery(&self) -> Pool {
        self.pools.recovery()
    }

    /// The connections of the reaper.
    pub fn scans(&self) -> Pool {
        self.pools.scans()
    }

    /// The same for what takes a moment and may be left out.
    pub fn control(&self) -> &Pool {
        &self.pools.control
    }

    /// The connections of the worker's calls: the one that was used last, whenever it is free, so
    /// that its server process has everything at hand.
    pub fn engine(&self) -> &Pool {
        &self.pools.engine
    }

    /// Closes every connection. Calls under way end by themselves, within their limits.
    pub async fn close(&self) {
        let of_replica = self.replica.iter().map(|replica| replica.pool());
        let pools = self.pools.all().into_iter().chain(of_replica);
        futures::future::join_all(pools.map(Pool::close)).await;
    }
}

/// How to connect to a URL such as `postgres://user@host:5432/database`.
pub fn options_of(url: &str) -> Result<PgConnectOptions, DatabaseError> {
    PgConnectOptions::from_str(url)
        .map_err(|error| DatabaseError::Url(without_password(url), error))
}

/// The setting of the last ten versions is the same, and poolers refuse it.
fn of_tasker(options: PgConnectOptions) -> PgConnectOptions {
    options.application_name("tasker").extra_float_digits(None)
}

/// The URL with its password, if any, replaced.
pub fn without_password(url: &str) -> String {
    let Some((head, tail)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((login, rest)) = tail.split_once('@') else {
        return url.to_owned();
    };
    let user = login.split(':').next().unwrap_or_default();
    format!("{head}://{user}:…@{rest}")
}

/// One column of a batch: SQL functions take parallel arrays.
pub fn column<'a, T, C>(batch: &'a [T], of: impl Fn(&'a T) -> C) -> Vec<C> {
    batch.iter().map(of).collect()
}
