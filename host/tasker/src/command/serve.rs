//! `tasker serve`: run a host.

mod tokens;

use super::signals::Signals;
use crate::host::logging::{self, LogFormat};
use crate::host::{AuthConfig, DatabaseChoice, FirstKey, Host, HostConfig, HostError, ReadReplica};
use clap::{Args, ValueEnum};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tasker_api::bounds::Bounds;
use tasker_api::tls::TlsFiles;
use tasker_archive::Location;
use tasker_cli::Output;
use tasker_cli::parse_age;
use tasker_cli::{CliError, Exit, Problem};
use tasker_database::replica::DEFAULT_MAX_LAG;
use tasker_database::{DEFAULT_CONNECTIONS, MIN_CONNECTIONS};
use tasker_domain::api_key::ApiKey;
use tasker_domain::data_dir::default_data_dir;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::limits::{Limit, Limits};
use tasker_domain::request_rate::RequestRate;
use tasker_engine::recording_bound::MAX_RECORDINGS_BYTES;
use tasker_engine::secret::{KEYS_VARIABLE, KeyRing, SecretKeys};
use tasker_otlp::LogLines;
use tasker_registry::maintenance::{DEFAULT_CACHE_BYTES, Maintenance};
use tasker_sandbox::{CompileLimits, Compiler};
use tasker_subscribers::{NatsConfig, NatsServer, SubjectPrefix, SubscribersConfig};
use tasker_worker::{WorkerConfig, default_slots};
use tokens::TokenArgs;
use zeroize::Zeroizing;

/// Names the admin key to begin with.
const ADMIN_KEY_VARIABLE: &str = "TASKER_ADMIN_KEY";

