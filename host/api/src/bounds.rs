//! Limits of connections, requests and bodies, and their timeouts.

use std::time::Duration;

/// Connections that are served at the same time.
pub const MAX_CONNECTIONS: usize = 512;
/// Connections beyond these: for health, and for callers who have few others.
pub const MAX_SPARE_CONNECTIONS: usize = 64;
/// Connections of one known caller.
pub const MAX_CONNECTIONS_PER_CALLER: usize = 256;
/// Connections of one known caller with which it may use one beyond the most that are served.
pub const MAX_CONNECTIONS_WITH_SPARE: usize = 8;
/// Unauthenticated connections of one address. Behind a reverse proxy all come
/// from its address, and each is a stranger's until its first request.
pub const MAX_CONNECTIONS_PER_STRANGER: usize = 128;
/// A connection that is idle for less makes no room for another: its request may be on its way.
pub const IDLE_GRACE: Duration = Duration::from_secs(1);
/// Requests of one caller that are worked on at the same time, but for those that wait for a task.
pub const MAX_REQUESTS_PER_CALLER: usize = 64;
/// How long a request of a caller at this bound waits for a slot.
pub const REQUEST_SLOT_TIMEOUT: Duration = Duration::from_secs(10);
/// Long polls of one caller.
pub const MAX_WAITS_PER_CALLER: usize = 128;
/// The same of all callers: the connections that are left are for requests that are answered at once.
pub const MAX_WAITS: usize = 384;
/// Requests of one caller that have a component in memory or compiled: uploads, plans, diffs, downloads.
pub const MAX_COMPONENTS_PER_CALLER: usize = 4;
/// A connection that has sent no whole head of a request after this long is cut off, idle or not.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The same for a connection beyond the most that are served.
pub const SPARE_HEAD_TIMEOUT: Duration = Duration::from_secs(2);
/// The largest head of a request, in bytes.
pub const MAX_HEAD_BYTES: usize = 32 << 10;
/// How long a caller may neither send of its body nor take of its answer, unless it earned more.
pub const RATE_TIMEOUT: Duration = Duration::from_secs(20);
/// So many bytes that a caller sent or took earn it another second, up to [`RATE_TIMEOUT`].
pub const MIN_BYTES_PER_S: u32 = 8 << 10;
/// Larger bodies need a slot. In bytes.
pub const LARGE_BODY_BYTES: u64 = 1 << 20;
/// Larger bodies that are read at the same time.
pub const MAX_LARGE_BODIES: usize = 8;
/// Requests of one caller that have a larger body: it is in memory until they are answered. Fewer than
/// are read at the same time, so that no caller keeps the others out.
pub const MAX_LARGE_BODIES_PER_CALLER: usize = 3;
/// How long a larger body waits for a slot.
pub const SLOT_TIMEOUT: Duration = Duration::from_secs(30);

/// The bounds that a host keeps to.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub max_connections: usize,
    pub max_spare_connections: usize,
    pub max_connections_per_caller: usize,
    pub max_connections_with_spare: usize,
    pub max_connections_per_stranger: usize,
    pub idle_grace: Duration,
    pub max_requests_per_caller: usize,
    pub max_waits_per_caller: usize,
    pub max_waits: usize,
    pub max_components_per_caller: usize,
    pub request_slot_timeout: Duration,
    pub head_timeout: Duration,
    pub spare_head_timeout: Duration,
    pub rate_timeout: Duration,
    pub max_large_bodies: usize,
    pub max_large_bodies_per_caller: usize,
    pub slot_timeout: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_connections: MAX_CONNECTIONS,
            max_spare_connections: MAX_SPARE_CONNECTIONS,
            max_connections_per_caller: MAX_CONNECTIONS_PER_CALLER,
            max_connections_with_spare: MAX_CONNECTIONS_WITH_SPARE,
            max_connections_per_stranger: MAX_CONNECTIONS_PER_STRANGER,
            idle_grace: IDLE_GRACE,
            max_requests_per_caller: MAX_REQUESTS_PER_CALLER,
            max_waits_per_caller: MAX_WAITS_PER_CALLER,
            max_waits: MAX_WAITS,
            max_components_per_caller: MAX_COMPONENTS_PER_CALLER,
            request_slot_timeout: REQUEST_SLOT_TIMEOUT,
            head_timeout: HEAD_TIMEOUT,
            spare_head_timeout: SPARE_HEAD_TIMEOUT,
            rate_timeout: RATE_TIMEOUT,
            max_large_bodies: MAX_LARGE_BODIES,
            max_large_bodies_per_caller: MAX_LARGE_BODIES_PER_CALLER,
            slot_timeout: SLOT_TIMEOUT,
        }
    }
}
