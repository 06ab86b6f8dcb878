//! Limits of connections, requests and bodies, and their timeouts.

use std::time::Duration;
use tasker_domain::request_rate::RequestRate;

/// The largest head of a request, in bytes.
pub const MAX_HEAD_BYTES: usize = 32 << 10;
/// So many bytes that a caller sent or took earn it another second, up to [`Bounds::rate_timeout`].
pub const MIN_BYTES_PER_S: u32 = 8 << 10;
/// Larger bodies need a slot. In bytes.
pub const LARGE_BODY_BYTES: u64 = 1 << 20;

/// The bounds that a host keeps to.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Connections that are served at the same time.
    pub max_connections: usize,
    /// Connections beyond these: for health, and for callers who have few others.
    pub max_spare_connections: usize,
    /// Connections of one known caller.
    pub max_connections_per_caller: usize,
    /// Connections of one known caller with which it may use one beyond the most that are served.
    pub max_connections_with_spare: usize,
    /// Unauthenticated connections of one address. Behind a reverse proxy all come
    /// from its address, and each is a stranger's until its first request.
    pub max_connections_per_stranger: usize,
    /// A connection that is idle for less makes no room for another: its request may be on its way.
    pub idle_grace: Duration,
    /// How many requests a caller may send whose key says nothing of it; none: any number.
    pub default_rate: Option<RequestRate>,
    /// Requests of one caller that are worked on at the same time, but for those that wait for a task.
    pub max_requests_per_caller: usize,
    /// How long a request of a caller at this bound waits for a slot.
    pub request_slot_timeout: Duration,
    /// Long polls of one caller.
    pub max_waits_per_caller: usize,
    /// The same of all callers: the connections that are left are for requests that are answered at once.
    pub max_waits: usize,
    /// Streams of events of one caller.
    pub max_streams_per_caller: usize,
    /// The same of all callers. Each also counts as a long poll of the host.
    pub max_streams: usize,
    /// Requests of one caller that have a component in memory or compiled: uploads, plans, diffs, downloads.
    pub max_components_per_caller: usize,
    /// A connection that has sent no whole head of a request after this long is cut off, idle or not.
    pub head_timeout: Duration,
    /// The same for a connection beyond the most that are served.
    pub spare_head_timeout: Duration,
    /// How long a caller may neither send of its body nor take of its answer, unless it earned more.
    pub rate_timeout: Duration,
    /// Larger bodies that are read at the same time.
    pub max_large_bodies: usize,
    /// Requests of one caller that have a larger body: it is in memory until they are answered. Fewer than
    /// are read at the same time, so that no caller keeps the others out.
    pub max_large_bodies_per_caller: usize,
    /// How long a larger body, or a component, waits for a slot.
    pub slot_timeout: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_connections: 512,
            max_spare_connections: 64,
            max_connections_per_caller: 256,
            max_connections_with_spare: 8,
            max_connections_per_stranger: 128,
            idle_grace: Duration::from_secs(1),
            default_rate: None,
            max_requests_per_caller: 64,
            request_slot_timeout: Duration::from_secs(10),
            max_waits_per_caller: 128,
            max_waits: 384,
            max_streams_per_caller: 128,
            max_streams: 256,
            max_components_per_caller: 4,
            head_timeout: Duration::from_secs(30),
            spare_head_timeout: Duration::from_secs(2),
            rate_timeout: Duration::from_secs(20),
            max_large_bodies: 8,
            max_large_bodies_per_caller: 3,
            slot_timeout: Duration::from_secs(30),
        }
    }
}
