//! Where it is measured: hosts on one PostgreSQL, with what their API would ask.

use super::bulk::Bulk;
use anyhow::{Context as _, bail};
use semver::Version;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tasker::host::{AuthConfig, DatabaseChoice, Host, HostConfig, LogLines};
use tasker_domain::actor::Actor;
use tasker_domain::bounds::MAX_BATCH_TASKS;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::submit::Submit;
use tasker_domain::tag::Tags;
use tasker_engine::recording_bound::MAX_RECORDINGS_BYTES;
use tasker_registry::Registry;
use tasker_registry::maintenance::Maintenance;
use tasker_registry::publish_template::Missing;
use tasker_sandbox::{CompileLimits, Compiler};
use tasker_subscribers::SubscribersConfig;
use tasker_tasks::Tasks;
use tasker_worker::WorkerConfig;
use tempfile::TempDir;

/// Where `make` leaves the sample handlers of a checkout.
const BUILT_HANDLERS: [&str; 2] = [
    "target/guests/wasm32-wasip2/release/tasker_handlers_basics.wasm",
    "plugins/target/wasm32-wasip2/release/tasker_handlers_basics.wasm",
];

/// The version of what has one only.
pub(super) const FIRST: Version = Version::new(1, 0, 0);

/// Between two looks whether all is done.
pub(super) const LOOK_INTERVAL: Duration = Duration::from_millis(5);

/// What every measurement takes.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct BenchArgs {
    /// A PostgreSQL to measure on; without one, a private server in a directory of its own.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Where that directory is made; removed at the end.
    #[arg(long, value_name = "DIR")]
    scratch_dir: Option<PathBuf>,
    /// The sample component `basics`, as `make guests` builds it.
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,
    /// Export traces and metrics of the hosts in this process, as the variables of OpenTelemetry say.
    #[arg(long)]
    export_traces: bool,
}

/// One host, and what the API would ask.
pub(super) struct Member {
    pub(super) host: Host,
    pub(super) registry: Registry,
    pub(super) tasks: Tasks,
}

/// Hosts that share a database and nothing else. There is at least one.
pub(super) struct Hosts {
    members: Vec<Member>,
    /// Removed once all are gone.
    _scratch: TempDir,
}

impl BenchArgs {
    /// Starts `count` hosts, each with a data directory of its own; without `worker` they serve only.
    pub(super) async fn start(
        &self,
        count: usize,
        worker: Option<&WorkerConfig>,
    ) -> anyhow::Result<Hosts> {
        self.start_as(count, worker, &AuthConfig::Off).await
    }

    /// Starts one host that asks for keys.
    pub(super) async fn start_with_keys(&self, worker: &WorkerConfig) -> anyhow::Result<Hosts> {
        let keys = AuthConfig::Keys {
            admin_key: None,
            tokens: None,
            sign_in: None,
        };
        self.start_as(1, Some(worker), &keys).await
    }

    async fn start_as(
        &self,
        count: usize,
        worker: Option<&WorkerConfig>,
        auth: &AuthConfig,
    ) -> anyhow::Result<Hosts> {
        let scratch = self.scratch()?;
        let mut members: Vec<Member> = Vec::with_capacity(count);
        for no in 0..count {
            let database = match (&self.database_url, members.first()) {
                (Some(url), _) => DatabaseChoice::Url(url.clone()),
                (None, Some(first)) => DatabaseChoice::Url(first.host.database_url()),
                (None, None) => DatabaseChoice::Embedded,
            };
            let data_dir = scratch.path().join(format!("host-{no}"));
            let config = HostConfig {
                auth: auth.clone(),
                exports: self.export_traces.then(LogLines::default),
                ..config(data_dir, database, worker.cloned())
            };
            let host = Host::start(config).await?;
            members.push(Member::of(host));
        }
        Ok(Hosts {
            members,
            _scratch: scratch,
        })
    }

    /// The same on this database.
    pub(super) fn on(&self, database_url: String) -> Self {
        Self {
            database_url: Some(database_url),
            ..self.clone()
        }
    }

    pub(super) fn has_database(&self) -> bool {
        self.database_url.is_some()
    }

    /// The bytes of the sample component.
    pub(super) fn component(&self) -> anyhow::Result<Vec<u8>> {
        if let Some(path) = &self.component {
            return std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        }
        let targets = std::env::var_os("TASKER_GUESTS_TARGET_DIR").map(PathBuf::from);
        let of_target =
            targets.map(|dir| dir.join("wasm32-wasip2/release/tasker_handlers_basics.wasm"));
        let candidates = of_target
            .into_iter()
            .chain(BUILT_HANDLERS.map(PathBuf::from));
        match candidates
            .into_iter()
            .find_map(|path| std::fs::read(path).ok())
        {
            Some(bytes) => Ok(bytes),
            None => bail!(
                "the sample component tasker_handlers_basics.wasm is not built; run `make guests` in a checkout, or name it with --component"
            ),
        }
    }

