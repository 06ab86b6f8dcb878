//! A clock that stands still until everybody waits for it.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;
use tasker_sandbox::GuestClock;
use tokio::sync::Notify;

/// How often everything else of the thread may go on before time does.
const QUIET_TURNS: usize = 8;

/// The time of one attempt. It belongs on a thread of its own: what runs there besides is let go on until it waits,
/// and then the time is that of the first timer, so that nothing takes as long as it says.
pub struct VirtualClock {
    /// When the attempt begins.
    start: DateTime<Utc>,
    state: Mutex<State>,
    moved: Notify,
}

#[derive(Default)]
struct State {
    elapsed: Duration,
    timers: u64,
    /// By their ends.
    sleepers: BTreeSet<(Duration, u64)>,
    /// Ends that somebody watches, who moves no time.
    watched: BTreeSet<(Duration, u64)>,
}

impl VirtualClock {
    pub fn new(start: DateTime<Utc>) -> Self {
        Self {
            start,
            state: Mutex::default(),
            moved: Notify::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics with the time")
    }

    fn timer(&self, end: Duration, is_watcher: bool) -> Timer<'_> {
        let mut state = self.lock();
        state.timers += 1;
        let key = (end, state.timers);
        state.of(is_watcher).insert(key);
        Timer {
            clock: self,
            key,
            is_watcher,
        }
    }

    async fn sleep(&self, until: Duration) {
        let timer = self.timer(until, false);
        loop {
            let moved = self.moved.notified();
            for _ in 0..QUIET_TURNS {
                tokio::task::yield_now().await;
            }
            if self.elapsed() >= until {
                return;
            }
            if !self.advance_for(timer.key) {
                moved.await;
            }
        }
    }

    /// Moves the time to the next end, if this sleeper is the first; false if it is not.
    fn advance_for(&self, key: (Duration, u64)) -> bool {
        let mut state = self.lock();
        if state.sleepers.first() != Some(&key) {
            return false;
        }
        let before = state.elapsed;
        let mut watched = state.watched.iter().map(|(end, _)| *end);
        let next = watched.find(|end| *end > before);
        state.elapsed = next.unwrap_or(key.0).min(key.0);
        drop(state);
        self.moved.notify_waiters();
        true
    }
}

impl State {
    fn of(&mut self, is_watcher: bool) -> &mut BTreeSet<(Duration, u64)> {
        match is_watcher {
            true => &mut self.watched,
            false => &mut self.sleepers,
        }
    }
}

impl GuestClock for VirtualClock {
    fn now(&self) -> Duration {
        let start = (self.start - DateTime::UNIX_EPOCH).to_std();
        start.unwrap_or_default() + self.elapsed()
    }

    fn elapsed(&self) -> Duration {
        self.lock().elapsed
    }

    fn sleep_until(&self, elapsed: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.sleep(elapsed))
    }

    fn reaches(&self, elapsed: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let _timer = self.timer(elapsed, true);
            loop {
                let moved = self.moved.notified();
                if self.elapsed() >= elapsed {
                    return;
                }
                moved.await;
            }
        })
    }
}

/// A place among those who wait, until it is dropped.
struct Timer<'a> {
    clock: &'a VirtualClock,
    key: (Duration, u64),
    is_watcher: bool,
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.clock.lock().of(self.is_watcher).remove(&self.key);
        // The next may be the first now.
        self.clock.moved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> VirtualClock {
        VirtualClock::new(DateTime::UNIX_EPOCH)
    }

    #[tokio::test]
    async fn a_long_sleep_takes_no_time_and_the_clock_shows_it() {
        let (clock, began) = (clock(), std::time::Instant::now());
        let day = Duration::from_secs(24 * 60 * 60);
        clock.sleep_until(day).await;
        assert_eq!((clock.elapsed(), clock.now()), (day, day));
        assert!(began.elapsed() < Duration::from_secs(60));
    }

    #[tokio::test]
    async fn the_shorter_of_two_sleeps_ends_first() {
        let clock = clock();
        let seconds = Duration::from_secs;
        tokio::select! {
            biased;
            () = clock.sleep_until(seconds(2)) => panic!("the longer sleep ended first"),
            () = clock.sleep_until(seconds(1)) => {}
        }
        assert_eq!(clock.elapsed(), seconds(1));
        // The one that was given up keeps nobody.
        clock.sleep_until(seconds(3)).await;
        assert_eq!(clock.elapsed(), seconds(3));
    }

    #[tokio::test]
    async fn a_watcher_moves_no_time_and_sees_its_end_before_a_later_sleep() {
        let clock = clock();
        let seconds = Duration::from_secs;
        tokio::select! {
            biased;
            () = clock.reaches(seconds(1)) => panic!("nobody moved the time"),
            () = tokio::task::yield_now() => {}
        }
        tokio::select! {
            biased;
            () = clock.sleep_until(seconds(5)) => panic!("the sleep ended first"),
            () = clock.reaches(seconds(1)) => {}
        }
        assert_eq!(clock.elapsed(), seconds(1));
    }
}
