//! Where values are kept as things happen. Updates take no lock.

use super::metric::Metric;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A number that only goes up.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// Of a counter of seconds, which is kept in microseconds.
    pub fn add_time(&self, time: Duration) {
        self.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How often values were in which bucket.
#[derive(Debug)]
pub struct Histogram {
    bounds: &'static [f64],
    /// Parts of the unit that make one.
    parts: f64,
    /// One for each bound, and one for what is above all.
    buckets: Box<[Counter]>,
    /// In parts of the unit.
    sum: Counter,
}

impl Histogram {
    /// An empty one with the buckets of the metric.
    pub fn of(metric: &Metric) -> Self {
        let bounds = metric.kind.bounds();
        Self {
            bounds,
            parts: metric.parts(),
            buckets: (0..=bounds.len()).map(|_| Counter::default()).collect(),
            sum: Counter::default(),
        }
    }

    /// Counts a value, in the unit of the metric.
    pub fn observe(&self, value: f64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        self.buckets[bucket].add(1);
        self.sum.add((value * self.parts) as u64);
    }

    /// Counts a time.
    pub fn observe_time(&self, time: Duration) {
        self.observe(time.as_secs_f64());
    }

    /// The counts by upper bound, each bucket by itself, and the sum.
    pub(crate) fn read(&self) -> (Vec<(f64, u64)>, f64) {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        let counts = self.buckets.iter().map(Counter::get);
        let sum = self.sum.get() as f64 / self.parts;
        (bounds.zip(counts).collect(), sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ATTEMPT_DURATION;

    #[test]
    fn a_value_on_a_bound_is_in_the_bucket_of_the_bound() {
        let histogram = Histogram::of(&ATTEMPT_DURATION);
        let bound = ATTEMPT_DURATION.kind.bounds()[2];
        histogram.observe(bound);
        histogram.observe_time(Duration::from_secs(1 << 30));
        let (buckets, sum) = histogram.read();
        assert_eq!(buckets[2], (bound, 1));
        assert_eq!(buckets.last(), Some(&(f64::INFINITY, 1)));
        assert_eq!(buckets.iter().map(|(_, count)| count).sum::<u64>(), 2);
        assert!((sum - f64::from(1 << 30)).abs() < 1.0);
    }
}
