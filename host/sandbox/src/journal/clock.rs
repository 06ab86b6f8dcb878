//! The clock of an attempt that is recorded, and of one that is replayed.

use super::recorder::Recorder;
use super::replayer::Replayer;
use crate::guest_clock::GuestClock;
use futures::future::BoxFuture;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// The clock that there is, whose readings are recorded.
pub(crate) struct RecordedClock {
    /// That of the attempt; without it that of the machine.
    pub(crate) inner: Option<Arc<dyn GuestClock>>,
    pub(crate) started: Instant,
    pub(crate) recorder: Arc<Recorder>,
}

impl GuestClock for RecordedClock {
    fn now(&self) -> Duration {
        let now = match &self.inner {
            Some(clock) => clock.now(),
            None => SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default(),
        };
        self.recorder.wall(now);
        now
    }

    fn elapsed(&self) -> Duration {
        let elapsed = match &self.inner {
            Some(clock) => clock.elapsed(),
            None => self.started.elapsed(),
        };
        self.recorder.elapsed(elapsed);
        elapsed
    }

    fn sleep_until(&self, elapsed: Duration) -> BoxFuture<'_, ()> {
        match &self.inner {
            Some(clock) => clock.sleep_until(elapsed),
            None => Box::pin(async move {
                match self.started.checked_add(elapsed) {
                    Some(end) => tokio::time::sleep_until(end.into()).await,
                    None => std::future::pending().await,
                }
            }),
        }
    }

    /// The deadline of an attempt without a clock of its own is kept beside it.
    fn reaches(&self, elapsed: Duration) -> BoxFuture<'_, ()> {
        match &self.inner {
            Some(clock) => clock.reaches(elapsed),
            None => Box::pin(std::future::pending()),
        }
    }
}

/// Shows what was recorded; nothing takes as long as it did.
pub(crate) struct ReplayedClock(pub(crate) Arc<Replayer>);

impl GuestClock for ReplayedClock {
    fn now(&self) -> Duration {
        self.0.wall()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep_until(&self, _elapsed: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Where the recorded attempt ran out of time.
    fn reaches(&self, _elapsed: Duration) -> BoxFuture<'_, ()> {
        Box::pin(self.0.out_of_time())
    }
}
