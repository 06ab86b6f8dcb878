//! Runs a command beside a private PostgreSQL for tests: `with-postgres cargo nextest run`. The
//! command finds it in `TASKER_TEST_DATABASE_URL`, and its exit code is passed on. The database is
//! removed at the end, unless `--data-dir DIR` before the command says where to keep it. Where
//! that variable is set already the command runs as it is.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use tasker_embedded_postgres::Embedded;
use tasker_tests::{URL_VARIABLE, server_config};
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// What a shell reports for a command that a signal ended.
const ENDED_BY_SIGNAL: u8 = 128;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let kept_in = match arguments.next_if(|argument| argument == "--data-dir") {
        Some(_) => arguments.next().map(PathBuf::from),
        None => None,
    };
    let Some(program) = arguments.next() else {
        bail!("usage: with-postgres [--data-dir DIR] COMMAND [ARGUMENT]...");
    };
    let mut command = Command::new(program);
    command.args(arguments);
    let mut stops = Stops::listen()?;
    match std::env::var_os(URL_VARIABLE) {
        Some(_) if kept_in.is_none() => run(command, &mut stops).await,
        _ => run_beside_postgres(command, kept_in, &mut stops).await,
    }
}

async fn run_beside_postgres(
    mut command: Command,
    kept_in: Option<PathBuf>,
    stops: &mut Stops,
) -> anyhow::Result<ExitCode> {
    let directory = match kept_in {
        Some(kept_in) => Directory::Kept(kept_in),
        None => Directory::Temporary(temporary_directory()?),
    };
    let postgres = Embedded::start(server_config(directory.path())).await?;
    command.env(URL_VARIABLE, postgres.url());
    let code = run(command, stops).await;
    postgres.stop().await?;
    code
}

/// Where the database is; a temporary one is removed with this value.
enum Directory {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Directory {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(directory) => directory.path(),
        }
    }
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

/// In memory, where there is room: a database of a test is 600 files, and a file system on a disk takes longer to make and
/// delete them than most tests need.
const IN_MEMORY: &str = "/dev/shm";

/// What the databases of a whole run take at most, in bytes, with as much again for the programs.
const ROOM_BYTES: u64 = 12 << 30;

/// PostgreSQL's account must be able to pass through.
fn temporary_directory() -> anyhow::Result<TempDir> {
    let parent = match room_in_memory() >= ROOM_BYTES {
        true => PathBuf::from(IN_MEMORY),
        false => std::env::temp_dir(),
    };
    tempfile::Builder::new()
        .prefix("tasker-tests-")
        .permissions(Permissions::from_mode(0o711))
        .tempdir_in(parent)
        .context("cannot make a directory for the test database")
}

/// Bytes that files in memory may take without another program going short; none where that is not known.
fn room_in_memory() -> u64 {
    let in_files = rustix::fs::statvfs(IN_MEMORY).map_or(0, |it| it.f_bavail * it.f_frsize);
    in_files.min(available_memory().unwrap_or(0))
}

fn available_memory() -> Option<u64> {
    let all = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = all
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib << 10)
}
