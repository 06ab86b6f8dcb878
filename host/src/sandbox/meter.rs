//! What an attempt uses of the processor and of the network, counted while it runs.

use rustix::time::{ClockId, clock_gettime};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Counters of one attempt. They only go up.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// Processor time of the turns that are over, in nanoseconds.
    cpu_ns: AtomicU64,
    /// The thread's processor time when the turn under way began, in nanoseconds.
    turn_began_ns: AtomicU64,
    http_requests: AtomicU32,
    in_bytes: AtomicU64,
    out_bytes: AtomicU64,
}

impl Meter {
    /// Runs the attempt, turn by turn, and counts the processor time of each: of the guest, and of
    /// what it has the host do.
    pub(super) async fn watch<T>(&self, attempt: impl Future<Output = T>) -> T {
        let mut attempt = pin!(attempt);
        poll_fn(|context| {
            self.turn_began_ns.store(thread_ns(), Relaxed);
            let polled = attempt.as_mut().poll(context);
            self.cpu_ns.fetch_add(self.turn_ns(), Relaxed);
            polled
        })
        .await
    }

    /// Processor time so far. To be asked within a turn, on its thread.
    pub(super) fn cpu_in_turn(&self) -> Duration {
        Duration::from_nanos(self.cpu_ns.load(Relaxed) + self.turn_ns())
    }

    /// Processor time of all turns, once the last is over.
    pub(super) fn cpu(&self) -> Duration {
        Duration::from_nanos(self.cpu_ns.load(Relaxed))
    }

    fn turn_ns(&self) -> u64 {
        thread_ns().saturating_sub(self.turn_began_ns.load(Relaxed))
    }

    /// Counts a request that leaves the sandbox; tells how many those are now.
    pub(super) fn count_request(&self) -> u32 {
        self.http_requests.fetch_add(1, Relaxed) + 1
    }

    /// Counts bytes of response bodies.
    pub(super) fn count_in(&self, bytes: usize) {
        self.in_bytes.fetch_add(bytes as u64, Relaxed);
    }

    /// Counts bytes of request bodies.
    pub(super) fn count_out(&self, bytes: usize) {
        self.out_bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn http_requests(&self) -> u32 {
        self.http_requests.load(Relaxed)
    }

    pub(super) fn in_bytes(&self) -> u64 {
        self.in_bytes.load(Relaxed)
    }

    pub(super) fn out_bytes(&self) -> u64 {
        self.out_bytes.load(Relaxed)
    }
}

/// Processor time of this thread so far.
fn thread_ns() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn time_that_an_attempt_waits_is_no_processor_time() {
        let meter = Meter::default();
        let turns = async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            tokio::task::yield_now().await;
        };
        meter.watch(turns).await;
        assert!(meter.cpu() > Duration::ZERO);
        assert!(meter.cpu() < Duration::from_millis(30), "{:?}", meter.cpu());
    }

    #[tokio::test]
    async fn within_a_turn_the_time_so_far_grows() {
        let meter = Meter::default();
        let busy = async {
            let before = meter.cpu_in_turn();
            while meter.cpu_in_turn() < before + Duration::from_millis(2) {}
        };
        meter.watch(busy).await;
        assert!(meter.cpu() >= Duration::from_millis(2));
    }
}
