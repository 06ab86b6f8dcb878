//! What one attempt used: the ledger's entry.

use std::time::Duration;

/// What one attempt used, as far as it came.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usage {
    /// From the start of the instance to its end.
    pub wall: Duration,
    /// On the processor, in the guest and in what it had the host do.
    pub cpu: Duration,
    /// Between calls of the guest to the host and their answers.
    pub host: Duration,
    /// The most that all memories and tables held together.
    pub memory_bytes: u64,
    /// Bodies of HTTP responses.
    pub in_bytes: u64,
    /// Bodies of HTTP requests.
    pub out_bytes: u64,
    pub http_requests: u32,
}
