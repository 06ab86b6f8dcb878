//! `tasker dev`: a host for one project, and what happens at each save.

use super::serve::{host_name, not_started};
use super::signals::Stop;
use crate::host::{AuthConfig, DatabaseChoice, Host, HostConfig, logging};
use clap::Args;
use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;
use tasker_api::bounds::Bounds;
use tasker_cli::dev::{DevHost, DevOptions};
use tasker_cli::{CliError, Client, DEFAULT_URL, Exit, Global, Output};
use tasker_database::DEFAULT_CONNECTIONS;
use tasker_engine::recording_bound::MAX_RECORDINGS_BYTES;
use tasker_otlp::LogLines;
use tasker_registry::maintenance::Maintenance;
use tasker_sandbox::Compiler;
use tasker_subscribers::SubscribersConfig;
use tasker_worker::WorkerConfig;
use tempfile::TempDir;

/// Where the commands in other terminals look for a host.
const DEFAULT_LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 7710);
/// How long attempts may go on at the end: nobody needs their results any more.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(100);
/// The account of PostgreSQL may pass through the data directory, and may not list it.
const MODE: u32 = 0o711;

/// Build a project of step handlers at each save, and run its template on the new code at once.
///
/// Starts a host with a PostgreSQL of its own, unless one answers at --url; what it leaves is deleted at the end. Each version
/// is published as a pre-release, such as 1.2.0-dev.3, and pinned. The host of its own needs no key; it can be reached from
/// this machine only.
#[derive(Debug, Args)]
pub(super) struct Dev {
    #[command(flatten)]
    options: DevOptions,
    /// Start a host of its own at this address, also where one answers at --url; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

/// A host that ends with this process.
struct OwnHost {
    host: Host,
    data_dir: TempDir,
}

impl Dev {
    /// Runs until SIGINT or SIGTERM.
    pub(super) async fn run(self, global: &Global, output: Output) -> Result<Exit, CliError> {
        let lines = logging::start_quiet();
        // From here on a signal is seen where it is waited for, and nothing is left behind.
        let mut stop = Stop::install().map_err(anyhow::Error::from)?;
        let Some(listen) = self.own_address(global).await? else {
            let stop = Box::pin(async move { stop.asked().await });
            return tasker_cli::dev::run(self.options, DevHost::Running, global, output, stop)
                .await;
        };
        let mut own = OwnHost::start(listen, lines).await?;
        let global = Global {
            url: own.host.url(),
            ..global.clone()
        };
        let stop = Box::pin(async move { stop.asked().await });
        let end = tokio::select! {
            end = tasker_cli::dev::run(self.options, DevHost::Own, &global, output, stop) => end,
            error = own.host.failed() => Err(anyhow::Error::from(error).into()),
        };
        own.stop().await?;
        end
    }

    /// Where a host of its own is to listen; none: there is one.
    async fn own_address(&self, global: &Global) -> Result<Option<SocketAddr>, CliError> {
        if let Some(listen) = self.listen {
            return Ok(Some(listen));
        }
        match Client::new(global)?.status().await {
            Ok(_) => Ok(None),
            Err(error) if error.ends_with(Exit::Unreachable) && global.url == DEFAULT_URL => {
                Ok(Some(DEFAULT_LISTEN))
            }
            Err(error) => Err(error),
        }
    }
}

impl OwnHost {
    async fn start(listen: SocketAddr, lines: LogLines) -> Result<Self, CliError> {
        let data_dir = tempfile::Builder::new()
            .prefix("tasker-dev-")
            .permissions(Permissions::from_mode(MODE))
            .tempdir()
            .map_err(anyhow::Error::from)?;
        let config = config(listen, data_dir.path(), lines);
        let host = Host::start(config).await.map_err(not_started)?;
        Ok(Self { host, data_dir })
    }

    /// Ends the host and its database, and deletes all that they had.
    async fn stop(self) -> anyhow::Result<()> {
        let stopped = self.host.stop().await;
        self.data_dir.close()?;
        Ok(stopped?)
    }
}

/// As `tasker serve` has it by default, but for what only one person uses.
fn config(listen: SocketAddr, data_dir: &Path, lines: LogLines) -> HostConfig {
    HostConfig {
        listen,
        metrics_listen: None,
        data_dir: data_dir.to_owned(),
        database: DatabaseChoice::Temporary,
        read_replica: None,
        connections: DEFAULT_CONNECTIONS,
        secret_keys: None,
        // The code is the user's own, and is wanted at once: a process of its own would have a low priority.
        compiler: Compiler::InProcess,
        worker: Some(WorkerConfig {
            host_name: host_name(),
            drain_timeout: DRAIN_TIMEOUT,
            ..WorkerConfig::default()
        }),
        subscribers: SubscribersConfig {
            host_name: host_name(),
            ..SubscribersConfig::default()
        },
        watch: None,
        maintenance: Maintenance::default(),
        max_recordings_bytes: MAX_RECORDINGS_BYTES,
        archive: None,
        auth: AuthConfig::Off,
        bounds: Bounds::default(),
        tls: None,
        exports: Some(lines),
        serves_ui: true,
    }
}
