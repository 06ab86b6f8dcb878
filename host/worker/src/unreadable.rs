//! Plans that cannot be read, and the outcome of their steps.

use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::ids::LockId;
use tasker_domain::outcome::{Failure, FailureKind, Retry};

/// Before a step that this host cannot read is ready again: as long as it could not be read, but at least
/// and at most so long.
const DELAY_LEAST: Duration = Duration::from_secs(1);
const DELAY_MOST: Duration = Duration::from_secs(5 * 60);

/// Locks whose first failure is remembered.
const MAX_LOCKS: NonZeroUsize = NonZeroUsize::new(1024).expect("not zero");

/// Why what a lock says of a step is of no use, in words.
#[derive(Clone, Debug)]
pub(super) enum UnreadablePlan {
    /// No host can read it: something is missing.
    Nowhere(String),
    /// This host cannot read it; a newer one may.
    Here(String),
    /// The database does not answer.
    Now(String),
}

impl UnreadablePlan {
    pub(super) fn of(error: &DatabaseError) -> Self {
        let words = ErrorChain(error).to_string();
        match error.is_transient() {
            true => Self::Now(words),
            false => Self::Here(words),
        }
    }

    /// The message that is shown with the step.
    pub(super) fn failure(&self, lock: LockId) -> Failure {
        let (lock, version) = (lock.0, env!("CARGO_PKG_VERSION"));
        let (code, message, retry) = match self {
            Self::Nowhere(why) => (
                "plan_missing",
                format!(
                    "lock {lock} does not contain what this step runs: {why}; rows of tasker.lock_entry or tasker.step_template were lost: restore them, and submit the task again"
                ),
                Retry::Never,
            ),
            Self::Here(why) => (
                "plan_unreadable",
                format!(
                    "this host (tasker {version}) cannot read what lock {lock} says of this step: {why}; another host is left to run it; upgrade this host, move the task with tasker task migrate, or cancel it"
                ),
                Retry::Policy,
            ),
            Self::Now(why) => (
                "plan_unreadable",
                format!("lock {lock} could not be read from the database: {why}; it is retried"),
                Retry::Policy,
            ),
        };
        Failure {
            kind: FailureKind::Host,
            code: code.to_owned(),
            message,
            details: None,
            retry,
            backtrace: Vec::new(),
        }
    }
}

/// Since when locks could not be read.
pub(super) struct UnreadableLocks(Mutex<LruCache<LockId, Instant>>);

impl Default for UnreadableLocks {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MAX_LOCKS)))
    }
}

impl UnreadableLocks {
    /// For how long to leave a step of the lock to other hosts: the longer, the longer it could not be
    /// read.
    pub(super) fn delay(&self, lock: LockId) -> Duration {
        let mut since = self.0.lock().expect("no holder panics");
        let since = *since.get_or_insert(lock, Instant::now);
        since.elapsed().clamp(DELAY_LEAST, DELAY_MOST)
    }

    pub(super) fn forget(&self, lock: LockId) {
        self.0.lock().expect("no holder panics").pop(&lock);
    }
}
