//! A private PostgreSQL in a data directory, for a program whose user has no database: made from the
//! programs of the machine, reachable only through a socket, and gone when its process is gone.

mod account;
mod address;
mod cluster;
mod config;
mod directory;
mod error;
mod lock;
mod log;
mod orphan;
mod programs;
mod server;
mod settings;
mod socket;

use std::time::{Duration, Instant};

use rustix::process::Signal;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Executor};

use cluster::{Cluster, SUPERUSER};
use log::Log;
use server::{Launch, Server};
use socket::SocketDir;

pub use address::ServerAddress;
pub use config::EmbeddedConfig;
pub use error::EmbeddedError;
pub use programs::{OLDEST_MAJOR, Programs, install_command};

/// How long the server may take until it takes connections; recovery from a crash is in it.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// How long one try to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const CONNECT_EVERY: Duration = Duration::from_millis(20);

/// How long a stop may take: first an orderly one, then one that leaves recovery to the next start,
/// then the end of processes that do not answer.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);
const KILL_TIMEOUT: Duration = Duration::from_secs(2);

/// A private PostgreSQL that takes connections. It is started again if it ends by itself, stops
/// when this value is dropped (without waiting), and is stopped by the kernel if the process dies.
#[derive(Debug)]
pub struct Embedded {
    server: Server,
    address: ServerAddress,
    log: Log,
    socket_dir: SocketDir,
}

impl Embedded {
    /// Starts the server and returns once a connection works and the role and the database are
    /// there. Makes the cluster first if there is none, which takes about a second.
    ///
    /// Install the process's signal handlers before: a signal that ends the process at once leaves
    /// the stop to the kernel.
    pub async fn start(config: EmbeddedConfig) -> Result<Self, EmbeddedError> {
        let name = config.name;
        let started = tokio::task::spawn_blocking(move || Self::launch(&config))
            .await
            .unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic()))?;
        let mut connection = started.first_connection().await?;
        tokio::time::timeout(START_TIMEOUT, make_database(&mut connection, name))
            .await
            .unwrap_or_else(|_| Err(timed_out("making the database")))
            .map_err(EmbeddedError::Database)?;
        Ok(started)
    }

    fn launch(config: &EmbeddedConfig) -> Result<Self, EmbeddedError> {
        let data_dir = directory::open(&config.data_dir)?;
        let lock = lock::take(&data_dir)?;
        let cluster = Cluster::open(&data_dir, config)?;
        orphan::wait_for_end(&cluster.path)?;
        let socket_dir = SocketDir::make(&data_dir, cluster.account.as_ref())?;
        let address = ServerAddress {
            socket_dir: socket_dir.path.clone(),
            port: socket::PORT,
            user: config.name.to_owned(),
            database: config.name.to_owned(),
        };
        address.write(&data_dir)?;
        let log = Log::new(&data_dir);
        let server = Server::launch(Launch {
            settings: settings::settings(&socket_dir.path, &config.settings),
            socket_dir: socket_dir.path.clone(),
            log: log.clone(),
            cluster,
            _lock: lock,
        })?;
        Ok(Self {
            server,
            address,
            log,
            socket_dir,
        })
    }

    /// Tries until a connection works, or the server ended, or the time is up.
    async fn first_connection(&self) -> Result<PgConnection, EmbeddedError> {
        let options = self
            .connect_options()
            .username(SUPERUSER)
            .database(SUPERUSER);
        let give_up = Instant::now() + START_TIMEOUT;
        loop {
            let connected = tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await;
            let late = |_| Err(timed_out("connecting"));
            match connected.unwrap_or_else(late) {
                Ok(connection) => return Ok(connection),
                Err(source) if Instant::now() > give_up => return Err(self.not_ready(source)),
                Err(_) => self.check_not_ended()?,
            }
            tokio::time::sleep(CONNECT_EVERY).await;
        }
    }

    fn check_not_ended(&self) -> Result<(), EmbeddedError> {
        let tail = self.log.tail();
        match self.server.last_end() {
            Some(status) if !orphan::still_ending(&tail) => Err(EmbeddedError::EndedAtStart {
                status,
                log: self.log.path().to_owned(),
                tail,
            }),
            _ => Ok(()),
        }
    }

    fn not_ready(&self, source: sqlx::Error) -> EmbeddedError {
        EmbeddedError::NotReady {
            waited_s: START_TIMEOUT.as_secs(),
            log: self.log.path().to_owned(),
            tail: self.log.tail(),
            source,
        }
    }

    /// Where the server listens.
    pub fn address(&self) -> &ServerAddress {
        &self.address
    }

    /// The database as a URL, for sqlx, `psql` and `pgbench` alike.
    pub fn url(&self) -> String {
        self.address.url()
    }

    /// The database as sqlx takes it.
    pub fn connect_options(&self) -> PgConnectOptions {
        self.address.connect_options()
    }

    /// PostgreSQL's main process; `None` for the moments between a crash and the next start.
    pub fn pid(&self) -> Option<u32> {
        self.server.pid()
    }

    /// Ends all sessions, stops the server and waits until it has ended; it is not started again. One that does not stop in
    /// time is killed; what was committed is safe, and the next start takes longer.
    pub async fn stop(&self) -> Result<(), EmbeddedError> {
        self.end().await?;
        self.socket_dir.remove();
        Ok(())
    }
}

impl Embedded {
    async fn end(&self) -> Result<(), EmbeddedError> {
        for (signal, limit) in [(Signal::INT, STOP_TIMEOUT), (Signal::QUIT, QUIT_TIMEOUT)] {
            self.server.ask_to_stop(signal);
            if self.ends_within(limit).await {
                return Ok(());
            }
        }
        tracing::warn!(
            "the private PostgreSQL does not stop and is killed; the next start recovers it"
        );
        self.server.kill();
        if self.ends_within(KILL_TIMEOUT).await {
            return Ok(());
        }
        Err(EmbeddedError::NotStopped {
            waited_s: (STOP_TIMEOUT + QUIT_TIMEOUT + KILL_TIMEOUT).as_secs(),
            log: self.log.path().to_owned(),
        })
    }

    async fn ends_within(&self, limit: Duration) -> bool {
        let ended = tokio::time::timeout(limit, self.server.ended());
        ended.await.is_ok()
    }
}

fn timed_out(what: &str) -> sqlx::Error {
    let late = std::io::Error::new(
        std::io::ErrorKind::TimedOut,
        format!("{what} took too long"),
    );
    sqlx::Error::Io(late)
}

/// Makes the role and the database where they are missing. The role is no superuser, so that the
/// program works with the rights it would have on a database of its user's; it may make databases,
/// and read the server's statistics.
async fn make_database(
    connection: &mut PgConnection,
    name: &'static str,
) -> Result<(), sqlx::Error> {
    let role: Option<i32> = sqlx::query_scalar("select 1 from pg_roles where rolname = $1")
        .bind(name)
        .fetch_optional(&mut *connection)
        .await?;
    if role.is_none() {
        let create = format!("create role {name} login createdb in role pg_monitor, pg_checkpoint");
        connection.execute(sqlx::AssertSqlSafe(create)).await?;
    }
    let database: Option<i32> = sqlx::query_scalar("select 1 from pg_database where datname = $1")
        .bind(name)
        .fetch_optional(&mut *connection)
        .await?;
    if database.is_none() {
        let create = format!("create database {name} owner {name}");
        connection.execute(sqlx::AssertSqlSafe(create)).await?;
    }
    Ok(())
}
