//! A private PostgreSQL for the time of the tests, with a database for each case.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _};
use std::sync::atomic::{AtomicU32, Ordering};
use tasker_database::{DatabaseError, MigrateError, migrate};
use tasker_embedded_postgres::{Embedded, EmbeddedConfig, EmbeddedError};
use tokio::sync::Mutex;

/// The database with all migrations and nothing else.
const MIGRATED: &str = "migrated";

/// What a crash would lose is gone with the tests anyway.
const SETTINGS: [(&str, &str); 4] = [
    ("fsync", "off"),
    ("synchronous_commit", "off"),
    ("full_page_writes", "off"),
    ("max_connections", "300"),
];

/// A task could not be run; never what a handler did.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    #[error("cases of templates need PostgreSQL")]
    Server(#[from] EmbeddedError),
    #[error("the database of the tests could not be made")]
    Made(#[from] sqlx::Error),
    #[error("the database of the tests could not be made")]
    Migrated(#[source] Box<MigrateError>),
    #[error("the database of a case failed")]
    Database(#[from] DatabaseError),
    #[error("the template cannot be run: {0}")]
    Template(String),
    #[error("step `{step}` does not end: {attempts} attempts ran")]
    Endless { step: String, attempts: u16 },
}

/// The server; it ends with this value.
pub struct TaskServer {
    embedded: Embedded,
    /// Copies are made one after the other.
    turn: Mutex<()>,
    next: AtomicU32,
}

impl TaskServer {
    /// Starts the server and makes the database that those of cases are copies of.
    pub async fn start(mut config: EmbeddedConfig) -> Result<Self, TaskError> {
        let settings = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned()));
        config.settings.extend(settings);
        let embedded = Embedded::start(config).await?;
        let options = embedded.connect_options();
        create(&options, format!("create database {MIGRATED}")).await?;
        let migrated = migrate(&options.database(MIGRATED)).await;
        migrated.map_err(|error| TaskError::Migrated(Box::new(error)))?;
        Ok(Self {
            embedded,
            turn: Mutex::new(()),
            next: AtomicU32::new(0),
        })
    }

    /// Stops the server, also under cases that still run.
    pub async fn stop(&self) -> Result<(), TaskError> {
        Ok(self.embedded.stop().await?)
    }

    /// A database of a case's own.
    pub(super) async fn database(&self) -> Result<PgConnectOptions, TaskError> {
        let name = format!("case_{}", self.next.fetch_add(1, Ordering::Relaxed));
        let statement = format!("create database {name} template {MIGRATED}");
        let options = self.embedded.connect_options();
        let _turn = self.turn.lock().await;
        create(&options, statement).await?;
        Ok(options.database(&name))
    }
}

/// By a connection of its own: one belongs to the thread that opened it.
async fn create(options: &PgConnectOptions, statement: String) -> Result<(), TaskError> {
    let mut connection = options.connect().await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    Ok(connection.close().await?)
}
