//! Slots: how much is done at the same time.

use tokio::sync::{Semaphore, SemaphorePermit};

/// A slot, for as long as it is held.
pub(super) async fn acquire_slot(slots: &Semaphore) -> SemaphorePermit<'_> {
    let permit = slots.acquire().await;
    permit.expect("a semaphore of the sandbox is never closed")
}
