//! The process: builds the parts and runs them. The only place where the API and the worker are
//! named together; between them lies the database.

mod authentication;
mod check;
mod database;
mod first_key;
mod keep_in_bounds;
pub mod logging;
mod metrics;
mod parts;

pub use authentication::AuthConfig;
pub use database::{
    DatabaseChoice, PG_BINDIR_VARIABLE, PrivateServerError, ReadReplica, private_server,
};
pub use first_key::FirstKey;
pub use tasker_otlp::LogLines;

use check::check;
use database::Postgres;
use keep_in_bounds::keep_in_bounds;
use parts::{components_for, deliver, follow_database, keep_registry, open_sandbox, serve};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tasker_api::AppState;
use tasker_api::auth::jwt::KeySourceError;
use tasker_api::auth::sign_in::ProviderError;
use tasker_api::bounds::Bounds;
use tasker_api::tls::{Certificates, TlsError, TlsFiles};
use tasker_archive::{Archive, ArchiveError, Location};
use tasker_database::connect::ConnectError;
use tasker_database::notifications::Notifications;
use tasker_database::{Database, DatabaseError, MigrateError};
use tasker_domain::data_dir::NoHome;
use tasker_embedded_postgres::EmbeddedError;
use tasker_engine::Engine;
use tasker_engine::secret::{KeyRingError, SecretError, SecretKeys};
use tasker_otlp::{Exports, OtlpError, RunningExports};
use tasker_registry::Registry;
use tasker_registry::maintenance::Maintenance;
use tasker_sandbox::{Compiler, Sandbox, SandboxError};
use tasker_subscribers::SubscribersConfig;
use tasker_worker::{BEATS_BEFORE_DEAD, Worker, WorkerConfig, WorkerStats, WorkerStores};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How long requests under way may go on once the worker has ended.
const REQUEST_DRAIN: Duration = Duration::from_secs(5);

/// How long closing the connections to the database may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Where the keys of secrets are, in the data directory.
const SECRET_KEY_FILE: &str = "secret.key";

/// How a host is set up.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// Where the API listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where metrics are given to everyone, besides the API; none: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Compiled code and, where it is embedded, the database.
    pub data_dir: PathBuf,
    pub database: DatabaseChoice,
    /// Where reads that may be a little old are sent; none: to the database, like all others.
    pub read_replica: Option<ReadReplica>,
    /// Connections to the database, those to its replica included; fewer where hosts have to share.
    pub connections: u32,
    /// What secrets are encrypted with; none: a key that is made in `data_dir` at the first use.
    pub secret_keys: Option<SecretKeys>,
    /// Where uploads are compiled.
    pub compiler: Compiler,
    /// None: this host serves the API only.
    pub worker: Option<WorkerConfig>,
    /// How events are delivered to subscriptions; those to components only by a host with a worker.
    pub subscribers: SubscribersConfig,
    /// A folder whose components and templates are published as they appear and change.
    pub watch: Option<PathBuf>,
    /// How the registry and the disk are kept in bounds.
    pub maintenance: Maintenance,
    /// The most that all recordings of attempts take in the database, in bytes; the oldest are deleted.
    pub max_recordings_bytes: u64,
    /// Where finished tasks are written before they are deleted; none: nowhere.
    pub archive: Option<Location>,
    pub auth: AuthConfig,
    /// What callers may have of the API.
    pub bounds: Bounds,
    /// None: the API speaks plain HTTP.
    pub tls: Option<TlsFiles>,
    /// Traces, metrics and these lines of the log are exported as the variables of OpenTelemetry say; none: nothing is.
    pub exports: Option<LogLines>,
    /// Whether the web interface is served.
    pub serves_ui: bool,
}

