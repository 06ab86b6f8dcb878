//! Who has which connection, and which one is ended to make room.

use super::bounds::Bounds;
use super::caller_id::CallerId;
use super::too_many::{CallerLimit, TooMany, refused};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// All connections of a host; cheap to clone.
#[derive(Clone)]
pub(super) struct ConnectionLimiter {
    bounds: Bounds,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    next: u64,
    permits: HashMap<u64, Permit>,
}

struct Permit {
    /// Who asked last; the address until somebody did.
    owner: CallerId,
    /// Since when no request is under way; none while one is.
    idle_since: Option<Instant>,
    leave: CancellationToken,
    kind: PermitKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PermitKind {
    Usual,
    /// Beyond the most: for health, and for callers who have few others.
    Spare,
    /// It makes room for another.
    Leaving,
}

/// A connection that is served, for as long as this is kept.
pub(crate) struct ConnectionPermit {
    limiter: ConnectionLimiter,
    id: u64,
    address: IpAddr,
    is_spare: bool,
    leave: CancellationToken,
    has_asked: AtomicBool,
    /// What is wrong with the first line that could be read in two ways.
    unclear_line: OnceLock<&'static str>,
}

/// A request of a connection is under way.
pub(crate) struct Busy(Arc<ConnectionPermit>);

impl ConnectionLimiter {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            table: Arc::default(),
        }
    }

    /// A permit for a connection from this address; `None` if it is to be closed. Where all are taken,
    /// or too many are of strangers at this address, the one that is idle for longest makes room.
    pub(super) fn admit(&self, address: IpAddr) -> Option<ConnectionPermit> {
        let owner = CallerId::at(address);
        let mut table = self.table();
        let is_spare = match table.make_room(&self.bounds, &owner) {
            true => false,
            false if table.count(PermitKind::Spare) < self.bounds.max_spare_connections => true,
            false => return None,
        };
        // Those that leave may still end a request; they count with the spare ones.
        if table.permits.len() >= self.bounds.max_connections + self.bounds.max_spare_connections {
            return None;
        }
        let id = table.next;
        table.next += 1;
        let leave = CancellationToken::new();
        let kind = match is_spare {
            true => PermitKind::Spare,
            false => PermitKind::Usual,
        };
        let permit = Permit {
            owner,
            idle_since: Some(Instant::now()),
            leave: leave.clone(),
            kind,
        };
        table.permits.insert(id, permit);
        drop(table);
        Some(ConnectionPermit {
            limiter: self.clone(),
            id,
            address,
            is_spare,
            leave,
            has_asked: AtomicBool::new(false),
            unclear_line: OnceLock::new(),
        })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn count(&self, kind: PermitKind) -> usize {
        self.permits
            .values()
            .filter(|permit| permit.kind == kind)
            .count()
    }

    fn count_of(&self, owner: &CallerId) -> usize {
        let stays = |permit: &&Permit| permit.kind != PermitKind::Leaving && permit.owner == *owner;
        self.permits.values().filter(stays).count()
    }

    /// True if there is a usual permit for this stranger.
    fn make_room(&mut self, bounds: &Bounds, stranger: &CallerId) -> bool {
        let grace = bounds.idle_grace;
        if self.count_of(stranger) >= bounds.max_connections_per_stranger
            && !self.end_idle_of(stranger, grace)
        {
            return false;
        }
        self.count(PermitKind::Usual) < bounds.max_connections
            || self.end_idle_of_the_largest(grace)
    }

    /// Closes the connection that is idle for longest, of the caller with the most connections.
    fn end_idle_of_the_largest(&mut self, grace: Duration) -> bool {
        let mut counts: HashMap<&CallerId, usize> = HashMap::new();
        for permit in self.permits.values() {
            *counts.entry(&permit.owner).or_default() += 1;
        }
        let idle = self.permits.values().filter(|permit| permit.is_idle(grace));
        let largest = idle.max_by_key(|permit| counts[&permit.owner]);
        let largest = largest.map(|permit| permit.owner.clone());
        largest.is_some_and(|owner| self.end_idle_of(&owner, grace))
    }

    fn end_idle_of(&mut self, owner: &CallerId, grace: Duration) -> bool {
        let idle = self.permits.values_mut();
        let idle = idle.filter(|permit| permit.is_idle(grace) && permit.owner == *owner);
        let Some(longest) = idle.min_by_key(|permit| permit.idle_since) else {
            return false;
        };
        longest.kind = PermitKind::Leaving;
        longest.leave.cancel();
        true
    }
}

impl Permit {
    fn is_idle(&self, grace: Duration) -> bool {
        let is_idle = self.idle_since.is_some_and(|it| it.elapsed() >= grace);
        self.kind == PermitKind::Usual && is_idle
    }
}

impl ConnectionPermit {
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// True for one beyond the most that are served.
    pub(crate) fn is_spare(&self) -> bool {
        self.is_spare
    }

    /// Returns once the connection has to make room for another.
    pub(super) async fn has_to_leave(&self) {
        self.leave.cancelled().await;
    }

