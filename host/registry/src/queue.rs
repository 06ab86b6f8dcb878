//! The queue: what namespaces have in it, and how they take their turns.

use super::{Registry, RegistryError};
use crate::store::queue::{QueueChange, QueueRow};
use std::slice;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;

impl Registry {
    /// Pauses or resumes a namespace or sets its weight or limit, from the next claim on, and returns what it has in
    /// the queue, steps counted up to `counted`. Running attempts go on.
    pub async fn change_queue(
        &self,
        change: QueueChange<'_>,
        counted: i64,
    ) -> Result<QueueRow, RegistryError> {
        self.store.change_queue(change).await?;
        let namespaces = slice::from_ref(change.namespace);
        let rows = self.list_queue(namespaces, Seek::lowest(1), counted);
        let row = rows.await?.into_iter().next();
        row.ok_or_else(|| RegistryError::UnknownNamespace(change.namespace.clone()))
    }

    /// These namespaces, or all that have steps in the queue or a rule on it, by name; steps are counted up to `counted`.
    pub async fn list_queue(
        &self,
        namespaces: &[Name],
        seek: Seek<&str>,
        counted: i64,
    ) -> Result<Vec<QueueRow>, RegistryError> {
        let rows = self.store.list_queue(namespaces, seek, counted);
        Ok(rows.await?)
    }
}
