//! How much is taken from callers at once, and how long they are waited for.

use std::time::Duration;

/// Connections that are served at the same time.
pub const MAX_CONNECTIONS: usize = 512;
/// Connections beyond these, which are answered about health and told to come again.
pub const MAX_SPARE_CONNECTIONS: usize = 64;
/// A connection that has sent no whole head of a request after this long is cut off, idle or not.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// The same for a connection beyond the most that are served.
pub const SPARE_HEAD_TIMEOUT: Duration = Duration::from_secs(2);
/// The largest head of a request, in bytes.
pub const MAX_HEAD_BYTES: usize = 32 << 10;
/// How long a caller may neither send of its body nor take of its answer, unless it earned more.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// So many bytes that a caller sent or took earn it another second, up to [`PATIENCE`].
pub const MIN_BYTES_PER_S: u32 = 8 << 10;
/// Bodies above this have turns, in bytes.
pub const LARGE_BODY_BYTES: u64 = 1 << 20;
/// Larger bodies that are in memory at the same time.
pub const MAX_LARGE_BODIES: usize = 8;
/// How long a larger body waits for its turn.
pub const TURN_TIMEOUT: Duration = Duration::from_secs(30);

/// The bounds that a host keeps to.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub max_connections: usize,
    pub max_spare_connections: usize,
    pub head_timeout: Duration,
    pub spare_head_timeout: Duration,
    pub patience: Duration,
    pub max_large_bodies: usize,
    pub turn_timeout: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_connections: MAX_CONNECTIONS,
            max_spare_connections: MAX_SPARE_CONNECTIONS,
            head_timeout: HEAD_TIMEOUT,
            spare_head_timeout: SPARE_HEAD_TIMEOUT,
            patience: PATIENCE,
            max_large_bodies: MAX_LARGE_BODIES,
            turn_timeout: TURN_TIMEOUT,
        }
    }
}
