//! When a delivery that failed is tried again.

use chrono::{DateTime, Utc};
use std::time::Duration;
use tasker_domain::subscription::{MAX_DELIVERY_ATTEMPTS, MAX_RETRY_AFTER};

/// The delays between the tries of one event: each twice the last up to a maximum, less a random part of up to a half.
#[derive(Clone, Copy, Debug)]
pub struct RetrySchedule {
    pub first: Duration,
    pub max: Duration,
    /// Tries; then the event is a dead letter.
    pub attempts: i32,
}

impl Default for RetrySchedule {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(2),
            max: Duration::from_secs(10 * 60),
            attempts: MAX_DELIVERY_ATTEMPTS,
        }
    }
}

impl RetrySchedule {
    /// Before the next try, after so many that failed; longer if the receiver asked for it.
    pub(crate) fn delay(&self, failed: i32, retry_after: Option<Duration>) -> Duration {
        let doublings = u32::try_from(failed.max(1) - 1).unwrap_or_default();
        let whole = self.first.saturating_mul(1 << doublings.min(30));
        let whole = whole.min(self.max);
        let random = getrandom::u32().unwrap_or(0);
        let delay = whole - whole / 2 * (random >> 16) / (1 << 16);
        delay.max(retry_after.unwrap_or_default())
    }
}

/// What a receiver asks for, in seconds or as a date; at most [`MAX_RETRY_AFTER`].
pub(crate) fn retry_after(header: &str, now: DateTime<Utc>) -> Option<Duration> {
    let header = header.trim();
    let asked = match header.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let date = DateTime::parse_from_rfc2822(header).ok()?;
            (date.to_utc() - now).to_std().unwrap_or_default()
        }
    };
    Some(asked.min(MAX_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_maximum_and_last_as_long_as_the_receiver_asks() {
        let schedule = RetrySchedule::default();
        for (failed, whole) in [(1, 2), (2, 4), (3, 8), (9, 512), (12, 600), (100, 600)] {
            let whole = Duration::from_secs(whole);
            let delay = schedule.delay(failed, None);
            assert!(delay >= whole / 2 && delay <= whole, "{failed}: {delay:?}");
        }
        let asked = Some(Duration::from_secs(60));
        assert_eq!(schedule.delay(1, asked), Duration::from_secs(60));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_has_a_bound() {
        let now = DateTime::parse_from_rfc3339("2026-01-31T12:00:00Z").unwrap();
        let read = |text: &str| retry_after(text, now.to_utc());
        assert_eq!(read("120"), Some(Duration::from_secs(120)));
        assert_eq!(read("999999999"), Some(MAX_RETRY_AFTER));
        let date = "Sat, 31 Jan 2026 12:00:30 GMT";
        assert_eq!(read(date), Some(Duration::from_secs(30)));
        assert_eq!(read("soon"), None);
    }
}
