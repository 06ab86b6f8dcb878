//! Positions that are not stored yet, of all subscriptions of a host: stored together, a few times a second.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_engine::Engine;
use tasker_engine::subscription::StoredCursor;
use tokio::sync::Notify;

/// Positions that one statement stores at most.
const MAX_STORED: usize = 500;
/// Events that one subscription delivers ahead of its stored position at most: what a crash repeats.
const MAX_UNSTORED_EVENTS: i32 = 100;
/// How often a subscription without events has its position stored, ...
const IDLE_INTERVAL: Duration = Duration::from_secs(5);
/// ... and how many of a host in this time at most: with more, each is stored less often.
const IDLE_STORES: usize = 1_000;

/// How often each of so many subscriptions has its position stored while it has no events.
pub(crate) fn idle_interval(subscriptions: usize) -> Duration {
    let times = subscriptions.div_ceil(IDLE_STORES).max(1);
    IDLE_INTERVAL * u32::try_from(times).unwrap_or(u32::MAX)
}

/// Positions by subscription.
#[derive(Default)]
pub(crate) struct Cursors {
    unstored: Mutex<HashMap<i32, StoredCursor>>,
    stored: Notify,
}

impl Cursors {
    fn unstored(&self) -> MutexGuard<'_, HashMap<i32, StoredCursor>> {
        self.unstored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how far a subscription is; `delivered` events more than before.
    pub(crate) fn note(&self, cursor: StoredCursor) {
        let mut unstored = self.unstored();
        let before = unstored.get(&cursor.subscription_id);
        let same = before.filter(|before| before.moves == cursor.moves);
        let delivered = cursor.delivered + same.map_or(0, |before| before.delivered);
        let cursor = StoredCursor {
            delivered,
            ..cursor
        };
        unstored.insert(cursor.subscription_id, cursor);
    }

    /// Waits while a subscription is as far ahead of its stored position as it may.
    pub(crate) async fn room(&self, subscription_id: i32) {
        self.ahead_by_less_than(subscription_id, MAX_UNSTORED_EVENTS)
            .await;
    }

    /// Waits until the deliveries of a subscription are stored, so that what is stored now is the last word.
    pub(crate) async fn all_stored(&self, subscription_id: i32) {
        self.ahead_by_less_than(subscription_id, 1).await;
    }

    async fn ahead_by_less_than(&self, subscription_id: i32, most: i32) {
        loop {
            let stored = self.stored.notified();
            let ahead = self.unstored().get(&subscription_id).map(|it| it.delivered);
            if ahead.unwrap_or(0) < most {
                return;
            }
            stored.await;
        }
    }

    /// Forgets all, which another host has.
    pub(crate) fn forget_all(&self) {
        self.unstored().clear();
        self.stored.notify_waiters();
    }

    /// Stores all that was noted, but those of subscriptions that somebody else has locked, which wait.
    pub(crate) async fn store(
        &self,
        engine: &Engine,
        delivery_host_id: i32,
    ) -> Result<(), DatabaseError> {
        let mut locked = HashSet::new();
        loop {
            let mut batch = self.next(&locked);
            if batch.is_empty() {
                return Ok(());
            }
            locked.extend(engine.store_cursors(delivery_host_id, &batch).await?);
            batch.retain(|it| !locked.contains(&it.subscription_id));
            self.forget(&batch);
        }
    }

    fn next(&self, without: &HashSet<i32>) -> Vec<StoredCursor> {
        let unstored = self.unstored();
        let others = unstored
            .values()
            .filter(|it| !without.contains(&it.subscription_id));
        others.copied().take(MAX_STORED).collect()
    }

    /// What was stored, or is not this host's any more, is not stored again.
    fn forget(&self, batch: &[StoredCursor]) {
        let mut unstored = self.unstored();
        for stored in batch {
            let Some(cursor) = unstored.get_mut(&stored.subscription_id) else {
                continue;
            };
            let is_same = (cursor.moves, cursor.seq, cursor.seq_index)
                == (stored.moves, stored.seq, stored.seq_index);
            if is_same {
                unstored.remove(&stored.subscription_id);
            } else if cursor.moves == stored.moves {
                cursor.delivered -= stored.delivered;
            }
        }
        drop(unstored);
        self.stored.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seq: i64, delivered: i32) -> StoredCursor {
        StoredCursor {
            subscription_id: 1,
            moves: 0,
            seq,
            seq_index: 0,
            delivered,
            pending_at: None,
        }
    }

    #[tokio::test]
    async fn what_is_delivered_while_positions_are_stored_is_stored_later() {
        let cursors = Cursors::default();
        cursors.note(at(7, 1));
        cursors.note(at(8, 99));
        let batch: Vec<StoredCursor> = cursors.unstored().values().copied().collect();
        assert_eq!(batch[0].delivered, 100);
        cursors.note(at(9, 1));
        cursors.forget(&batch);
        cursors.room(1).await;
        let left = cursors.unstored()[&1];
        assert_eq!((left.seq, left.delivered), (9, 1));
    }

    #[test]
    fn positions_of_idle_subscriptions_cost_a_bounded_number_of_rows() {
        assert_eq!(idle_interval(1), Duration::from_secs(5));
        assert_eq!(idle_interval(10_000), Duration::from_secs(50));
    }
}