/// Run a host: the API, a worker and, without a database URL, a private PostgreSQL.
///
/// Traces are exported to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names, as the other variables of OpenTelemetry say.
#[derive(Debug, Args)]
pub struct Serve {
    /// Address and port of the API; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:7710", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Whether callers need a key; `off` is accepted on loopback addresses only. A database without an
    /// admin key gets the one in TASKER_ADMIN_KEY; without that variable, one is created.
    #[arg(long, value_enum, default_value_t, value_name = "WHETHER")]
    auth: Auth,
    #[command(flatten)]
    tokens: TokenArgs,
    /// Enable TLS with this certificate chain, in PEM; SIGHUP reads it again.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// PostgreSQL 15 or later; without it, a private server runs in the data directory.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// A streaming standby of the database: lists and details of tasks, the audit log, statistics and archives
    /// are read there. Where it is down or too far behind, the database answers.
    #[arg(
        long,
        env = "TASKER_READ_DATABASE_URL",
        hide_env_values = true,
        value_name = "URL",
        requires = "database_url"
    )]
    read_database_url: Option<String>,
    /// How far the standby may be behind, in milliseconds.
    #[arg(long, default_value_t = DEFAULT_MAX_LAG.as_millis() as u64, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    max_read_lag: u64,
    /// Folder for compiled code, keys and the private PostgreSQL.
    #[arg(long, env = "TASKER_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// File with the keys for secrets: one per line, 32 bytes in base64 or hex. The first encrypts, all
    /// decrypt. Without it, TASKER_SECRET_KEY has the keys, or one is created in the data directory.
    #[arg(long, value_name = "FILE")]
    secret_key_file: Option<PathBuf>,
    /// Connections to the database, at least 8; with a standby at least 10, of which it has some. Where
    /// the hosts together would ask for more than PostgreSQL has, each takes an equal share.
    #[arg(long, default_value_t = DEFAULT_CONNECTIONS, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(i64::from(MIN_CONNECTIONS)..=1000))]
    connections: u32,
    /// Publish the components and templates in DIR/NAMESPACE when they appear or change; `tasker sync`
    /// applies pins.yaml, grants.yaml, limits.yaml, recordings.yaml and subscriptions.yaml.
    #[arg(long, value_name = "DIR")]
    watch: Option<PathBuf>,
    /// Collect component versions that nothing needed for this long, for example 30d. Runs every hour.
    /// Without it, only `tasker gc` collects.
    #[arg(long, value_name = "DURATION", value_parser = parse_age)]
    collect_after: Option<Duration>,
    /// Maximum of compiled code on disk; the least recently used is removed, except that of open tasks.
    #[arg(long, default_value_t = DEFAULT_CACHE_BYTES >> 20, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    cache_limit: u64,
    /// Maximum of all recordings of attempts in the database, compressed; the oldest are removed. Give the same to all hosts.
    #[arg(long, default_value_t = MAX_RECORDINGS_BYTES >> 20, value_name = "MIB", value_parser = clap::value_parser!(u64).range(64..=16_777_216))]
    recordings_limit: u64,
    /// Give metrics at http://ADDRESS/metrics to everyone who can reach it, without a key. They are also at /metrics of
    /// the API, for keys with `observe in *`.
    #[arg(long, value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
    /// Write finished tasks there before they are deleted (see `tasker retention`), as compressed JSON lines by
    /// day: to a folder, or to s3://BUCKET/PREFIX with the credentials of the environment. Give it to all hosts
    /// of a database, or to none.
    #[arg(long, value_name = "DIR|s3://…")]
    archive: Option<Location>,
    /// Serve the API only.
    #[arg(long)]
    no_worker: bool,
    /// Requests that a caller may send this host a minute whose key has no limit of its own; by default any number.
    #[arg(long, value_name = "COUNT")]
    max_requests_per_minute: Option<RequestRate>,
    /// Serve no web interface at `/`.
    #[arg(long)]
    no_ui: bool,
    /// Attempts at the same time [default: 128 per core, 1000 at most]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1000))]
    slots: Option<u16>,
    /// Maximum for one attempt on this host, for example memory=256MiB; namespaces, components and steps
    /// may set lower ones. Limits: memory, timeout, cpu, host_memory, result, input, log, host_calls, resources,
    /// event, events, http_requests, http_in, http_out.
    #[arg(long = "limit", value_name = "NAME=VALUE", value_parser = Limit::parse_setting)]
    limits: Vec<(Limit, u64)>,
    /// Processor time for compiling one upload, in seconds; the wall time may be twice as long.
    #[arg(long, default_value_t = CompileLimits::default().cpu.as_secs(), value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    compile_cpu_limit: u64,
    /// Memory for compiling one upload.
    #[arg(long, default_value_t = CompileLimits::default().memory_bytes >> 20, value_name = "MIB", value_parser = clap::value_parser!(u64).range(256..=65_536))]
    compile_memory_limit: u64,
    /// Time between two heartbeats of the host, in milliseconds.
    #[arg(long, default_value_t = 2_000, value_name = "MS", value_parser = clap::value_parser!(u64).range(50..))]
    heartbeat_interval: u64,
    /// After this time without a heartbeat, the steps of a host go to others; in milliseconds, at least
    /// three times the interval.
    #[arg(long, default_value_t = 10_000, value_name = "MS", value_parser = clap::value_parser!(u64).range(200..))]
    dead_after: u64,
    /// How long running attempts may continue after a signal to stop, in milliseconds.
    #[arg(long, default_value_t = 20_000, value_name = "MS")]
    drain_timeout: u64,
    /// Deliver events to webhooks at addresses of this machine and its networks too, and without TLS.
    #[arg(long)]
    webhooks_to_inner_addresses: bool,
    /// Publish the events of subscriptions to `nats` to NATS JetStream, at nats://HOST:PORT or tls://HOST:PORT.
    #[arg(
        long,
        value_name = "URL",
        env = "TASKER_NATS_URL",
        value_delimiter = ','
    )]
    nats: Vec<NatsServer>,
    /// File with a JWT and the seed of a key for NATS, as nsc writes it.
    #[arg(long, value_name = "FILE", requires = "nats")]
    nats_credentials: Option<PathBuf>,
    /// What subjects of NATS begin with; namespace and type follow.
    #[arg(long, value_name = "SUBJECT", requires = "nats", default_value_t)]
    nats_prefix: SubjectPrefix,
    /// Format of log lines; RUST_LOG selects which are written.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    log_format: LogFormat,
    /// Write what handlers log to the host's log too; `tasker step logs` shows it in any case.
    #[arg(long)]
    log_handlers: bool,
    /// Record what every attempt of this host sees, so that `tasker step replay` can run it again; without this, what
    /// `tasker record` says. Recordings have inputs, results and answers of others in them, and are kept for 7 days.
    #[arg(long, conflicts_with = "no_worker")]
    record: bool,
}

