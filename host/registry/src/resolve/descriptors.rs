//! What inspection found of the versions that are chosen: of the others it is not read.

use super::super::{Registry, RegistryError};
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tasker_domain::descriptor::Descriptor;

impl Registry {
    /// What inspection found of these component versions.
    pub(crate) async fn descriptors(
        &self,
        versions: BTreeSet<i32>,
    ) -> Result<BTreeMap<i32, Arc<Descriptor>>, RegistryError> {
        let kept = &self.resolved.descriptors;
        let mut found = BTreeMap::new();
        let mut missing = Vec::new();
        for id in versions {
            match kept.get(&id) {
                Some(descriptor) => drop(found.insert(id, descriptor)),
                None => missing.push(id),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        for (id, stored) in self.store.descriptors(&missing).await? {
            let unreadable = |error: serde_json::Error| {
                RegistryError::stored(format!("component version {id}"), error)
            };
            let descriptor = Arc::new(Descriptor::deserialize(&stored).map_err(unreadable)?);
            kept.keep(id, descriptor.clone());
            found.insert(id, descriptor);
        }
        Ok(found)
    }
}
