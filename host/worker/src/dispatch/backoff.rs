//! How long to wait before a call that failed is made again.

use std::time::{Duration, Instant};

/// Delays that double with each failure up to a bound, ± half, so that hosts that failed together do not
/// come back together.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    first: Duration,
    most: Duration,
    failures: u32,
    until: Option<Instant>,
}

impl Backoff {
    pub(super) fn new(first: Duration, most: Duration) -> Self {
        Self {
            first,
            most,
            failures: 0,
            until: None,
        }
    }

    /// Puts the next call off. `random` is in [0, 1).
    pub(super) fn fail(&mut self, now: Instant, random: f64) {
        let factor = 2_u32.saturating_pow(self.failures.min(16));
        let delay = self.first.saturating_mul(factor).min(self.most);
        self.failures = self.failures.saturating_add(1);
        self.until = Some(now + delay.mul_f64(0.5 + random));
    }

    pub(super) fn succeed(&mut self) {
        self.failures = 0;
        self.until = None;
    }

    /// When the next call may be made; none: at any time.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }

    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.until.is_none_or(|until| now >= until)
    }
}

/// A sequence of numbers in [0, 1) that looks random and is the same for the same seed.
#[derive(Clone, Debug)]
pub(super) struct Jitter(u64);

impl Jitter {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(super) fn next(&mut self) -> f64 {
        let n = self.0 ^ (self.0 << 13);
        let n = n ^ (n >> 7);
        self.0 = n ^ (n << 17);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
