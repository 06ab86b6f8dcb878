//! Counts of one worker loop since it started.

use super::attempt_metrics::AttemptMetrics;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tasker_engine::claim_health::ClaimHealth;
use tasker_telemetry::catalog::{CLAIM_DURATION, CLAIMS_FAILING};
use tasker_telemetry::{Sampler, Samples};

/// Counters that only go up; reading them costs the worker nothing.
#[derive(Debug, Default)]
pub struct WorkerStats {
    calls: AtomicU64,
    attempts: AtomicU64,
    guest_us: AtomicU64,
    claim_us: AtomicU64,
    /// The last claim found due steps of a namespace with a limit of running ones.
    is_limited: AtomicBool,
    claiming: ClaimHealth,
    metrics: AttemptMetrics,
}

impl WorkerStats {
    /// Calls to the database that reported, claimed, or both.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Attempts that ended, with any outcome.
    pub fn attempts(&self) -> u64 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Time from the start of an instance to its answer, over all attempts, in microseconds.
    pub fn guest_us(&self) -> u64 {
        self.guest_us.load(Ordering::Relaxed)
    }

    /// Time of claims from the call to the answer, in microseconds.
    pub fn claim_us(&self) -> u64 {
        self.claim_us.load(Ordering::Relaxed)
    }

    /// How claims go.
    pub fn claiming(&self) -> &ClaimHealth {
        &self.claiming
    }

    pub(super) fn metrics(&self) -> &AttemptMetrics {
        &self.metrics
    }

    pub(super) fn count_call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_attempt(&self, wall: Duration) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        self.guest_us.fetch_add(micros(wall), Ordering::Relaxed);
    }

    pub(super) fn set_limited(&self, is_limited: bool) {
        self.is_limited.store(is_limited, Ordering::Relaxed);
    }

    pub(super) fn is_limited(&self) -> bool {
        self.is_limited.load(Ordering::Relaxed)
    }

    pub(super) fn count_claim(&self, took: Duration) {
        self.claim_us.fetch_add(micros(took), Ordering::Relaxed);
    }
}

impl Sampler for WorkerStats {
    fn sample(&self, samples: &mut Samples) {
        self.metrics.sample(samples);
        samples.number(&CLAIM_DURATION, &[], self.claim_us() as f64 / 1e6);
        let failing = self.claiming.failing();
        let failures = failing.map_or(0, |failing| failing.failures);
        samples.number(&CLAIMS_FAILING, &[], f64::from(failures));
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
