//! The versions that components have, and what is known of those that are chosen.

use super::super::RegistryError;
use super::super::discover::parse_version;
use super::Resolver;
use crate::domain::name::{Name, NameError};
use crate::domain::requirement::QualifiedName;
use crate::domain::resolve::{Candidate, Components};
use crate::sandbox::Descriptor;
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// All versions of one component, the highest first, by their ids.
pub(super) type Listed = Arc<[Candidate<i32>]>;

impl Resolver<'_> {
    /// All versions of these components under this generation. One that does not exist is left out.
    pub(super) async fn versions_of(
        &mut self,
        components: &BTreeSet<QualifiedName>,
    ) -> Result<Components<i32>, RegistryError> {
        let kept = &self.registry.resolved.versions;
        let mut found = Components::new();
        let mut missing = Vec::new();
        for component in components {
            match kept.get(component, self.generation) {
                Some(listed) => drop(found.insert(component.clone(), listed)),
                None => missing.push(component.clone()),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        self.has_read = true;
        let mut read: BTreeMap<QualifiedName, Vec<Candidate<i32>>> = BTreeMap::new();
        for row in self.registry.store.component_candidates(&missing).await? {
            let component = QualifiedName {
                namespace: stored_name(&row.namespace)?,
                name: stored_name(&row.component)?,
            };
            read.entry(component).or_default().push(Candidate {
                version: parse_version(&row.version)?,
                bar: row.bar,
                id: row.component_version_id,
            });
        }
        for (component, mut versions) in read {
            versions.sort_by(|a, b| b.version.cmp(&a.version));
            let listed = Listed::from(versions);
            kept.keep(component.clone(), self.generation, listed.clone());
            found.insert(component, listed);
        }
        Ok(found)
    }

    /// What inspection found of these component versions.
    pub(super) async fn descriptors(
        &self,
        versions: BTreeSet<i32>,
    ) -> Result<BTreeMap<i32, Arc<Descriptor>>, RegistryError> {
        let kept = &self.registry.resolved.descriptors;
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
        for (id, stored) in self.registry.store.descriptors(&missing).await? {
            let unreadable = |error: serde_json::Error| RegistryError::Stored {
                what: format!("component version {id}"),
                reason: error.to_string(),
            };
            let descriptor = Arc::new(Descriptor::deserialize(&stored).map_err(unreadable)?);
            kept.keep(id, descriptor.clone());
            found.insert(id, descriptor);
        }
        Ok(found)
    }
}

fn stored_name(text: &str) -> Result<Name, RegistryError> {
    text.parse()
        .map_err(|error: NameError| RegistryError::Stored {
            what: format!("the name `{text}`"),
            reason: error.to_string(),
        })
}
