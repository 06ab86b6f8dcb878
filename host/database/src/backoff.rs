//! Exponential backoff with jitter: how long to wait before something that failed is tried again.

use std::time::Duration;

/// The delays between tries. Each is twice the last up to a maximum, less a random part of up to a
/// half, so that hosts that failed together do not come back together.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    max: Duration,
    next: Duration,
}

impl Backoff {
    /// The first delay is between a half of `first` and `first`, and no delay is above `max`.
    pub const fn new(first: Duration, max: Duration) -> Self {
        Self {
            first,
            max,
            next: first,
        }
    }

    /// The delay before the next try.
    pub fn delay(&mut self) -> Duration {
        let whole = self.next;
        self.next = (whole * 2).min(self.max);
        jittered(whole)
    }

    /// Waits for the delay before the next try.
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.delay()).await;
    }

    /// After a success the next delay is the first again.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

/// Between a half of `whole` and all of it. Without random bytes: all of it.
fn jittered(whole: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(0);
    whole - whole / 2 * (random >> 16) / (1 << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_maximum_and_begin_anew_after_a_success() {
        let (first, max) = (Duration::from_millis(100), Duration::from_millis(350));
        let mut backoff = Backoff::new(first, max);
        for whole in [100, 200, 350, 350].map(Duration::from_millis) {
            let delay = backoff.delay();
            assert!(delay >= whole / 2 && delay <= whole, "{delay:?} {whole:?}");
        }
        backoff.reset();
        assert!(backoff.delay() <= first);
    }

    #[test]
    fn two_hosts_do_not_wait_alike() {
        let delays = [(); 8].map(|()| Backoff::new(Duration::from_secs(1), Duration::MAX).delay());
        assert!(delays.iter().any(|delay| *delay != delays[0]), "{delays:?}");
    }
}
