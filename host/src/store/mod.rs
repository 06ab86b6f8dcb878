//! The database: the only module that speaks sqlx.
//!
//! Functions here are named after what they do for their stage and return domain values. Whatever
//! changes the state of a task is one call of one SQL function, hence one transaction.

pub mod api_key;
pub mod approve;
pub mod audit;
pub mod bench;
pub mod collect;
pub mod component;
pub mod embedded;
pub mod engine;
mod event;
pub mod grant;
pub mod health;
pub mod hold;
pub mod inventory;
pub mod kv;
pub mod lease;
pub mod limit;
pub mod lock;
mod migrate;
pub mod numbers;
pub mod payload_read;
pub mod pin;
pub mod plan;
pub mod quarantine;
pub mod secret;
pub mod signature;
pub mod step_read;
pub mod task_read;
pub mod template;
pub mod upgrade;
pub mod usage;
pub mod uses;
mod version_read;
pub mod wake;
pub mod yank;

pub use migrate::{MigrateError, migrate};

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use std::str::FromStr;
use std::time::Duration;

/// Connections of one host, unless it is told otherwise.
pub const DEFAULT_CONNECTIONS: u32 = 16;

/// How many of them are for the calls of its worker; lanes beyond that wait for each other.
const ENGINE_CONNECTIONS: u32 = 2;

/// How long a caller waits for a connection before it gets an error.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// A handle on the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    pub(in crate::store) pool: PgPool,
    /// For the worker's calls: one connection, and one for when that is busy.
    engine: [PgPool; 2],
    /// What secrets are encrypted with.
    keys: Option<secret::SecretKeys>,
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

impl StoreError {
    /// True where the same call may succeed later: a lost connection, a server that starts or stops,
    /// a deadlock. False where the call itself is wrong.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                // Classes 08 connection, 40 rollback, 53 resources, 57 operator intervention.
                let code = error.code().unwrap_or_default().into_owned();
                ["08", "40", "53", "57"]
                    .iter()
                    .any(|class| code.starts_with(class))
            }
            Self::Database(error) => matches!(
                error,
                sqlx::Error::Io(_)
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed
            ),
            Self::Url(..) | Self::Corrupt(_) => false,
        }
    }
}

/// Under which `tasker.create_tasks` refuses a lock that names a collected version.
const VOID_LOCK: &str = "TA001";

impl StoreError {
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
        let options = options.application_name("tasker");
        let pool = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(ACQUIRE_TIMEOUT)
                // A ping before every call would double the round trips; a dead connection shows itself.
                .test_before_acquire(false)
                .connect_lazy_with(options.clone())
        };
        Self {
            engine: [pool(1), pool(ENGINE_CONNECTIONS - 1)],
            pool: pool(connections.saturating_sub(ENGINE_CONNECTIONS).max(1)),
            keys: None,
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
        migrate(&self.pool).await
    }

    /// The connection for a call of the worker: the same one whenever it is free, so that its server
    /// process has everything at hand. With turns taken, a lone step takes a quarter longer.
    pub(in crate::store) fn engine(&self) -> &PgPool {
        let [first, second] = &self.engine;
        let is_free = first.num_idle() > 0 || first.size() == 0;
        if is_free { first } else { second }
    }

    /// Waits for calls under way and closes every connection.
    pub async fn close(&self) {
        for engine in &self.engine {
            engine.close().await;
        }
        self.pool.close().await;
    }
}

/// The URL with its password, if any, replaced.
pub(crate) fn without_password(url: &str) -> String {
    let Some((head, tail)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((login, rest)) = tail.split_once('@') else {
        return url.to_owned();
    };
    let user = login.split(':').next().unwrap_or_default();
    format!("{head}://{user}:…@{rest}")
}
