use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::error::EmbeddedError;

/// How long a server whose host was killed may take to end.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Waits for a server that outlives its host to end, as the kernel told it to. A server that was
/// started by hand is never signalled: the error says how to stop it. A pid file that was left
/// behind by a crash is PostgreSQL's own to judge and to remove.
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
        || log_tail.contains("lock file \"postmaster.pid\" already exists")
}

/// The process that the pid file names, if it works in this cluster (a PostgreSQL does): a pid
/// that went to another program since does not count.
fn running_on(cluster: &Path) -> Option<i32> {
    let file = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid: i32 = file.lines().next()?.trim().parse().ok()?;
    let directory = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    (directory == cluster).then_some(pid)
}
