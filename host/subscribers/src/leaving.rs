//! Subscriptions beyond the share of a host: it ends their deliveries, and gives them up to hosts that have less.

use std::collections::HashSet;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_engine::Engine;
use tokio::time::Instant;

/// Subscriptions that leave at the same time at most: each waits meanwhile.
const MAX_LEAVING: usize = 100;

/// Those that are to end, or have ended and are not given up yet.
#[derive(Default)]
pub(crate) struct Leaving {
    subscriptions: HashSet<i32>,
    looked_at: Option<Instant>,
}

impl Leaving {
    /// Compares a host that has `owned` subscriptions with the others, not more often than `every`.
    pub(crate) async fn look(
        &mut self,
        engine: &Engine,
        delivery_host_id: i32,
        owned: usize,
        every: Duration,
    ) -> Result<(), DatabaseError> {
        let is_due = self.looked_at.is_none_or(|at| at.elapsed() >= every);
        // A host with one has never too many.
        if !is_due || owned < 2 || !self.subscriptions.is_empty() {
            return Ok(());
        }
        self.looked_at = Some(Instant::now());
        let surplus = engine
            .surplus_subscriptions(delivery_host_id, MAX_LEAVING)
            .await?;
        self.subscriptions.extend(surplus);
        Ok(())
    }

    pub(crate) fn has(&self, subscription_id: i32) -> bool {
        self.subscriptions.contains(&subscription_id)
    }

    /// Those of which this is true.
    pub(crate) fn of(&self, is_one: impl Fn(i32) -> bool) -> Vec<i32> {
        let all = self.subscriptions.iter().copied();
        all.filter(|id| is_one(*id)).collect()
    }

    pub(crate) fn forget(&mut self, subscriptions: &[i32]) {
        for id in subscriptions {
            self.subscriptions.remove(id);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.subscriptions.clear();
    }
}
