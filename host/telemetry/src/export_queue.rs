//! What waits to be exported, and counts of what became of it.

use super::instrument::Counter;
use super::metric::Metric;
use super::samples::Samples;
use std::sync::{Mutex, PoisonError};
use tokio::sync::Notify;

/// How many items of a kind were exported or dropped, and how many calls failed.
#[derive(Debug, Default)]
pub struct ExportCounts {
    exported: Counter,
    dropped: Counter,
    failures: Counter,
}

impl ExportCounts {
    /// Counts items that a collector has.
    pub fn count_exported(&self, items: usize) {
        self.exported.add(items as u64);
    }

    /// Counts items that no collector will have.
    pub fn count_dropped(&self, items: usize) {
        self.dropped.add(items as u64);
    }

    /// Counts a call that failed.
    pub fn count_failure(&self) {
        self.failures.add(1);
    }

    /// Gives the counts as these metrics, all zero where nothing is exported.
    pub fn sample(
        counts: Option<&Self>,
        samples: &mut Samples,
        items: &'static Metric,
        failures: &'static Metric,
    ) {
        let count = |of: fn(&Self) -> &Counter| {
            let count = counts.map(|counts| of(counts).get());
            count.unwrap_or_default() as f64
        };
        samples.number(items, &["exported"], count(|counts| &counts.exported));
        samples.number(items, &["dropped"], count(|counts| &counts.dropped));
        samples.number(failures, &[], count(|counts| &counts.failures));
    }
}

/// Items that wait to be exported, up to a maximum; what comes beyond is dropped and counted.
#[derive(Debug)]
pub struct ExportQueue<T> {
    waiting: Mutex<Vec<T>>,
    max: usize,
    /// With so many the exporter is woken.
    batch: usize,
    is_due: Notify,
    counts: ExportCounts,
}

impl<T> ExportQueue<T> {
    /// For `max` items, of which `batch` are exported at a time.
    pub fn new(max: usize, batch: usize) -> Self {
        Self {
            waiting: Mutex::default(),
            max,
            batch,
            is_due: Notify::new(),
            counts: ExportCounts::default(),
        }
    }

    /// Adds an item, without waiting.
    pub fn push(&self, item: T) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= self.max {
            self.counts.count_dropped(1);
            return;
        }
        waiting.push(item);
        if waiting.len() == self.batch {
            self.is_due.notify_one();
        }
    }

    /// Waits until there is a batch.
    pub async fn due(&self) {
        self.is_due.notified().await;
    }

    /// All that wait.
    pub fn take(&self) -> Vec<T> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *waiting)
    }

    /// What became of the items.
    pub fn counts(&self) -> &ExportCounts {
        &self.counts
    }
}
