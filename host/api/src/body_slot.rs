//! Slots for large bodies, which are read into memory as a whole.

use super::bounds::Bounds;
use super::caller_id::CallerId;
use super::error::ApiError;
use super::too_many::{CallerLimit, refused};
use std::sync::{Arc, OnceLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The slot that a request needs before it reads a large body; clones share it.
#[derive(Clone)]
pub(crate) struct BodySlot(Arc<BodySlots>);

struct BodySlots {
    caller: CallerId,
    bounds: Bounds,
    of_caller: Arc<Semaphore>,
    of_all: Arc<Semaphore>,
    /// The slot of the caller. It is released with the request: until then the body, or what was
    /// read of it, is in memory.
    taken: OnceLock<OwnedSemaphorePermit>,
}

impl BodySlot {
    pub(crate) fn new(
        caller: CallerId,
        of_caller: &Arc<Semaphore>,
        of_all: &Arc<Semaphore>,
        bounds: Bounds,
    ) -> Self {
        Self(Arc::new(BodySlots {
            caller,
            bounds,
            of_caller: of_caller.clone(),
            of_all: of_all.clone(),
            taken: OnceLock::new(),
        }))
    }

    /// Waits for a slot of the caller, then for one of the host. The latter is released when the returned
    /// permit is dropped: a slow sender then does not block others while its request is processed.
    pub(crate) async fn begin(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let BodySlots { bounds, caller, .. } = &*self.0;
        let slot = |of: &Arc<Semaphore>| timeout(bounds.slot_timeout, of.clone().acquire_owned());
        let most = bounds.max_large_bodies_per_caller;
        let own = slot(&self.0.of_caller).await.ok().and_then(Result::ok);
        let own = own.ok_or_else(|| refused(caller, CallerLimit::LargeBodies, most))?;
        // A request has one body.
        self.0.taken.get_or_init(|| own);
        let all = slot(&self.0.of_all).await.ok().and_then(Result::ok);
        all.ok_or(ApiError::Overloaded)
    }
}
