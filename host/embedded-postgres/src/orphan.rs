use std::fs;
use std::path::Path;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use super::error::{EmbeddedError, io_error};

/// How long a server whose process was killed may take to end.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits for a server that outlives its process to end, as the kernel told it to. A server that was
/// started by hand is never signalled: the error says how to stop it.
pub(super) fn wait_for_end(cluster: &Path) -> Result<(), EmbeddedError> {
    let give_up = Instant::now() + PATIENCE;
    while let Some(pid) = running_on(cluster) {
        if Instant::now() > give_up {
            return Err(EmbeddedError::OrphanRuns {
                pid,
                cluster: cluster.to_owned(),
            });
        }
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// Whether a start failed only because the last server's processes had not all gone.
pub(super) fn still_ending(log_tail: &str) -> bool {
    log_tail.contains("pre-existing shared memory block")
}

/// A crash leaves the pid file behind, and its pid may belong to another program since, which
/// PostgreSQL would take for a running server. It knows better of its own parent's pid, so that
/// is written instead. The rest of the file stays: by it PostgreSQL makes sure that no process of
/// the last server is left.
pub(super) fn disown_pid_file(cluster: &Path) -> Result<(), EmbeddedError> {
    let path = cluster.join("postmaster.pid");
    let Ok(file) = fs::read_to_string(&path) else {
        return Ok(());
    };
    let rest = file.split_once('\n').map_or("", |(_, rest)| rest);
    fs::write(&path, format!("{}\n{rest}", process::id())).map_err(io_error("cannot write", path))
}

/// The process that the pid file names, if it works in this cluster, as a PostgreSQL does.
fn running_on(cluster: &Path) -> Option<i32> {
    let file = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid: i32 = file.lines().next()?.trim().parse().ok()?;
    let directory = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    (directory == cluster).then_some(pid)
}