/// Whether callers need a key.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Auth {
    #[default]
    On,
    Off,
}

impl Serve {
    pub(super) fn has_private_database(&self) -> bool {
        self.database_url.is_none()
    }

    /// Serves until SIGINT or SIGTERM; a second signal ends the process at once.
    pub(super) async fn run(self, output: Output) -> Result<Exit, CliError> {
        let lines = logging::start(self.log_format);
        let admin_key = given_admin_key()?;
        self.refuse_tokens_for_nobody()?;
        let is_readable_on_the_way = !self.listen.ip().is_loopback() && self.tls_cert.is_none();
        let mut signals = Signals::install().map_err(anyhow::Error::from)?;
        let host = tokio::select! {
            host = self.start(admin_key, lines) => host.map_err(not_started)?,
            () = signals.stop.asked() => return Ok(Exit::Complete),
        };
        output.print(&format!(
            "tasker is ready at {} on {}",
            host.url(),
            host.database()
        ))?;
        if let Some(first) = &host.first_key {
            output.print(&told_once(first))?;
        }
        if is_readable_on_the_way {
            tracing::warn!(
                "keys travel in clear text beyond this machine; offer TLS: --tls-cert and --tls-key"
            );
        }
        run(host, &mut signals).await.map_err(anyhow::Error::from)?;
        Ok(Exit::Complete)
    }

    /// Whoever configures whose tokens count does not mean that everyone may come.
    fn refuse_tokens_for_nobody(&self) -> Result<(), CliError> {
        match self.auth {
            Auth::Off if self.tokens.are_given() => {
                let what = "--auth off accepts no tokens, so --jwt-jwks would have no effect";
                Err(Problem::bad_input(what)
                    .help("leave out one of them")
                    .into())
            }
            Auth::Off | Auth::On => Ok(()),
        }
    }

    async fn start(self, admin_key: Option<ApiKey>, lines: LogLines) -> Result<Host, HostError> {
        Host::start(self.config(admin_key, lines)?).await
    }

    fn config(self, admin_key: Option<ApiKey>, lines: LogLines) -> Result<HostConfig, HostError> {
        let secret_keys = secret_keys(self.secret_key_file.as_deref())?;
        let worker = (!self.no_worker).then(|| self.worker());
        Ok(HostConfig {
            listen: self.listen,
            metrics_listen: self.metrics_listen,
            data_dir: self.data_dir.map_or_else(default_data_dir, Ok)?,
            database: self
                .database_url
                .map_or(DatabaseChoice::Embedded, DatabaseChoice::Url),
            read_replica: self.read_database_url.map(|url| ReadReplica {
                url,
                max_lag: Duration::from_millis(self.max_read_lag),
            }),
            connections: self.connections,
            secret_keys,
            compiler: Compiler::of_this_program(CompileLimits {
                cpu: Duration::from_secs(self.compile_cpu_limit),
                memory_bytes: self.compile_memory_limit << 20,
            }),
            worker,
            subscribers: SubscribersConfig {
                host_name: host_name(),
                to_inner_addresses: self.webhooks_to_inner_addresses,
                nats: (!self.nats.is_empty())
                    .then(|| NatsConfig::new(self.nats, self.nats_credentials, self.nats_prefix)),
                ..SubscribersConfig::default()
            },
            watch: self.watch,
            maintenance: Maintenance {
                collect_after: self.collect_after,
                cache_bytes: self.cache_limit << 20,
            },
            max_recordings_bytes: self.recordings_limit << 20,
            archive: self.archive,
            auth: match self.auth {
                Auth::Off => AuthConfig::Off,
                Auth::On => AuthConfig::Keys {
                    admin_key,
                    sign_in: self.tokens.sign_in().map(Box::new),
                    tokens: self.tokens.config().map(Box::new),
                },
            },
            bounds: Bounds {
                default_rate: self.max_requests_per_minute,
                ..Bounds::default()
            },
            tls: self
                .tls_cert
                .zip(self.tls_key)
                .map(|(cert, key)| TlsFiles { cert, key }),
            exports: Some(lines),
            serves_ui: !self.no_ui,
        })
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::of_host();
        for (limit, value) in &self.limits {
            limits.set(*limit, *value);
        }
        limits
    }

