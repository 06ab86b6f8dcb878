//! `tasker serve`: run a host.

use super::output::Output;
use super::{CliError, Exit};
use crate::domain::limits::Limits;
use crate::host::logging::{self, LogFormat};
use crate::host::{DatabaseChoice, Host, HostConfig, HostError};
use crate::sandbox::{CompileLimits, Compiler};
use crate::store::DEFAULT_CONNECTIONS;
use crate::store::embedded::default_data_dir;
use crate::store::secret::{KEYS_VARIABLE, KeyRing, SecretKeys};
use crate::worker::WorkerConfig;
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use zeroize::Zeroizing;

/// Run a host: the API, a worker and, without a database URL, a private PostgreSQL.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where the API listens.
    #[arg(long, default_value = "127.0.0.1:7710", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Listen beyond this machine although there is no authentication.
    #[arg(long)]
    allow_remote: bool,
    /// A PostgreSQL 15 or later; without one, a private server runs in the data directory.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Compiled code and the private PostgreSQL.
    #[arg(long, env = "TASKER_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Keys for secrets: 32 bytes in base64 or hex a line, the first encrypts, all decrypt. Without
    /// it TASKER_SECRET_KEY has them; else one is made in the data directory.
    #[arg(long, value_name = "FILE")]
    secret_key_file: Option<PathBuf>,
    /// Connections to the database.
    #[arg(long, default_value_t = DEFAULT_CONNECTIONS, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(4..=1000))]
    connections: u32,
    /// Publish the components and templates in DIR/NAMESPACE as they appear and change.
    #[arg(long, value_name = "DIR")]
    watch: Option<PathBuf>,
    /// Serve the API only.
    #[arg(long)]
    no_worker: bool,
    /// Attempts under way at the same time.
    #[arg(long, default_value_t = 256, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1000))]
    slots: u16,
    /// Memory of one attempt.
    #[arg(long, default_value_t = 128, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=4096))]
    memory_limit: u32,
    /// Processor time for compiling one upload, in seconds; it may take twice as long by the clock.
    #[arg(long, default_value_t = CompileLimits::default().cpu.as_secs(), value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3_600))]
    compile_cpu_limit: u64,
    /// Memory for compiling one upload.
    #[arg(long, default_value_t = CompileLimits::default().memory_bytes >> 20, value_name = "MIB", value_parser = clap::value_parser!(u64).range(256..=65_536))]
    compile_memory_limit: u64,
    /// How often the host says that it is alive, in milliseconds.
    #[arg(long, default_value_t = 2_000, value_name = "MS", value_parser = clap::value_parser!(u64).range(50..))]
    heartbeat_interval: u64,
    /// After how long without a heartbeat a host's steps go to others, in milliseconds.
    #[arg(long, default_value_t = 10_000, value_name = "MS", value_parser = clap::value_parser!(u64).range(200..))]
    dead_after: u64,
    /// How long attempts may go on after a signal to stop, in milliseconds.
    #[arg(long, default_value_t = 20_000, value_name = "MS")]
    drain_timeout: u64,
    /// How log lines look; RUST_LOG chooses which are written.
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    log_format: LogFormat,
}

impl Serve {
    /// Serves until SIGINT or SIGTERM; a second signal ends the process at once.
    pub(super) async fn run(self, output: Output) -> Result<Exit, CliError> {
        logging::start(self.log_format);
        let mut signals = Signals::install().map_err(anyhow::Error::from)?;
        let host = tokio::select! {
            host = self.start() => host.map_err(anyhow::Error::from)?,
            () = signals.stop() => return Ok(Exit::Complete),
        };
        output.print(&format!(
            "tasker is ready at {} on {}",
            host.url(),
            host.database()
        ))?;
        run(host, &mut signals).await.map_err(anyhow::Error::from)?;
        Ok(Exit::Complete)
    }

    async fn start(self) -> Result<Host, HostError> {
        Host::start(self.config()?).await
    }

    fn config(self) -> Result<HostConfig, HostError> {
        if !self.listen.ip().is_loopback() && !self.allow_remote {
            return Err(HostError::NotLoopback(self.listen));
        }
        let secret_keys = secret_keys(self.secret_key_file.as_deref())?;
        let worker = (!self.no_worker).then(|| self.worker());
        Ok(HostConfig {
            listen: self.listen,
            data_dir: self.data_dir.map_or_else(default_data_dir, Ok)?,
            database: self
                .database_url
                .map_or(DatabaseChoice::Embedded, DatabaseChoice::Url),
            connections: self.connections,
            secret_keys,
            compiler: Compiler::of_this_program(CompileLimits {
                cpu: Duration::from_secs(self.compile_cpu_limit),
                memory_bytes: self.compile_memory_limit << 20,
            }),
            worker,
            watch: self.watch,
        })
    }

    fn worker(&self) -> WorkerConfig {
        WorkerConfig {
            host_name: host_name(),
            slots: self.slots.into(),
            heartbeat_interval: Duration::from_millis(self.heartbeat_interval),
            dead_after: Duration::from_millis(self.dead_after),
            drain_timeout: Duration::from_millis(self.drain_timeout),
            limits: Limits {
                memory_bytes: (self.memory_limit as usize) << 20,
                ..Limits::default()
            },
            ..WorkerConfig::default()
        }
    }
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
    tokio::select! {
        error = host.failed() => return Err(error),
        () = signals.stop() => {}
    }
    tracing::info!("stopping: no new attempts; those under way may end");
    tokio::select! {
        stopped = host.stop() => stopped,
        () = signals.stop() => {
            tracing::warn!("stopped at once; other hosts take back what this one held");
            Ok(())
        }
    }
}

/// What asks the host to stop.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn install() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn stop(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

fn host_name() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}
