//! Retention: how long the finished tasks of a namespace are kept.

use super::{Registry, RegistryError};
use crate::store::retention::{RetentionChange, RetentionRow};
use tasker_domain::name::Name;
use tasker_domain::retention::Retention;

impl Registry {
    /// Replaces the rule of a namespace, which is made at its first use. Hosts go by it from the next batch
    /// that they delete. The same rule again changes nothing.
    pub async fn set_retention(
        &self,
        change: RetentionChange<'_>,
        retention: Retention,
    ) -> Result<RetentionRow, RegistryError> {
        if let Some(state) = retention.out_of_bounds() {
            return Err(RegistryError::RetentionTime(state));
        }
        if retention.is_empty() {
            return Err(RegistryError::EmptyRetention);
        }
        Ok(self.store.set_retention(change, retention).await?)
    }

    /// Removes the rule of a namespace: all of its tasks are kept from now on.
    pub async fn remove_retention(
        &self,
        change: RetentionChange<'_>,
    ) -> Result<RetentionRow, RegistryError> {
        let removed = self.store.remove_retention(change).await?;
        removed.ok_or_else(|| RegistryError::UnknownRetention(change.namespace.clone()))
    }

    /// Rules by namespace, after the given one, `limit` at most.
    pub async fn list_retention(
        &self,
        namespace: Option<&Name>,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<RetentionRow>, RegistryError> {
        Ok(self.store.list_retention(namespace, after, limit).await?)
    }
}
