//! Durations in buckets, as the database counts them: `tasker.count_log`.

use std::collections::BTreeMap;

/// How far a percentile may be from the true one, as a share of it.
pub const RELATIVE_ERROR: f64 = 0.01;

/// The shortest duration that is told from none, in milliseconds: a microsecond.
const UNIT_MS: f64 = 0.001;

/// How many durations are in which bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram(BTreeMap<i16, u64>);

impl Histogram {
    /// Adds what is in these buckets.
    pub fn add(&mut self, buckets: &[i16], counts: &[i64]) {
        for (bucket, count) in buckets.iter().zip(counts) {
            *self.0.entry(*bucket).or_default() += count.unsigned_abs();
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The duration in milliseconds that this share of all does not exceed, within [`RELATIVE_ERROR`]; `None` if there
    /// are none.
    pub fn percentile(&self, share: f64) -> Option<f64> {
        let wanted = share * self.count() as f64;
        let mut upto = 0;
        let found = self.0.iter().find(|(_, count)| {
            upto += **count;
            upto as f64 >= wanted
        });
        Some(middle(*found?.0))
    }
}

/// The duration that stands for a bucket, in milliseconds.
fn middle(bucket: i16) -> f64 {
    let growth: f64 = (1.0 + RELATIVE_ERROR) / (1.0 - RELATIVE_ERROR);
    match bucket {
        0 => 0.0,
        bucket => UNIT_MS * growth.powi(bucket.into()) * (1.0 - RELATIVE_ERROR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_bucket_up_to_which_enough_is_found() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.percentile(0.5), None);
        histogram.add(&[0, 600], &[1, 1]);
        histogram.add(&[600, 700], &[7, 1]);
        assert_eq!(histogram.count(), 10);
        assert_eq!(histogram.percentile(0.1), Some(0.0));
        assert_eq!(histogram.percentile(0.9), Some(middle(600)));
        assert_eq!(histogram.percentile(0.99), Some(middle(700)));
    }

    #[test]
    fn the_ends_of_a_bucket_are_within_one_percent_of_what_stands_for_it() {
        let growth = 1.01 / 0.99_f64;
        for bucket in [1_i16, 345, 700, 1_400] {
            let (low, high) = (
                UNIT_MS * growth.powi(i32::from(bucket) - 1),
                UNIT_MS * growth.powi(bucket.into()),
            );
            let middle = middle(bucket);
            for end in [low, high] {
                assert!((middle - end).abs() <= end * 0.010_000_1, "{bucket}");
            }
        }
    }
}
