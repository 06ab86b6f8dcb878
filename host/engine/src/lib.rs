//! Tasks, steps, leases and the log: what a host asks of the database to create tasks, to run them and to
//! show them.
//!
//! Whatever changes the state of a task is one call of one SQL function, hence one transaction. What an
//! attempt needs of the registry is read here; the registry writes it.

pub mod archived;
pub mod attempt_log;
pub mod attempt_rules;
pub mod bounded_map;
pub mod claim;
pub mod claim_health;
pub mod component;
pub mod drain;
mod event;
mod failure;
pub mod feed;
mod feed_names;
pub mod health;
pub mod host;
pub mod kv;
mod last_use;
pub mod lease;
pub mod lock;
pub mod log_position;
pub mod low_marks;
pub mod migration;
pub mod observation;
pub mod payload_read;
pub mod plan;
pub mod quarantine;
pub mod recording;
pub mod recording_bound;
pub mod report;
pub mod retention;
pub mod rollout;
mod row;
pub mod secret;
pub mod sets;
pub mod statistics;
pub mod step_read;
pub mod subscription;
pub mod task;
pub mod task_list;
pub mod task_read;
pub mod trace_log;
pub mod usage;
pub mod wanted_rows;

use attempt_rules::RulesCache;
use feed_names::FeedNames;
use log_position::SharedHorizon;
use recording_bound::{DroppedRecordings, MAX_RECORDINGS_BYTES};
use secret::SecretKeys;
use std::sync::Arc;
use tasker_database::{Database, Pool};

/// The engine in the database; cheap to clone. Clones gather the uses of versions together, and keep what
/// attempts are held to.
#[derive(Clone, Debug)]
pub struct Engine {
    database: Database,
    /// What secrets are encrypted with.
    keys: Option<SecretKeys>,
    /// Versions in use, to be written.
    uses: Arc<last_use::LastUses>,
    rules: Arc<RulesCache>,
    /// How far readers of open tasks may read.
    followed: Arc<SharedHorizon>,
    /// What readers of the feed call definitions.
    feed_names: Arc<FeedNames>,
    /// The most that all recordings take together, in bytes.
    max_recordings: i64,
    dropped: Arc<DroppedRecordings>,
    /// Its connections lead to the replica.
    is_on_replica: bool,
}

impl Engine {
    /// Without keys for secrets.
    pub fn new(database: Database) -> Self {
        Self {
            database,
            keys: None,
            uses: Arc::default(),
            rules: Arc::default(),
            followed: Arc::default(),
            feed_names: Arc::default(),
            max_recordings: MAX_RECORDINGS_BYTES as i64,
            dropped: Arc::default(),
            is_on_replica: false,
        }
    }

    /// The same with keys for secrets; without, none can be set or read.
    pub fn with_keys(self, keys: SecretKeys) -> Self {
        Self {
            keys: Some(keys),
            ..self
        }
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// A handle for what attempts read, and what is read to run them, but for components.
    pub fn for_guests(&self) -> Self {
        self.over(self.database.for_guests())
    }

    /// A handle for one change of very many rows.
    pub fn for_bulk(&self) -> Self {
        self.over(self.database.for_bulk())
    }

    /// A handle for what may take minutes.
    pub fn for_maintenance(&self) -> Self {
        self.over(self.database.for_maintenance())
    }

    /// A handle that reads from the replica of the database, if it has one. Ask
    /// [`Database::replica_lag`] before each use.
    pub fn for_replica(&self) -> Option<Self> {
        Some(Self {
            is_on_replica: true,
            ..self.over(self.database.for_replica()?)
        })
    }

    fn over(&self, database: Database) -> Self {
        Self {
            database,
            ..self.clone()
        }
    }

    fn pool(&self) -> &Pool {
        self.database.pool()
    }

    /// Writes what was gathered, then closes every connection of the database.
    pub async fn close(&self) {
        self.write_last_uses().await;
        self.database.close().await;
    }
}
