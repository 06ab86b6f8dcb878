//! BodySlots of large bodies, which are read whole into memory.

use super::bounds::Bounds;
use super::caller_id::CallerId;
use super::error::ApiError;
use super::too_many::{Bounded, refused};
use std::sync::{Arc, OnceLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// What a request asks for a turn before it reads a large body; clones are the same.
#[derive(Clone)]
pub(crate) struct BodySlot(Arc<BodySlots>);

struct BodySlots {
    caller: CallerId,
    bounds: Bounds,
    of_caller: Arc<Semaphore>,
    of_all: Arc<Semaphore>,
    /// The turn among those of the caller. It ends with the request: until then the body, or what was
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

    /// Waits for a turn of the caller, then for one of all. That ends when what is returned is dropped:
    /// how long a body takes is up to its sender, and so is nothing that comes after it.
    pub(crate) async fn begin(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        let BodySlots { bounds, caller, .. } = &*self.0;
        let turn = |of: &Arc<Semaphore>| timeout(bounds.turn_timeout, of.clone().acquire_owned());
        let most = bounds.max_large_bodies_per_caller;
        let own = turn(&self.0.of_caller).await.ok().and_then(Result::ok);
        let own = own.ok_or_else(|| refused(caller, Bounded::LargeBodies, most))?;
        // A request has one body.
        self.0.taken.get_or_init(|| own);
        let all = turn(&self.0.of_all).await.ok().and_then(Result::ok);
        all.ok_or(ApiError::Overloaded)
    }
}
