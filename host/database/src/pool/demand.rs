//! How much the connections of a pool are asked for.

use super::Pool;
use tasker_telemetry::Counter;

impl Pool {
    /// Connections that nobody uses.
    pub(crate) fn idle(&self) -> u32 {
        self.inner.idle().len() as u32
    }

    pub(crate) fn waits(&self) -> &Counter {
        &self.inner.waits
    }

    pub(crate) fn timeouts(&self) -> &Counter {
        &self.inner.timeouts
    }
}
