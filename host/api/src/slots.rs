//! Slots: so many of a kind at the same time.

use super::caller_id::CallerId;
use super::too_many::{CallerLimit, TooMany, refused};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// So many at the same time; clones share them. A slot is free again when its permit is dropped.
#[derive(Clone)]
pub(crate) struct Slots {
    free: Arc<Semaphore>,
    what: CallerLimit,
    most: usize,
}

impl Slots {
    pub(crate) fn new(what: CallerLimit, most: usize) -> Self {
        let free = Arc::new(Semaphore::new(most));
        Self { free, what, most }
    }

    /// A slot, if one is free.
    pub(crate) fn take_now(&self, caller: &CallerId) -> Result<OwnedSemaphorePermit, TooMany> {
        let slot = self.free.clone().try_acquire_owned();
        slot.map_err(|_| refused(caller, self.what, self.most))
    }

    /// A slot, which is waited for.
    pub(crate) async fn take(
        &self,
        caller: &CallerId,
        most: Duration,
    ) -> Result<OwnedSemaphorePermit, TooMany> {
        let slot = timeout(most, self.free.clone().acquire_owned()).await;
        let slot = slot.ok().and_then(Result::ok);
        slot.ok_or_else(|| refused(caller, self.what, self.most))
    }
}
