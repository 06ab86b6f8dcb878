//! The leases of the loop, for the heartbeat and the reaper, which run concurrently.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tasker_domain::invocation::Lease;

/// The leases of attempts that run or have yet to be reported; clones see the same.
#[derive(Clone, Default)]
pub(super) struct HeldLeases(Arc<Mutex<HashMap<Lease, Instant>>>);

impl HeldLeases {
    /// Notes a lease that was just claimed.
    pub(super) fn insert(&self, lease: Lease) {
        self.leases().insert(lease, Instant::now());
    }

    /// Forgets a lease: its attempt is reported, or it is stale.
    pub(super) fn remove(&self, lease: &Lease) {
        self.leases().remove(lease);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.leases().len()
    }

    pub(super) fn all(&self) -> Vec<Lease> {
        self.leases().keys().copied().collect()
    }

    /// Leases of at least this `age`.
    pub(super) fn older_than(&self, age: Duration) -> Vec<Lease> {
        let leases = self.leases();
        let old = leases.iter().filter(|(_, since)| since.elapsed() >= age);
        old.map(|(lease, _)| *lease).collect()
    }

    fn leases(&self) -> MutexGuard<'_, HashMap<Lease, Instant>> {
        // One insertion or removal leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
