//! The queue: what namespaces have in it, and how they take their turns.

use super::{Registry, RegistryError};
use crate::store::queue::{QueueChange, QueueRow};
use tasker_domain::name::Name;

impl Registry {
    /// Pauses or resumes a namespace or sets its weight or limit, from the next claim on, and returns what it has in
    /// the queue, steps counted up to `counted`. Running attempts go on.
    pub async fn change_queue(
        &self,
        change: QueueChange<'_>,
        counted: i64,
    ) -> Result<QueueRow, RegistryError> {
        self.store.change_queue(change).await?;
        let rows = self.list_queue(Some(change.namespace), None, counted, 1);
        let row = rows.await?.into_iter().next();
        row.ok_or_else(|| RegistryError::UnknownNamespace(change.namespace.clone()))
    }

    /// This namespace, or all that have steps in the queue or a rule on it, after the given one, `limit`
    /// at most; steps are counted up to `counted`.
    pub async fn list_queue(
        &self,
        namespace: Option<&Name>,
        after: Option<&str>,
        counted: i64,
        limit: i64,
    ) -> Result<Vec<QueueRow>, RegistryError> {
        let rows = self.store.list_queue(namespace, after, counted, limit);
        Ok(rows.await?)
    }
}
