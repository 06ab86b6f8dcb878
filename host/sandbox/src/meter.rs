//! What an attempt uses of the processor, of the network and of the host's memory, counted while it
//! runs, and held to its limits on the last two.

use rustix::time::{ClockId, clock_gettime};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tasker_domain::limits::{Limit, Limits};

/// The attempt would go over this limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OverLimit(pub(super) Limit);

/// What the host keeps for an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HostMemory {
    /// The resources behind its handles, except sent requests.
    Table,
    /// Writes to kv.
    Kv,
    Events,
    /// Requests that were sent, until their responses are read.
    Exchanges,
}

/// How many kinds of [`HostMemory`] there are.
const HOST_MEMORY_KINDS: usize = 4;

/// Counters of one attempt. Those of the processor and of the network only go up.
#[derive(Debug)]
pub(super) struct Meter {
    /// Processor time of the polls that are over, in nanoseconds.
    cpu_ns: AtomicU64,
    /// The thread's processor time when the poll under way began, in nanoseconds.
    poll_began_ns: AtomicU64,
    http_requests: AtomicU32,
    in_bytes: AtomicU64,
    out_bytes: AtomicU64,
    held_bytes: [AtomicUsize; HOST_MEMORY_KINDS],
    max_http_requests: u32,
    max_in_bytes: u64,
    max_out_bytes: u64,
    max_held_bytes: usize,
    /// The first limit that was reached for more.
    breach: OnceLock<Limit>,
}

/// Bytes that the host keeps for an attempt for as long as this lives.
#[derive(Debug)]
pub(super) struct Charge {
    meter: Arc<Meter>,
    bytes: usize,
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.meter.held_bytes[HostMemory::Exchanges as usize].fetch_sub(self.bytes, Relaxed);
    }
}

