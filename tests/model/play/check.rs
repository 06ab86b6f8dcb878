//! What a claim brings, held against the model.

use super::Play;
use crate::model::definition::number;
use crate::model::reference::Key;
use tasker::store::engine::Claimed;

impl Play<'_> {
    /// The results that the step's handler would be told.
    pub(super) async fn check_parents(&self, host: usize, (task, no): Key) {
        for (parent, result) in self.model.results_of_parents((task, no)) {
            let (id, name) = (self.ids[task], format!("s{parent}"));
            let store = &self.stores[host];
            let told = store.ancestor_result(id, number(no), &name, 1 << 20).await;
            let told = told.unwrap().unwrap().result;
            assert_eq!(told.as_deref(), Some(&*result), "{parent} of {task}/{no}");
        }
    }

    /// As many as asked for, as far as there are, the oldest first except for those just released.
    pub(super) fn check_claim(
        &self,
        worker: i32,
        claimed: &[Claimed],
        claim: usize,
        due_before: &[Key],
    ) {
        let due = self.model.due();
        let most = if self.model.is_stopped(worker) {
            0
        } else {
            claim
        };
        assert_eq!(
            claimed.len(),
            most.min(due.len()),
            "asked for {claim}, due are {due:?}"
        );
        let keys: Vec<Key> = claimed
            .iter()
            .map(|claimed| self.key(claimed.lease))
            .collect();
        assert!(
            keys.iter().all(|key| due.contains(key)),
            "{keys:?} of {due:?}"
        );
        let ready_at = |key: &Key| self.model.step(*key).ready_at;
        let newest = keys
            .iter()
            .filter(|key| due_before.contains(key))
            .map(ready_at)
            .max();
        let left = due.iter().filter(|key| !keys.contains(key));
        let oldest_left = left.map(ready_at).min();
        if let (Some(newest), Some(oldest_left)) = (newest, oldest_left) {
            assert!(newest <= oldest_left, "{keys:?} of {due:?}: not the oldest");
        }
    }
}
