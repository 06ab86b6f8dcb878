//! How compiled code is kept and made, for the status of a host.

use super::Sandbox;
use std::time::Duration;

/// How compiled code is kept and made on this host.
#[derive(Clone, Debug)]
pub struct CodeHealth {
    /// Components that wait to be compiled.
    pub waiting: usize,
    /// For how long the one that came first does.
    pub waiting_for: Option<Duration>,
    /// Components whose code is on disk; none if its directory cannot be read.
    pub kept: Option<usize>,
    pub kept_bytes: u64,
    /// False if the last code that was made could not be kept: after a restart it is made once more.
    pub is_written: bool,
    /// Of the file system of the data directory; none if it does not say.
    pub free_bytes: Option<u64>,
}

impl Sandbox {
    /// How compiled code is kept and made now.
    pub async fn code_health(&self) -> CodeHealth {
        let (waiting, since) = self.inner.code_metrics.waiting();
        let look = |inner: &super::Inner| (inner.cache.kept(), inner.cache.space());
        let (kept, space) = self.on_blocking_thread(look).await;
        CodeHealth {
            waiting,
            waiting_for: since.map(|since| since.elapsed()),
            kept: kept.as_ref().ok().map(Vec::len),
            kept_bytes: kept.iter().flatten().map(|code| code.bytes).sum(),
            is_written: self.inner.cache.is_written(),
            free_bytes: space.ok(),
        }
    }
}
