//! The database: the only module that speaks sqlx.
//!
//! Functions here are named after what they do for their stage and return domain values. Whatever
//! changes the state of a task is one call of one SQL function, hence one transaction.

pub mod api_key;
pub mod approve;
pub mod audit;
pub mod backoff;
pub mod bench;
pub mod catalog;
pub mod claim_health;
pub mod collect;
pub mod component;
pub mod connect;
pub mod engine;
mod event;
pub mod fault;
pub mod grant;
pub mod health;
pub mod inventory;
pub mod kv;
mod last_use;
pub mod lease;
pub mod limit;
pub mod lock;
mod migrate;
mod namespace;
pub mod notifications;
mod outage;
pub mod partitions;
pub mod payload_read;
pub mod pin;
pub mod plan;
mod pool;
mod pools;
pub mod quarantine;
pub mod references;
pub mod secret;
pub mod share;
pub mod signature;
pub mod step_read;
pub mod task_read;
pub mod template;
pub mod upgrade;
pub mod usage;
pub mod uses;
pub mod yank;

pub use migrate::{MigrateError, migrate};
pub use pools::{DEFAULT_CONNECTIONS, MIN_CONNECTIONS};

use pool::Pool;
use pools::Pools;
use sqlx::postgres::PgConnectOptions;
use std::str::FromStr;
use std::sync::Arc;

/// A handle on the database; cheap to clone.
///
/// Each handle has the connections of one use: that of the API, unless it was asked for another.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Arc<Pools>,
    /// The connections of this handle.
    pub(crate) pool: Pool,
    /// What secrets are encrypted with.
    keys: Option<secret::SecretKeys>,
    /// Versions in use, to be written.
    uses: Arc<last_use::Uses>,
}

/// Why the database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database did not answer as expected")]
    Database(#[from] sqlx::Error),
    #[error(
        "`{0}` is not a PostgreSQL URL; write for example `postgres://user@host:5432/database`"
    )]
    Url(String, #[source] sqlx::Error),
    #[error("the database holds something that this version cannot read: {0}")]
    Corrupt(String),
}

/// Under which `tasker.create_tasks` refuses a lock that names a collected version.
const VOID_LOCK: &str = "TA001";

/// What PostgreSQL calls `lock_not_available`.
const LOCK_TIMEOUT: &str = "55P03";

impl StoreError {
    /// True where a lock was not had within `lock_timeout`.
    pub(crate) fn is_lock_timeout(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code == LOCK_TIMEOUT)
            }
            Self::Database(_) | Self::Url(..) | Self::Corrupt(_) => false,
        }
    }

    /// True where what was resolved has been collected since: resolving again gives another lock.
    pub fn is_void_lock(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| code == VOID_LOCK)
            }
            Self::Database(_) | Self::Url(..) | Self::Corrupt(_) => false,
        }
    }
}

impl Store {
    /// Opens up to `connections` connections as they are needed. The first use finds out whether
    /// the server is there.
    pub fn open(options: PgConnectOptions, connections: u32) -> Self {
        // The setting of the last ten versions is the same, and poolers refuse it.
        let options = options.application_name("tasker").extra_float_digits(None);
        let pools = Pools::new(options, connections);
        Self {
            pool: pools.api.clone(),
            pools: Arc::new(pools),
            keys: None,
            uses: Arc::default(),
        }
    }

    /// The same with a URL such as `postgres://user@host:5432/database`.
    pub fn open_url(url: &str, connections: u32) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| StoreError::Url(without_password(url), error))?;
        Ok(Self::open(options, connections))
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

    /// The connection of heartbeats, which nothing else can keep waiting.
    pub(crate) fn heartbeats(&self) -> &Pool {
        &self.pools.heartbeat
    }

    /// The connections of the worker's calls, for one without which it makes no other.
    pub(crate) fn recovery(&self) -> Pool {
        self.pools.recovery()
    }

    /// The connections of the reaper.
    pub(crate) fn scans(&self) -> Pool {
        self.pools.scans()
    }

    /// The same for what takes a moment and may be left out.
    pub(crate) fn control(&self) -> &Pool {
        &self.pools.control
    }

    /// The connections of the worker's calls: the one that was used last, whenever it is free, so
    /// that its server process has everything at hand.
    pub(crate) fn engine(&self) -> &Pool {
        &self.pools.engine
    }

    /// Closes every connection. Calls under way end by themselves, within their limits.
    pub async fn close(&self) {
        self.write_last_uses().await;
        futures::future::join_all(self.pools.all().map(Pool::close)).await;
    }
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