/// Why a host did not start, or ended.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    #[error(
        "cannot listen on {listen}; is another host running? choose another address with --listen"
    )]
    Listen {
        listen: SocketAddr,
        source: std::io::Error,
    },
    #[error(
        "{0} can be reached from other machines, and with --auth off anyone there could do anything; leave out --auth off, or listen on 127.0.0.1"
    )]
    NotLoopback(SocketAddr),
    #[error("{} is not a folder to watch; create it, with one folder per namespace", .0.display())]
    Watch(PathBuf),
    #[error(
        "with a heartbeat every {} ms and hosts dead after {} ms no host would ever take over the steps of a dead one; make --dead-after at least {} ms, or --heartbeat-interval shorter",
        interval.as_millis(), dead_after.as_millis(), interval.saturating_mul(BEATS_BEFORE_DEAD).as_millis()
    )]
    Heartbeats {
        interval: Duration,
        dead_after: Duration,
    },
    #[error("the admin key could not be written to {}; no key was created", path.display())]
    AdminKey {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the system returned no random bytes for the admin key")]
    Random(#[from] getrandom::Error),
    #[error("tokens cannot be checked")]
    Tokens(#[from] KeySourceError),
    #[error("browsers cannot sign in at the identity provider")]
    SignIn(#[from] ProviderError),
    #[error("TLS could not be set up")]
    Tls(#[from] TlsError),
    #[error(transparent)]
    NoHome(#[from] NoHome),
    #[error(transparent)]
    Embedded(#[from] PrivateServerError),
    #[error("TASKER_SECRET_KEY cannot be used: {0}")]
    SecretKeys(#[from] KeyRingError),
    #[error("secrets cannot be read")]
    SecretKeyFile(#[from] SecretError),
    #[error(transparent)]
    Connect(Box<ConnectError>),
    #[error("the database could not be prepared")]
    Migrate(#[source] Box<MigrateError>),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    #[error("telemetry cannot be exported")]
    Exports(#[from] OtlpError),
    #[error("the API ended")]
    Serve(#[source] std::io::Error),
}

impl From<EmbeddedError> for HostError {
    fn from(error: EmbeddedError) -> Self {
        Self::Embedded(PrivateServerError(error))
    }
}

impl From<ConnectError> for HostError {
    fn from(error: ConnectError) -> Self {
        Self::Connect(Box::new(error))
    }
}

impl From<MigrateError> for HostError {
    fn from(error: MigrateError) -> Self {
        Self::Migrate(Box::new(error))
    }
}

/// Listens there. Returns the address, because port 0 takes a free port.
async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), HostError> {
    let failed = |source| HostError::Listen { listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Those that were given, or those in the data directory.
fn keys(given: Option<SecretKeys>, data_dir: &Path) -> Result<SecretKeys, HostError> {
    let own = || SecretKeys::made_in_file(data_dir.join(SECRET_KEY_FILE));
    let keys = given.unwrap_or_else(own);
    keys.check()?;
    Ok(keys)
}

fn engine(database: &Database, keys: SecretKeys, max_recordings_bytes: u64) -> Engine {
    let engine = Engine::new(database.clone()).with_keys(keys);
    engine.with_max_recordings(max_recordings_bytes)
}

/// A host that serves and works.
pub struct Host {
    pub engine: Engine,
    pub sandbox: Sandbox,
    pub notifications: Notifications,
    pub stats: Arc<WorkerStats>,
    /// Set where this start made the admin key.
    pub first_key: Option<FirstKey>,
    certificates: Option<Certificates>,
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    postgres: Postgres,
    /// Ends claiming; the API still answers, but reports that it is not ready.
    draining: CancellationToken,
    /// Ends the API.
    closing: CancellationToken,
    worker: Option<JoinHandle<Result<(), DatabaseError>>>,
    deliveries: JoinHandle<()>,
    exports: RunningExports,
    server: JoinHandle<std::io::Result<()>>,
}

impl Host {
    /// Starts the database where it is embedded, brings it up to date, then serves and works.
    /// Install signal handlers before.
    pub async fn start(config: HostConfig) -> Result<Self, HostError> {
        check(&config)?;
        let certificates = config.tls.map(Certificates::read).transpose()?;
        let keys = keys(config.secret_keys, &config.data_dir)?;
        let archive = config.archive.map(Archive::create).transpose()?;
        let (listener, address) = bind(config.listen).await?;
        let metrics_listener = metrics::bind(config.metrics_listen).await?;
        let postgres = Postgres::open(&config.database, &config.data_dir).await?;
        let replica = config.read_replica.as_ref();
        let database = postgres.connect(config.connections, replica).await?;
        let engine = engine(&database, keys, config.max_recordings_bytes);
        let (authentication, first_key) = config.auth.start(&engine, &config.data_dir).await?;
        let sandbox = open_sandbox(&config.data_dir, config.compiler, config.worker.as_ref())?;

        let (draining, closing) = (CancellationToken::new(), CancellationToken::new());
        let notifications = follow_database(&database, &closing);
        tokio::spawn(authentication.clone().keep_fresh(closing.clone()));
        let registry = Registry::new(engine.clone(), sandbox.clone());
        let components = components_for(config.worker.as_ref(), &registry, &sandbox);
        let kept = (config.watch, config.maintenance);
        keep_registry(registry, kept, &notifications, &draining);
        keep_in_bounds(&engine, archive, &draining);
        let stats = Arc::<WorkerStats>::default();
        let exports = Exports::from_env(config.exports.as_ref())?;
        let deliveries = deliver(&engine, components, config.subscribers, &exports, &draining);
        let metrics = metrics::of(&engine, &sandbox, &stats, exports.samplers());
        let metrics_address = metrics::serve(metrics_listener, &metrics, &closing);
        let state = AppState {
            feed: deliveries.feed,
            webhook_addresses: deliveries.webhook_addresses,
            metrics: metrics.clone(),
            claiming: config.worker.as_ref().map(|_| stats.claiming().clone()),
            engine: engine.clone(),
            sandbox: sandbox.clone(),
            notifications: notifications.clone(),
            shutdown: draining.clone(),
            authentication,
            bounds: config.bounds,
            tracer: exports.tracer(),
            exports: exports.health(),
            serves_ui: config.serves_ui,
        };
        let server = serve(listener, certificates.clone(), state, closing.clone());
        let worker = config.worker.map(|config| Worker {
            engine: engine.clone(),
            sandbox: sandbox.clone(),
            notifications: notifications.clone(),
            config,
            stats: stats.clone(),
            stores: WorkerStores::default(),
            tracer: exports.tracer(),
        });
        Ok(Self {
            address,
            metrics_address,
            postgres,
            worker: worker.map(|worker| tokio::spawn(worker.run(draining.clone()))),
            deliveries: deliveries.task,
            exports: metrics::export(exports, &engine, &metrics),
            server: tokio::spawn(server),
            engine,
            sandbox,
            notifications,
            stats,
            first_key,
            certificates,
            draining,
            closing,
        })
    }

    /// Where the API listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are given to everyone, if anywhere.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// For `--url`.
    pub fn url(&self) -> String {
        let scheme = match self.certificates {
            Some(_) => "https",
            None => "http",
        };
        format!("{scheme}://{}", self.address)
    }

    /// Reads certificate and key anew, where there is TLS; where they are wrong, all stays as it is.
    pub fn reload_certificates(&self) -> Result<(), HostError> {
        match &self.certificates {
            Some(certificates) => Ok(certificates.reload()?),
            None => Ok(()),
        }
    }

    /// The database as it is shown to people.
    pub fn database(&self) -> String {
        self.postgres.to_string()
    }

    /// The database's URL, with what it takes to log in.
    pub fn database_url(&self) -> String {
        self.postgres.url()
    }

    /// The embedded server's process, if it is embedded and running.
    pub fn postgres_pid(&self) -> Option<u32> {
        self.postgres.pid()
    }

    /// Returns when a part has ended by itself: that is an error.
    pub async fn failed(&mut self) -> HostError {
        let worker = async {
            match self.worker.as_mut() {
                Some(worker) => worker.await.expect("the worker loop does not panic"),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Err(error) = worker => error.into(),
            ended = &mut self.server => {
                let ended = ended.expect("the server does not panic");
                HostError::Serve(ended.err().unwrap_or_else(|| std::io::Error::other("without a reason")))
            }
        }
    }

    /// Stops claiming, finishes or gives back what runs, answers the last requests, stops the
    /// database where it is embedded.
    pub async fn stop(mut self) -> Result<(), HostError> {
        self.draining.cancel();
        let worked = match self.worker {
            Some(worker) => worker.await.expect("the worker loop does not panic"),
            None => Ok(()),
        };
        if let Err(error) = self.deliveries.await {
            tracing::error!(%error, "the deliveries to subscriptions ended by themselves");
        }
        self.exports.stop_traces_and_metrics().await;
        self.closing.cancel();
        if tokio::time::timeout(REQUEST_DRAIN, self.server)
            .await
            .is_err()
        {
            tracing::warn!("requests under way were cut off");
        }
        if tokio::time::timeout(CLOSE_TIMEOUT, self.engine.close())
            .await
            .is_err()
        {
            tracing::warn!(
                "the connections to the database did not close in time and were cut off"
            );
        }
        let stopped = self.postgres.stop().await;
        self.exports.stop_logs().await;
        worked?;
        Ok(stopped?)
    }
}
