//! Bounds of one invocation. Every bound has a name and a unit.

use std::time::Duration;

/// What one invocation may use at most.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// All linear memories and tables of the instance together, in bytes.
    pub memory_bytes: usize,
    /// Wall time from the start of the attempt to its forced end.
    pub deadline: Duration,
    /// Time on the processor, of the guest and of what it has the host do.
    pub cpu: Duration,
    /// The result (or failure details) as JSON text, in bytes.
    pub result_bytes: usize,
    /// Log lines of one attempt together, in bytes; what comes after is cut with a note.
    pub log_bytes: usize,
    /// Calls from the guest to the host.
    pub host_calls: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory_bytes: 128 << 20,
            deadline: Duration::from_secs(30),
            cpu: Duration::from_secs(30),
            result_bytes: 1 << 20,
            log_bytes: 64 << 10,
            host_calls: 100_000,
        }
    }
}
