//! How attempts go, by namespace.

use std::sync::atomic::{AtomicU64, Ordering};
use tasker_domain::outcome::{FailureKind, Outcome};
use tasker_domain::usage::Usage;
use tasker_telemetry::catalog::{
    ATTEMPT_CPU, ATTEMPT_DURATION, ATTEMPT_MEMORY, ATTEMPTS, ATTEMPTS_RUNNING, CLAIM_DELAY,
    MAX_NAMESPACES, SLOTS,
};
use tasker_telemetry::{BoundedLabels, Counter, Histogram, Samples};

/// Outcomes as they are counted.
const OUTCOMES: [&str; 9] = [
    "complete",
    "checkpoint",
    "failed",
    "trapped",
    "timed_out",
    "over_limit",
    "host",
    "quarantined",
    "given_back",
];

/// What is counted of attempts; updates take no lock.
#[derive(Debug)]
pub(super) struct AttemptMetrics {
    by_namespace: BoundedLabels<OfNamespace>,
    cpu: Histogram,
    memory: Histogram,
    pub(super) claim_delay: Histogram,
    running: AtomicU64,
    slots: AtomicU64,
}

#[derive(Debug)]
struct OfNamespace {
    outcomes: [Counter; OUTCOMES.len()],
    duration: Histogram,
}

impl Default for AttemptMetrics {
    fn default() -> Self {
        let of_namespace = || OfNamespace {
            outcomes: Default::default(),
            duration: Histogram::of(&ATTEMPT_DURATION),
        };
        Self {
            by_namespace: BoundedLabels::new(MAX_NAMESPACES, of_namespace),
            cpu: Histogram::of(&ATTEMPT_CPU),
            memory: Histogram::of(&ATTEMPT_MEMORY),
            claim_delay: Histogram::of(&CLAIM_DELAY),
            running: AtomicU64::default(),
            slots: AtomicU64::default(),
        }
    }
}

impl AttemptMetrics {
    /// Counts an attempt that ended, with what it used if it ran.
    pub(super) fn count(&self, namespace: &str, outcome: &Outcome, usage: Option<&Usage>) {
        let of_namespace = self.by_namespace.get(namespace);
        of_namespace.outcomes[number(outcome)].add(1);
        if let Some(usage) = usage {
            of_namespace.duration.observe_time(usage.wall);
            self.cpu.observe_time(usage.cpu);
            self.memory.observe(usage.memory_bytes as f64);
        }
    }

    pub(super) fn set_slots(&self, slots: usize) {
        self.slots.store(slots as u64, Ordering::Relaxed);
    }

    pub(super) fn begin(&self) {
        self.running.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn end(&self) {
        self.running.fetch_sub(1, Ordering::Relaxed);
    }

    pub(super) fn sample(&self, samples: &mut Samples) {
        for (namespace, of) in self.by_namespace.iter() {
            for (outcome, counter) in OUTCOMES.iter().zip(&of.outcomes) {
                samples.counter(&ATTEMPTS, &[namespace, outcome], counter);
            }
            samples.histogram(&ATTEMPT_DURATION, &[namespace], &of.duration);
        }
        samples.histogram(&ATTEMPT_CPU, &[], &self.cpu);
        samples.histogram(&ATTEMPT_MEMORY, &[], &self.memory);
        samples.histogram(&CLAIM_DELAY, &[], &self.claim_delay);
        let (running, slots) = (&self.running, &self.slots);
        samples.number(
            &ATTEMPTS_RUNNING,
            &[],
            running.load(Ordering::Relaxed) as f64,
        );
        samples.number(&SLOTS, &[], slots.load(Ordering::Relaxed) as f64);
    }
}

/// The place of an outcome among those that are counted.
fn number(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Completed(_) => 0,
        Outcome::Checkpointed(_) => 1,
        Outcome::Failed(failure) => match failure.kind {
            FailureKind::Failed => 2,
            FailureKind::Trapped => 3,
            FailureKind::TimedOut => 4,
            FailureKind::OverLimit => 5,
            FailureKind::Host => 6,
        },
        Outcome::Quarantined => 7,
        Outcome::GivenBack { .. } => 8,
    }
}