    /// A directory through which the account of PostgreSQL may pass.
    pub(super) fn scratch(&self) -> anyhow::Result<TempDir> {
        let mut builder = tempfile::Builder::new();
        builder
            .prefix("tasker-bench-")
            .permissions(std::fs::Permissions::from_mode(0o711));
        let made = match self.scratch_dir.as_deref() {
            Some(dir) => builder.tempdir_in::<&Path>(dir),
            None => builder.tempdir(),
        };
        made.context("cannot make a directory for the measurement")
    }
}

fn config(data_dir: PathBuf, database: DatabaseChoice, worker: Option<WorkerConfig>) -> HostConfig {
    HostConfig {
        metrics_listen: None,
        listen: ([127, 0, 0, 1], 0).into(),
        data_dir,
        database,
        read_replica: None,
        secret_keys: None,
        connections: tasker_database::DEFAULT_CONNECTIONS,
        compiler: Compiler::of_this_program(CompileLimits::default()),
        worker,
        subscribers: SubscribersConfig::default(),
        watch: None,
        maintenance: Maintenance::default(),
        max_recordings_bytes: MAX_RECORDINGS_BYTES,
        archive: None,
        auth: AuthConfig::Off,
        bounds: Default::default(),
        tls: None,
        exports: None,
        serves_ui: false,
    }
}

impl Hosts {
    pub(super) fn first(&self) -> &Member {
        &self.members[0]
    }

    pub(super) fn all(&self) -> &[Member] {
        &self.members
    }

    /// The host whose turn it is, where they take turns.
    pub(super) fn turn(&self, no: u32) -> &Member {
        &self.members[no as usize % self.members.len()]
    }

    /// Stops them, the one that has the database last.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        while let Some(member) = self.members.pop() {
            member.host.stop().await?;
        }
        Ok(())
    }
}

impl Member {
    fn of(host: Host) -> Self {
        let registry = Registry::new(host.engine.clone(), host.sandbox.clone());
        let tasks = Tasks::new(
            host.engine.clone(),
            registry.clone(),
            host.notifications.clone(),
        );
        Self {
            host,
            registry,
            tasks,
        }
    }

    pub(super) fn bulk(&self) -> Bulk {
        Bulk::new(self.host.engine.database())
    }

    /// Submits tasks in batches.
    pub(super) async fn submit_all(
        &self,
        mut submits: Vec<Submit>,
        correlation_id: &str,
    ) -> anyhow::Result<()> {
        while !submits.is_empty() {
            let rest = submits.split_off(submits.len().min(MAX_BATCH_TASKS));
            self.tasks.submit_batch(submits, correlation_id).await?;
            submits = rest;
        }
        Ok(())
    }

    /// Submits tasks that have so many steps together, and waits until none is open. No other host
    /// may work meanwhile.
    pub(super) async fn run_all(
        &self,
        submits: Vec<Submit>,
        steps: u64,
        correlation_id: &str,
    ) -> anyhow::Result<()> {
        let attempts = self.host.stats.attempts() + steps;
        self.submit_all(submits, correlation_id).await?;
        // Asking the database all the time would be a part of what is measured.
        while self.host.stats.attempts() < attempts {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        self.until_idle().await
    }

    /// Returns once no task is open.
    pub(super) async fn until_idle(&self) -> anyhow::Result<()> {
        while self.bulk().has_open_tasks().await? {
            tokio::time::sleep(LOOK_INTERVAL).await;
        }
        Ok(())
    }
}

/// A name in the namespace of measurements.
pub(super) fn target(name: &str) -> anyhow::Result<QualifiedName> {
    Ok(QualifiedName {
        namespace: "bench".parse()?,
        name: name.parse()?,
    })
}

/// Publishes a component there.
pub(super) async fn publish_component(
    registry: &Registry,
    name: &str,
    version: &Version,
    bytes: Vec<u8>,
) -> anyhow::Result<()> {
    registry
        .publish_component(&target(name)?, version, bytes.into(), &Actor::host())
        .await?;
    Ok(())
}

/// Publishes version 1.0.0 of a template there.
pub(super) async fn publish_template(
    registry: &Registry,
    name: &str,
    yaml: &str,
) -> anyhow::Result<()> {
    let (target, actor) = (target(name)?, Actor::host());
    registry
        .publish_template(&target, &FIRST, yaml, Missing::Refused, &actor)
        .await?;
    Ok(())
}

/// A task of a template there.
pub(super) fn submit(template: &str) -> anyhow::Result<Submit> {
    let target = target(template)?;
    Ok(Submit {
        namespace: target.namespace,
        template: target.name,
        version: None,
        input: None,
        idempotency_key: None,
        correlation_id: None,
        priority: None,
        tags: Tags::default(),
    })
}
