//! Slots for large bodies, which are read into memory as a whole.

use super::caller_id::CallerId;
use super::error::ApiError;
use super::slots::Slots;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// The slot that a request needs before it reads a large body; clones share it.
#[derive(Clone)]
pub(crate) struct BodySlot(Arc<BodySlots>);

struct BodySlots {
    caller: CallerId,
    timeout: Duration,
    of_caller: Slots,
    of_all: Slots,
    /// The slot of the caller. It is released with the request: until then the body, or what was
    /// read of it, is in memory.
    taken: OnceLock<OwnedSemaphorePermit>,
}

impl BodySlot {
    pub(crate) fn new(
        caller: &CallerId,
        of_caller: &Slots,
        of_all: &Slots,
        timeout: Duration,
    ) -> Self {
        Self(Arc::new(BodySlots {
            caller: caller.clone(),
            timeout,
            of_caller: of_caller.clone(),
            of_all: of_all.clone(),
            taken: OnceLock::new(),
        }))
    }

    /// Waits for a slot of the caller, then for one of the host. The latter is released when the returned
    /// permit is dropped: a slow sender then does not block others while its request is processed.
    pub(crate) async fn begin(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let BodySlots {
            caller, timeout, ..
        } = &*self.0;
        let own = self.0.of_caller.take(caller, *timeout).await?;
        // A request has one body.
        self.0.taken.get_or_init(|| own);
        let all = self.0.of_all.take(caller, *timeout).await;
        all.map_err(|_| ApiError::Overloaded)
    }
}
