//! Retention: how long the finished tasks of a namespace are kept.

use super::{Registry, RegistryError};
use crate::store::retention::{RetentionChange, RetentionRow};
use std::slice;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::permission::NamespaceScope;
use tasker_domain::retention::Retention;

const NO_TIMES: &str = "`complete_ms`, `error_ms`, `cancelled_ms` and `keys_ms` are all left out; to keep all tasks, remove the rule, or set `for_ever` for a namespace";
const BOTH: &str = "`for_ever` and times exclude each other; leave out one of them";

impl Registry {
    /// Replaces the rule of a namespace, which is made at its first use, or the rule of all that have none.
    /// Hosts go by it from the next batch that they delete; namespaces follow the rule for all within a minute.
    /// The same rule again changes nothing. One that keeps everything is for a namespace that is not to follow
    /// the rule for all.
    pub async fn set_retention(
        &self,
        change: RetentionChange<'_>,
        retention: Retention,
        is_for_ever: bool,
    ) -> Result<RetentionRow, RegistryError> {
        if let Some(state) = retention.out_of_bounds() {
            return Err(RegistryError::RetentionTime(state));
        }
        let is_of_one = matches!(change.scope, NamespaceScope::Namespace(_));
        match (retention.is_empty(), is_for_ever) {
            (true, false) => return Err(RegistryError::RetentionRule(NO_TIMES)),
            (true, true) if !is_of_one => return Err(RegistryError::RetentionRule(NO_TIMES)),
            (false, true) => return Err(RegistryError::RetentionRule(BOTH)),
            (true, true) | (false, false) => {}
        }
        Ok(self.store.set_retention(change, retention).await?)
    }

    /// Removes the rule: a namespace follows that for all from now on.
    pub async fn remove_retention(
        &self,
        change: RetentionChange<'_>,
    ) -> Result<RetentionRow, RegistryError> {
        let removed = self.store.remove_retention(change).await?;
        removed.ok_or_else(|| RegistryError::UnknownRetention(change.scope.clone()))
    }

    /// The rule for all, then rules by namespace; of these namespaces, or of all.
    pub async fn list_retention(
        &self,
        namespaces: &[Name],
        seek: Seek<&str>,
    ) -> Result<Vec<RetentionRow>, RegistryError> {
        Ok(self.store.list_retention(namespaces, seek).await?)
    }

    /// The rule that a namespace goes by: its own or that for all.
    pub async fn effective_retention(
        &self,
        namespace: &Name,
    ) -> Result<Option<RetentionRow>, RegistryError> {
        let rules = self
            .store
            .list_retention(slice::from_ref(namespace), Seek::lowest(2));
        Ok(rules.await?.into_iter().next_back())
    }
}
