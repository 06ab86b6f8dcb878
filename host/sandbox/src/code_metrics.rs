//! How code is found and compiled.

use super::Sandbox;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tasker_telemetry::catalog::{
    CODE_LOOKUPS, COMPILE_DURATION, COMPILE_FAILURES, COMPILE_WAITING,
};
use tasker_telemetry::{Counter, Histogram, Sampler, Samples};

pub(super) struct CodeMetrics {
    pub(super) in_memory: Counter,
    pub(super) on_disk: Counter,
    pub(super) nowhere: Counter,
    pub(super) compile_duration: Histogram,
    pub(super) compile_failures: Counter,
    waiting: Arc<AtomicU64>,
}

impl CodeMetrics {
    pub(super) fn new() -> Self {
        Self {
            in_memory: Counter::default(),
            on_disk: Counter::default(),
            nowhere: Counter::default(),
            compile_duration: Histogram::of(&COMPILE_DURATION),
            compile_failures: Counter::default(),
            waiting: Arc::default(),
        }
    }

    /// Counts a component that waits, until the answer is dropped.
    pub(super) fn wait(&self) -> Waiting {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(self.waiting.clone())
    }
}

pub(super) struct Waiting(Arc<AtomicU64>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Sampler for Sandbox {
    fn sample(&self, samples: &mut Samples) {
        let code = &self.inner.code_metrics;
        samples.counter(&CODE_LOOKUPS, &["memory"], &code.in_memory);
        samples.counter(&CODE_LOOKUPS, &["disk"], &code.on_disk);
        samples.counter(&CODE_LOOKUPS, &["none"], &code.nowhere);
        samples.histogram(&COMPILE_DURATION, &[], &code.compile_duration);
        samples.counter(&COMPILE_FAILURES, &[], &code.compile_failures);
        let waiting = code.waiting.load(Ordering::Relaxed);
        samples.number(&COMPILE_WAITING, &[], waiting as f64);
    }
}
