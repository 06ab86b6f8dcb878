//! How the claims of this host's worker go: written by the worker, read by the health endpoints.

use super::drain::Drain;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Claims that failed in a row, and for how long at least, before the host is not ready any more.
const FAILURES_MIN: u32 = 3;
const FAILING_MIN: Duration = Duration::from_secs(5);

/// Claims that failed, none of them followed by one that did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingClaims {
    /// When the first of them failed.
    pub since: Instant,
    pub failures: u32,
    /// Why the newest did.
    pub reason: String,
}

impl FailingClaims {
    /// True if this is more than a hiccup: the host does no work.
    pub fn is_grave(&self) -> bool {
        self.failures >= FAILURES_MIN && self.since.elapsed() >= FAILING_MIN
    }
}

/// Where it is kept; clones see the same.
#[derive(Clone, Debug, Default)]
pub struct ClaimHealth {
    failing: Arc<Mutex<Option<FailingClaims>>>,
    drain: Drain,
}

impl ClaimHealth {
    /// `None` if the newest claim went well, or there was none yet.
    pub fn failing(&self) -> Option<FailingClaims> {
        self.failing.lock().expect("no holder panics").clone()
    }

    /// Whether the host is to claim nothing.
    pub fn drain(&self) -> &Drain {
        &self.drain
    }

    pub fn succeeded(&self) {
        *self.failing.lock().expect("no holder panics") = None;
    }

    pub fn failed(&self, reason: &str) {
        let mut failing = self.failing.lock().expect("no holder panics");
        let (since, failures) = match &*failing {
            Some(failing) => (failing.since, failing.failures.saturating_add(1)),
            None => (Instant::now(), 1),
        };
        *failing = Some(FailingClaims {
            since,
            failures,
            reason: reason.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_goes_well_ends_what_failed_before() {
        let health = ClaimHealth::default();
        health.failed("a");
        health.clone().failed("b");
        let failing = health.failing().unwrap();
        assert_eq!((failing.failures, &*failing.reason), (2, "b"));
        assert!(!failing.is_grave());
        health.succeeded();
        assert_eq!(health.failing(), None);
    }
}
