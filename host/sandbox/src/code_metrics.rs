//! How code is found and compiled.

use super::Sandbox;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
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
    waiting: Arc<Mutex<Queue>>,
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
        let number = {
            let mut queue = queue(&self.waiting);
            queue.last += 1;
            let number = queue.last;
            queue.since.insert(number, Instant::now());
            number
        };
        Waiting(self.waiting.clone(), number)
    }

    /// How many components wait, and since when the one that came first does.
    pub(super) fn waiting(&self) -> (usize, Option<Instant>) {
        let queue = queue(&self.waiting);
        let first = queue.since.first_key_value();
        (queue.since.len(), first.map(|(_, since)| *since))
    }
}

/// Components that wait to be compiled.
#[derive(Default)]
struct Queue {
    /// By the order in which they came.
    since: BTreeMap<u64, Instant>,
    last: u64,
}

fn queue(waiting: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) struct Waiting(Arc<Mutex<Queue>>, u64);

impl Drop for Waiting {
    fn drop(&mut self) {
        queue(&self.0).since.remove(&self.1);
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
        let (waiting, _) = code.waiting();
        samples.number(&COMPILE_WAITING, &[], waiting as f64);
    }
}
