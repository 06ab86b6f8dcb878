//! The versions that components have, and what is known of those that are chosen.

use super::super::RegistryError;
use super::super::discover::parse_version;
use super::Resolver;
use super::cache::{KeptList, ListKey, Listed};
use serde::Deserialize as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::name::{Name, NameError};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Candidate, Components};
use tasker_domain::signing_policy::SigningPolicy;

impl Resolver<'_> {
    /// All versions of these components under this generation, held to the policy of the task's
    /// namespace. One that does not exist is left out.
    pub(super) async fn versions_of(
        &mut self,
        components: &BTreeSet<QualifiedName>,
        policy: &SigningPolicy,
    ) -> Result<Components<i32>, RegistryError> {
        let kept = &self.registry.resolved.versions;
        let mut found = Components::new();
        let mut older = BTreeMap::new();
        let key = |component: QualifiedName| ListKey {
            component,
            policy: policy.clone(),
        };
        for component in components {
            match kept.get(&key(component.clone())) {
                Some(list) if list.generation == self.generation => {
                    found.insert(component.clone(), list.listed);
                }
                list => drop(older.insert(component.clone(), list)),
            }
        }
        if !older.is_empty() {
            self.has_read = true;
            for (component, list) in self.read(older, policy).await? {
                kept.keep(key(component.clone()), list.clone());
                found.insert(component, list.listed);
            }
        }
        Ok(found)
    }

    /// The lists of these components as they are now; those whose revision has not changed are kept.
    async fn read(
        &self,
        mut older: BTreeMap<QualifiedName, Option<KeptList>>,
        policy: &SigningPolicy,
    ) -> Result<Vec<(QualifiedName, KeptList)>, RegistryError> {
        let store = &self.registry.store;
        let names: Vec<QualifiedName> = older.keys().cloned().collect();
        let (mut lists, mut changed) = (Vec::new(), BTreeMap::new());
        for row in store.component_revisions(&names).await? {
            let component = component(&row.namespace, &row.component)?;
            let list = older.remove(&component).flatten();
            match list.filter(|list| list.revision == row.revision) {
                Some(list) => lists.push((component, self.kept_list(row.revision, list.listed))),
                None => drop(changed.insert(component, (row.revision, Vec::new()))),
            }
        }
        let names: Vec<QualifiedName> = changed.keys().cloned().collect();
        if names.is_empty() {
            return Ok(lists);
        }
        for row in store.component_candidates(&names, policy).await? {
            let component = component(&row.namespace, &row.component)?;
            let (_, versions) = changed.entry(component).or_default();
            versions.push(Candidate {
                version: parse_version(&row.version)?,
                bar: row.bar,
                id: row.component_version_id,
            });
        }
        lists.extend(
            changed
                .into_iter()
                .map(|(component, (revision, mut versions))| {
                    versions.sort_by(|a, b| b.version.cmp(&a.version));
                    (component, self.kept_list(revision, versions.into()))
                }),
        );
        Ok(lists)
    }

    fn kept_list(&self, revision: i64, listed: Listed) -> KeptList {
        KeptList {
            generation: self.generation,
            revision,
            listed,
        }
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

fn component(namespace: &str, name: &str) -> Result<QualifiedName, RegistryError> {
    Ok(QualifiedName {
        namespace: stored_name(namespace)?,
        name: stored_name(name)?,
    })
}

fn stored_name(text: &str) -> Result<Name, RegistryError> {
    text.parse()
        .map_err(|error: NameError| RegistryError::Stored {
            what: format!("the name `{text}`"),
            reason: error.to_string(),
        })
}