impl Meter {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            cpu_ns: AtomicU64::default(),
            poll_began_ns: AtomicU64::default(),
            http_requests: AtomicU32::default(),
            in_bytes: AtomicU64::default(),
            out_bytes: AtomicU64::default(),
            held_bytes: Default::default(),
            max_http_requests: limits.http_requests,
            max_in_bytes: limits.http_in_bytes,
            max_out_bytes: limits.http_out_bytes,
            max_held_bytes: limits.host_memory_bytes,
            breach: OnceLock::new(),
        }
    }

    /// Runs the attempt, poll by poll, and counts the processor time of each: of the guest, and of
    /// what it has the host do.
    pub(super) async fn watch<T>(&self, attempt: impl Future<Output = T>) -> T {
        let mut attempt = pin!(attempt);
        poll_fn(|context| {
            self.poll_began_ns.store(thread_ns(), Relaxed);
            let polled = attempt.as_mut().poll(context);
            self.cpu_ns.fetch_add(self.poll_ns(), Relaxed);
            polled
        })
        .await
    }

    /// Processor time so far. Call it within a poll, on its thread.
    pub(super) fn cpu_in_poll(&self) -> Duration {
        Duration::from_nanos(self.cpu_ns.load(Relaxed) + self.poll_ns())
    }

    /// Processor time of all polls, once the last is finished.
    pub(super) fn cpu(&self) -> Duration {
        Duration::from_nanos(self.cpu_ns.load(Relaxed))
    }

    fn poll_ns(&self) -> u64 {
        thread_ns().saturating_sub(self.poll_began_ns.load(Relaxed))
    }

    /// Counts a request that is about to leave the sandbox; one too many must not.
    pub(super) fn count_request(&self) -> Result<(), OverLimit> {
        let one_more = |sent: u32| (sent < self.max_http_requests).then_some(sent + 1);
        let counted = self.http_requests.fetch_update(Relaxed, Relaxed, one_more);
        self.within(Limit::HttpRequests, counted.is_ok())
    }

    /// Counts bytes of response bodies; those beyond the limit must not reach the guest.
    pub(super) fn count_in(&self, bytes: usize) -> Result<(), OverLimit> {
        let bytes = bytes as u64;
        let before = self.in_bytes.fetch_add(bytes, Relaxed);
        let is_within = before.saturating_add(bytes) <= self.max_in_bytes;
        self.within(Limit::HttpIn, is_within)
    }

    /// Counts bytes of request bodies; those beyond the limit must not leave.
    pub(super) fn count_out(&self, bytes: usize) -> Result<(), OverLimit> {
        let bytes = bytes as u64;
        let before = self.out_bytes.fetch_add(bytes, Relaxed);
        let is_within = before.saturating_add(bytes) <= self.max_out_bytes;
        self.within(Limit::HttpOut, is_within)
    }

    /// Sets what the host keeps of this kind.
    pub(super) fn hold(&self, held: HostMemory, bytes: usize) -> Result<(), OverLimit> {
        self.held_bytes[held as usize].store(bytes, Relaxed);
        self.check_held()
    }

    /// Counts what the host keeps for a request, until the charge is dropped.
    pub(super) fn charge(self: &Arc<Self>, bytes: usize) -> Result<Charge, OverLimit> {
        self.held_bytes[HostMemory::Exchanges as usize].fetch_add(bytes, Relaxed);
        let charge = Charge {
            meter: self.clone(),
            bytes,
        };
        self.check_held().map(|()| charge)
    }

    /// What the host may still keep, in bytes.
    pub(super) fn host_bytes_left(&self) -> usize {
        self.max_held_bytes.saturating_sub(self.all_held_bytes())
    }

    fn check_held(&self) -> Result<(), OverLimit> {
        let is_within = self.all_held_bytes() <= self.max_held_bytes;
        self.within(Limit::HostMemory, is_within)
    }

    fn all_held_bytes(&self) -> usize {
        let held = self.held_bytes.iter().map(|bytes| bytes.load(Relaxed));
        held.fold(0, usize::saturating_add)
    }

    /// The limit that the attempt reached beyond, for which it is ended.
    pub(super) fn breach(&self) -> Option<Limit> {
        self.breach.get().copied()
    }

    fn within(&self, limit: Limit, is_within: bool) -> Result<(), OverLimit> {
        match is_within {
            true => Ok(()),
            false => Err(OverLimit(*self.breach.get_or_init(|| limit))),
        }
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
        let meter = Meter::new(&Limits::default());
        let polls = async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            tokio::task::yield_now().await;
        };
        meter.watch(polls).await;
        assert!(meter.cpu() > Duration::ZERO);
        assert!(meter.cpu() < Duration::from_millis(30), "{:?}", meter.cpu());
    }

    #[tokio::test]
    async fn within_a_turn_the_time_so_far_grows() {
        let meter = Meter::new(&Limits::default());
        let busy = async {
            let before = meter.cpu_in_poll();
            while meter.cpu_in_poll() < before + Duration::from_millis(2) {}
        };
        meter.watch(busy).await;
        assert!(meter.cpu() >= Duration::from_millis(2));
    }

    #[test]
    fn one_request_or_byte_too_many_is_refused_and_the_first_breach_is_kept() {
        let mut limits = Limits::default();
        limits.set(Limit::HttpRequests, 1);
        limits.set(Limit::HttpIn, 10);
        let meter = Meter::new(&limits);
        assert_eq!(meter.count_request(), Ok(()));
        assert_eq!(meter.count_in(10), Ok(()));
        assert_eq!(meter.breach(), None);
        assert_eq!(meter.count_in(1), Err(OverLimit(Limit::HttpIn)));
        assert!(meter.count_request().is_err());
        assert_eq!(meter.breach(), Some(Limit::HttpIn));
        assert_eq!((meter.http_requests(), meter.in_bytes()), (1, 11));
    }

    #[test]
    fn what_the_host_keeps_counts_together_until_it_is_given_up() {
        let mut limits = Limits::default();
        limits.set(Limit::HostMemory, 100);
        let meter = Arc::new(Meter::new(&limits));
        assert_eq!(meter.hold(HostMemory::Kv, 60), Ok(()));
        let charge = meter.charge(30).unwrap();
        assert_eq!(meter.host_bytes_left(), 10);
        drop(charge);
        assert_eq!(meter.hold(HostMemory::Kv, 50), Ok(()));
        assert_eq!(meter.host_bytes_left(), 50);
        assert!(meter.charge(51).is_err());
        assert_eq!(meter.breach(), Some(Limit::HostMemory));
    }
}