    fn worker(&self) -> WorkerConfig {
        WorkerConfig {
            host_name: host_name(),
            slots: self.slots.map_or_else(default_slots, usize::from),
            heartbeat_interval: Duration::from_millis(self.heartbeat_interval),
            dead_after: Duration::from_millis(self.dead_after),
            drain_timeout: Duration::from_millis(self.drain_timeout),
            limits: self.limits(),
            log_handlers: self.log_handlers,
            record: self.record,
            ..WorkerConfig::default()
        }
    }
}

/// What the database refused comes with a remedy and an exit code of its own.
pub(super) fn not_started(error: HostError) -> CliError {
    match error {
        HostError::Connect(error) => {
            let exit = if error.is_passing() {
                Exit::Unreachable
            } else {
                Exit::BadInput
            };
            Problem::new(exit, "database_unavailable", error.to_string())
                .help(error.help())
                .into()
        }
        other => anyhow::Error::from(other).into(),
    }
}

/// A secret among the arguments could be read by everyone on the machine.
fn given_admin_key() -> Result<Option<ApiKey>, CliError> {
    let given = std::env::var(ADMIN_KEY_VARIABLE).ok();
    let given = given.filter(|text| !text.is_empty());
    let key = given.map(|text| text.parse()).transpose();
    Ok(key.map_err(|error| Problem::bad_input(format!("{ADMIN_KEY_VARIABLE} is {error}")))?)
}

fn told_once(first: &FirstKey) -> String {
    let FirstKey { key, path } = first;
    format!(
        "the admin key, shown only once: {}\n\
         it is stored in {}, where the commands on this machine find it",
        key.reveal(),
        path.display()
    )
}

/// The keys that the user names, if any.
fn secret_keys(file: Option<&Path>) -> Result<Option<SecretKeys>, HostError> {
    if let Some(file) = file {
        return Ok(Some(SecretKeys::in_file(file.to_owned())));
    }
    let set = std::env::var(KEYS_VARIABLE).ok().map(Zeroizing::new);
    match set.filter(|text| !text.is_empty()) {
        Some(text) => Ok(Some(SecretKeys::given(KeyRing::parse(&text)?))),
        None => Ok(None),
    }
}

async fn run(mut host: Host, signals: &mut Signals) -> Result<(), HostError> {
    let (stop, hangup) = (&mut signals.stop, &mut signals.hangup);
    loop {
        tokio::select! {
            error = host.failed() => return Err(error),
            () = stop.asked() => break,
            _ = hangup.recv() => reload(&host),
        }
    }
    tracing::info!("stopping: no new attempts; those under way may end");
    tokio::select! {
        stopped = host.stop() => stopped,
        () = signals.stop.asked() => {
            tracing::warn!("stopped at once; other hosts take over the steps of this one");
            Ok(())
        }
    }
}

fn reload(host: &Host) {
    match host.reload_certificates() {
        Ok(()) => tracing::info!("read the certificate again, if there is one"),
        Err(error) => {
            tracing::error!(error = %ErrorChain(&error), "the current certificate stays in use");
        }
    }
}

pub(super) fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}
