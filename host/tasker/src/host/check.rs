//! What a host is set up as, before it starts.

use super::{AuthConfig, HostConfig, HostError};
use tasker_worker::BEATS_BEFORE_DEAD;

/// Refuses what would not work, or not be safe, before anything is started.
pub(super) fn check(config: &HostConfig) -> Result<(), HostError> {
    if let Some(dir) = config.watch.as_ref().filter(|dir| !dir.is_dir()) {
        return Err(HostError::Watch(dir.clone()));
    }
    if let Some(worker) = &config.worker {
        let (interval, dead_after) = (worker.heartbeat_interval, worker.dead_after);
        if interval.saturating_mul(BEATS_BEFORE_DEAD) > dead_after {
            return Err(HostError::Heartbeats {
                interval,
                dead_after,
            });
        }
    }
    match config.auth {
        AuthConfig::Off if !config.listen.ip().is_loopback() => {
            Err(HostError::NotLoopback(config.listen))
        }
        AuthConfig::Off | AuthConfig::Keys { .. } => Ok(()),
    }
}
