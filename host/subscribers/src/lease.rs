//! The right of a host to deliver, by its own monotonic clock: it ends before another host may take over.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// What is left of the ttl for the clocks of host and database to differ.
const MARGIN_SHARE: u32 = 5;
/// With less than this left, no request is begun.
const MIN_LEFT_SHARE: u32 = 4;

/// How often a lease is renewed, as a share of the ttl.
const RENEWED_SHARE: u32 = 6;

/// From a registration until the host is taken for dead.
pub(crate) struct Lease {
    pub(crate) delivery_host_id: i32,
    ttl: Duration,
    /// When the last renewal that succeeded was begun.
    renewed_at: Mutex<Instant>,
    renewed: Notify,
}

impl Lease {
    pub(crate) fn new(delivery_host_id: i32, ttl: Duration, renewed_at: Instant) -> Self {
        Self {
            delivery_host_id,
            ttl,
            renewed_at: Mutex::new(renewed_at),
            renewed: Notify::new(),
        }
    }

    /// True if it is to be renewed.
    pub(crate) fn is_due(&self) -> bool {
        self.age() >= self.ttl / RENEWED_SHARE
    }

    fn age(&self) -> Duration {
        self.renewed_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .elapsed()
    }

    pub(crate) fn renew(&self, began: Instant) {
        *self
            .renewed_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = began;
        self.renewed.notify_waiters();
    }

    /// How long the host may deliver without another renewal.
    fn left(&self) -> Duration {
        (self.ttl - self.ttl / MARGIN_SHARE).saturating_sub(self.age())
    }

    /// Waits until the host may not deliver any more.
    pub(crate) async fn expired(&self) {
        loop {
            let left = self.left();
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }

    /// Waits until the host may deliver; for how long. While the database does not answer, nothing is delivered.
    pub(crate) async fn held(&self) -> Duration {
        loop {
            let renewed = self.renewed.notified();
            let left = self.left();
            if left >= self.ttl / MIN_LEFT_SHARE {
                return left;
            }
            renewed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lease_ends_before_others_may_take_over_and_goes_on_when_it_is_renewed() {
        let ttl = Duration::from_secs(1_000);
        let ago = |seconds| Instant::now() - Duration::from_secs(seconds);
        let lease = Lease::new(1, ttl, ago(100));
        assert!(lease.held().await <= Duration::from_secs(700) && !lease.is_due());
        lease.renew(ago(850));
        assert!(lease.left().is_zero() && lease.is_due());
        lease.renew(Instant::now());
        assert!(lease.held().await > Duration::from_secs(700));
    }
}
