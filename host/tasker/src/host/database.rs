//! The database of a host: its own or its user's.

use super::HostError;
use std::error::Error;
use std::fmt;
use std::path::Path;
use std::time::Duration;
use tasker_database::replica::ReplicaConfig;
use tasker_database::{Database, options_of};
use tasker_embedded_postgres::{Embedded, EmbeddedConfig, EmbeddedError};
use tasker_engine::secret::KEYS_VARIABLE;

/// Which database a host works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseChoice {
    /// A private PostgreSQL in the data directory.
    Embedded,
    /// The same, which may lose everything if the machine fails: for a data directory that is deleted at the end.
    Temporary,
    /// A PostgreSQL 15 or later that runs already.
    Url(String),
}

/// A read replica of a host's database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadReplica {
    /// Of a streaming standby.
    pub url: String,
    /// Further behind, it is not read.
    pub max_lag: Duration,
}

impl ReadReplica {
    fn config(&self) -> Result<ReplicaConfig, HostError> {
        Ok(ReplicaConfig {
            options: options_of(&self.url)?,
            max_lag: self.max_lag,
        })
    }
}

/// Why a host has no server of its own, with the flags that help.
#[derive(Debug)]
pub struct PrivateServerError(pub(super) EmbeddedError);

impl fmt::Display for PrivateServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flags = match &self.0 {
            EmbeddedError::ProgramsMissing { .. } => ", or give --database-url",
            EmbeddedError::NotTraversable { .. } => " with --data-dir",
            EmbeddedError::InUse { .. } => {
                " with --data-dir, or let both hosts share one database with --database-url"
            }
            _ => "",
        };
        write!(f, "{}{flags}", self.0)
    }
}

impl Error for PrivateServerError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

/// The environment variable that names the directory of PostgreSQL's programs.
pub const PG_BINDIR_VARIABLE: &str = "TASKER_PG_BINDIR";

/// The role and the database of a private server.
const NAME: &str = "tasker";

/// Settings without which nothing waits for the disk.
const UNSYNCED: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];

/// A host's own server, which does not get what secrets are encrypted with.
pub fn private_server(data_dir: &Path) -> EmbeddedConfig {
    let mut config = EmbeddedConfig::new(data_dir, NAME);
    config.bindir_variable = PG_BINDIR_VARIABLE;
    config.hidden_variables = vec![KEYS_VARIABLE];
    config
}

/// The server of a database.
pub(super) enum Postgres {
    Embedded(Box<Embedded>),
    Url(String),
}

impl Postgres {
    pub(super) async fn open(choice: &DatabaseChoice, data_dir: &Path) -> Result<Self, HostError> {
        match choice {
            DatabaseChoice::Embedded => Self::start(private_server(data_dir)).await,
            DatabaseChoice::Temporary => {
                let mut config = private_server(data_dir);
                let unsynced = UNSYNCED.map(|name| (name.to_owned(), "off".to_owned()));
                config.settings.extend(unsynced);
                Self::start(config).await
            }
            DatabaseChoice::Url(url) => Ok(Self::Url(url.clone())),
        }
    }

    async fn start(config: EmbeddedConfig) -> Result<Self, HostError> {
        let embedded = Embedded::start(config).await?;
        Ok(Self::Embedded(Box::new(embedded)))
    }

    /// Connections to it, once the schema is what this host needs.
    pub(super) async fn connect(
        &self,
        connections: u32,
        replica: Option<&ReadReplica>,
    ) -> Result<Database, HostError> {
        let options = match self {
            Self::Embedded(embedded) => embedded.connect_options(),
            Self::Url(url) => options_of(url)?,
        };
        let replica = replica.map(ReadReplica::config).transpose()?;
        let database = Database::open_with_replica(options, replica, connections);
        database.connect().await?;
        database.migrate().await?;
        database.look_at_replica().await;
        Ok(database)
    }

    pub(super) fn url(&self) -> String {
        match self {
            Self::Embedded(embedded) => embedded.url(),
            Self::Url(url) => url.clone(),
        }
    }

    pub(super) fn pid(&self) -> Option<u32> {
        match self {
            Self::Embedded(embedded) => embedded.pid(),
            Self::Url(_) => None,
        }
    }

    pub(super) async fn stop(self) -> Result<(), EmbeddedError> {
        match self {
            Self::Embedded(embedded) => embedded.stop().await,
            Self::Url(_) => Ok(()),
        }
    }
}

/// Without a password.
impl fmt::Display for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded(_) => f.write_str("embedded PostgreSQL"),
            Self::Url(url) => f.write_str(&tasker_database::without_password(url)),
        }
    }
}
