//! Runs a command beside a private PostgreSQL for tests: `with-postgres cargo nextest run`. The
//! command finds it in `TASKER_TEST_DATABASE_URL`; its exit code is passed on. With that variable
//! set already the command runs as it is.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;

use anyhow::{Context, bail};
use tasker::store::embedded::Embedded;
use tasker_tests::{URL_VARIABLE, server_config};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a shell reports for a command that a signal ended.
const ENDED_BY_SIGNAL: u8 = 128;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let Some(program) = arguments.next() else {
        bail!("usage: with-postgres COMMAND [ARGUMENT]...");
    };
    let mut command = Command::new(&program);
    command.args(arguments);
    if std::env::var_os(URL_VARIABLE).is_some() {
        return run(command, &mut Stops::listen()?).await;
    }
    let mut stops = Stops::listen()?;
    let data_dir = directory()?;
    let postgres = Embedded::start(server_config(data_dir.path())).await?;
    command.env(URL_VARIABLE, postgres.url());
    let code = run(command, &mut stops).await;
    postgres.stop().await?;
    code
}

/// Asks to stop, which Ctrl-C also sends to the command itself.
struct Stops {
    interrupt: Signal,
    terminate: Signal,
}

impl Stops {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }
}

async fn run(mut command: Command, stops: &mut Stops) -> anyhow::Result<ExitCode> {
    let mut child = command
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot run {:?}", command.as_std().get_program()))?;
    loop {
        tokio::select! {
            status = child.wait() => {
                let code = status?.code().and_then(|code| u8::try_from(code).ok());
                return Ok(ExitCode::from(code.unwrap_or(ENDED_BY_SIGNAL)));
            }
            _ = stops.interrupt.recv() => {}
            _ = stops.terminate.recv() => end(&mut child),
        }
    }
}

fn end(child: &mut Child) {
    // An error means that it has ended already, which the loop is about to see.
    let _ = child.start_kill();
}

/// PostgreSQL's account must be able to pass through.
fn directory() -> anyhow::Result<TempDir> {
    tempfile::Builder::new()
        .prefix("tasker-tests-")
        .permissions(Permissions::from_mode(0o711))
        .tempdir()
        .context("cannot make a directory for the test database")
}
