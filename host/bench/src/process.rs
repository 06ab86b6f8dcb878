//! Hosts in processes of their own, as they run in production.

use super::hosts::BenchArgs;
use super::usage;
use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a host may take to start, and to stop.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(45);

/// How hosts are started.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ProcessArgs {
    /// The program `tasker` of the same build; without it, the one beside this program.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Connections of each host to the database.
    #[arg(long, default_value_t = tasker_database::MIN_CONNECTIONS, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(i64::from(tasker_database::MIN_CONNECTIONS)..=1_000))]
    pub(super) connections: u32,
    #[command(flatten)]
    pub(super) common: BenchArgs,
}

/// `tasker serve`, which is killed when this value is dropped.
#[derive(Debug)]
pub(super) struct HostProcess {
    child: Child,
    pub(super) pid: u32,
    pub(super) url: String,
}

impl ProcessArgs {
    /// Starts a host on a database, with a data directory of its own below `scratch`.
    pub(super) async fn serve(
        &self,
        scratch: &Path,
        name: &str,
        database_url: &str,
        more: &[&str],
    ) -> anyhow::Result<HostProcess> {
        let program = self.program()?;
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(scratch.join(format!("{name}.log")))?;
        let mut child = Command::new(&program)
            .args(["serve", "--listen", "127.0.0.1:0", "--auth", "off"])
            .args(["--connections", &self.connections.to_string()])
            .args(["--database-url", database_url])
            .arg("--data-dir")
            .arg(scratch.join(name))
            .args(more)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let url = timeout(START_TIMEOUT, ready(&mut child)).await;
        let url = url.context("a host was not ready in time")??;
        let pid = child.id().context("a host ended at once")?;
        Ok(HostProcess { child, pid, url })
    }

    fn program(&self) -> anyhow::Result<PathBuf> {
        if let Some(program) = &self.program {
            return Ok(program.clone());
        }
        let beside = std::env::current_exe()?.with_file_name("tasker");
        if !beside.is_file() {
            bail!(
                "{} is missing; build it (cargo build --release -p tasker), or name the program with --program",
                beside.display()
            );
        }
        Ok(beside)
    }
}

/// The address that a host says on its first line.
async fn ready(child: &mut Child) -> anyhow::Result<String> {
    let output = child.stdout.take().context("the output is piped")?;
    let line = BufReader::new(output).lines().next_line().await?;
    let url = line
        .as_deref()
        .and_then(|line| line.strip_prefix("tasker is ready at "))
        .and_then(|rest| rest.split(' ').next());
    Ok(url
        .context("a host did not start; its log is in the scratch directory")?
        .to_owned())
}

impl HostProcess {
    /// Asks it to stop and waits for its end.
    pub(super) async fn stop(mut self) -> anyhow::Result<ExitStatus> {
        self.signal(Signal::TERM)?;
        let ended = timeout(STOP_TIMEOUT, self.child.wait()).await;
        Ok(ended.context("a host did not stop in time")??)
    }

    /// Ends it at once, as a crash does.
    pub(super) async fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("a host cannot be killed")
    }

    fn signal(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        kill_process(pid.context("a host has a process id")?, signal)?;
        Ok(())
    }
}

/// Gives a process, its threads and its children one core. What they start later inherits it.
pub(super) async fn confine(pid: u32, core: usize) -> anyhow::Result<()> {
    for process in usage::children(pid).into_iter().chain([pid]) {
        let arguments = ["-a", "-c", "-p", &core.to_string(), &process.to_string()];
        let output = Command::new("taskset").args(arguments).output().await;
        let output = output.context("cannot run taskset, which --confine needs")?;
        // A child may have ended meanwhile; the process itself may not.
        if !output.status.success() && process == pid {
            bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
        }
    }
    Ok(())
}
