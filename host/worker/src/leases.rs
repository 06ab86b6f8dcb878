//! The leases of the loop, for the heartbeat and the reaper, which run concurrently.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tasker_domain::invocation::Lease;

/// The leases of attempts that run or have yet to be reported; clones see the same.
#[derive(Clone, Default)]
pub(super) struct HeldLeases(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    leases: HashMap<Lease, Instant>,
    /// Calls that may have claimed something, and got no answer.
    unanswered: u64,
    /// Those of them of which the database knows.
    admitted: u64,
}

/// What a heartbeat says of the leases.
pub(super) struct NamedLeases {
    /// All of them; `None` while the database has to know first that there may be others.
    pub(super) leases: Option<Vec<Lease>>,
    unanswered: u64,
}

impl HeldLeases {
    /// Notes leases as soon as the database has answered that they are claimed.
    pub(super) fn insert(&self, leases: impl IntoIterator<Item = Lease>) {
        let since = Instant::now();
        let leases = leases.into_iter().map(|lease| (lease, since));
        self.held().leases.extend(leases);
    }

    /// Forgets a lease: its attempt is reported, or it is stale.
    pub(super) fn remove(&self, lease: &Lease) {
        self.held().leases.remove(lease);
    }

    /// Notes a call without an answer: the database may have leases of this worker that are not among these.
    pub(super) fn doubt(&self) {
        self.held().unanswered += 1;
    }

    pub(super) fn to_name(&self) -> NamedLeases {
        let held = self.held();
        let is_sure = held.unanswered == held.admitted;
        NamedLeases {
            leases: is_sure.then(|| held.leases.keys().copied().collect()),
            unanswered: held.unanswered,
        }
    }

    /// The database has what the heartbeat said.
    pub(super) fn named(&self, named: &NamedLeases) {
        self.held().admitted = named.unanswered;
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.held().leases.len()
    }

    pub(super) fn all(&self) -> Vec<Lease> {
        self.held().leases.keys().copied().collect()
    }

    /// Leases of at least this `age`.
    pub(super) fn older_than(&self, age: Duration) -> Vec<Lease> {
        let held = self.held();
        let old = held
            .leases
            .iter()
            .filter(|(_, since)| since.elapsed() >= age);
        old.map(|(lease, _)| *lease).collect()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // One insertion or removal leaves nothing half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_domain::ids::TaskId;
    use uuid::Uuid;

    fn lease(step_no: i16) -> Lease {
        Lease {
            task_id: TaskId(Uuid::nil()),
            step_no,
            attempt: 1,
        }
    }

    #[test]
    fn a_heartbeat_names_all_leases() {
        let held = HeldLeases::default();
        held.insert([lease(1), lease(2)]);
        held.remove(&lease(1));
        assert_eq!(held.to_name().leases, Some(vec![lease(2)]));
    }

    #[test]
    fn after_a_call_without_an_answer_none_is_named_until_the_database_knows_of_it() {
        let held = HeldLeases::default();
        let earlier = held.to_name();
        held.doubt();
        held.named(&earlier);
        let next = held.to_name();
        assert_eq!(next.leases, None);
        assert_eq!(
            held.to_name().leases,
            None,
            "that heartbeat may have failed"
        );
        held.named(&next);
        assert_eq!(held.to_name().leases, Some(Vec::new()));
    }
}