    /// True once a request was read.
    pub(super) fn has_asked(&self) -> bool {
        self.has_asked.load(Ordering::Relaxed)
    }

    /// A line of a head, or of a body's framing, could be read in two ways.
    pub(super) fn found_unclear_line(&self, why: &'static str) {
        self.unclear_line.get_or_init(|| why);
    }

    pub(crate) fn unclear_line(&self) -> Option<&'static str> {
        self.unclear_line.get().copied()
    }

    /// A request begins; it is under way until what is returned is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> Busy {
        self.has_asked.store(true, Ordering::Relaxed);
        self.change(|permit| permit.idle_since = None);
        Busy(self.clone())
    }

    /// The connection is this caller's from now on, unless the caller has too many.
    pub(crate) fn belongs_to(&self, caller: &CallerId) -> Result<(), TooMany> {
        let most = match self.is_spare {
            true => self.limiter.bounds.max_connections_with_spare,
            false => self.limiter.bounds.max_connections_per_caller,
        };
        let mut table = self.limiter.table();
        if table
            .permits
            .get(&self.id)
            .is_none_or(|permit| permit.owner == *caller)
        {
            return Ok(());
        }
        if table.count_of(caller) >= most {
            return Err(refused(caller, CallerLimit::Connections, most));
        }
        if let Some(permit) = table.permits.get_mut(&self.id) {
            permit.owner = caller.clone();
        }
        Ok(())
    }

    fn change(&self, change: impl FnOnce(&mut Permit)) {
        if let Some(permit) = self.limiter.table().permits.get_mut(&self.id) {
            change(permit);
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0
            .change(|permit| permit.idle_since = Some(Instant::now()));
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.limiter.table().permits.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter() -> ConnectionLimiter {
        ConnectionLimiter::new(Bounds {
            max_connections: 4,
            max_spare_connections: 1,
            max_connections_per_stranger: 3,
            max_connections_per_caller: 2,
            max_connections_with_spare: 1,
            idle_grace: Duration::ZERO,
            ..Bounds::default()
        })
    }

    fn from(limiter: &ConnectionLimiter, last: u8) -> Option<Arc<ConnectionPermit>> {
        limiter.admit([10, 0, 0, last].into()).map(Arc::new)
    }

    fn named(name: &str) -> CallerId {
        CallerId::Named(name.to_owned())
    }

    async fn leaves(connection: &ConnectionPermit) -> bool {
        tokio::select! {
            biased;
            () = connection.has_to_leave() => true,
            () = std::future::ready(()) => false,
        }
    }

    #[tokio::test]
    async fn strangers_at_one_address_make_room_for_each_other_only() {
        let limiter = limiter();
        let other = from(&limiter, 2).unwrap();
        let first: Vec<_> = (0..3).map(|_| from(&limiter, 1).unwrap()).collect();
        let fourth = from(&limiter, 1).unwrap();
        assert!(!fourth.is_spare());
        assert!(leaves(&first[0]).await && !leaves(&first[1]).await && !leaves(&other).await);
    }

    #[tokio::test]
    async fn only_idle_connections_leave_and_of_whoever_has_most() {
        let limiter = limiter();
        let busy = from(&limiter, 1).unwrap();
        let _under_way = busy.begin();
        let few = from(&limiter, 2).unwrap();
        let many = [from(&limiter, 3).unwrap(), from(&limiter, 3).unwrap()];
        let next = from(&limiter, 4).unwrap();
        assert!(!next.is_spare() && leaves(&many[0]).await);
        assert!(!leaves(&busy).await && !leaves(&few).await && !leaves(&many[1]).await);
    }

    #[tokio::test]
    async fn where_all_are_busy_a_spare_connection_is_for_those_who_have_few() {
        let limiter = limiter();
        let all: Vec<_> = (1..=4).map(|last| from(&limiter, last).unwrap()).collect();
        let _busy: Vec<_> = all.iter().map(ConnectionPermit::begin).collect();
        assert!(all[0].belongs_to(&named("a")).is_ok());
        let spare = from(&limiter, 5).unwrap();
        assert!(spare.is_spare() && from(&limiter, 6).is_none());
        assert!(spare.belongs_to(&named("a")).is_err());
        assert!(spare.belongs_to(&named("b")).is_ok());
    }

    #[tokio::test]
    async fn a_caller_has_so_many_connections_and_no_more() {
        let limiter = limiter();
        let all: Vec<_> = (1..=3).map(|last| from(&limiter, last).unwrap()).collect();
        for connection in &all[..2] {
            assert_eq!(connection.belongs_to(&named("a")), Ok(()));
        }
        let refused = all[2].belongs_to(&named("a")).unwrap_err();
        assert_eq!((refused.what, refused.most), (CallerLimit::Connections, 2));
        drop(all.into_iter().next());
        let next = from(&limiter, 4).unwrap();
        assert_eq!(next.belongs_to(&named("a")), Ok(()));
    }
}
