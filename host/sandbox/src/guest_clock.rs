//! The time that a guest sees where it is not that of the machine.

use futures::future::BoxFuture;
use std::time::Duration;

/// The clocks and timers of one attempt. Processor time, and the time for which a guest may compute, are always
/// the machine's.
pub trait GuestClock: Send + Sync {
    /// Since the beginning of 1970.
    fn now(&self) -> Duration;

    /// Since the attempt began.
    fn elapsed(&self) -> Duration;

    /// Waits until this long after the beginning of the attempt.
    fn sleep_until(&self, elapsed: Duration) -> BoxFuture<'_, ()>;

    /// The same for somebody who only watches: where nobody sleeps, this alone moves no time.
    fn reaches(&self, elapsed: Duration) -> BoxFuture<'_, ()>;
}
