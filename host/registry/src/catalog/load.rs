//! Where the parts of a catalog come from: memory, as long as their namespaces have the same revision,
//! else the database.
//!
//! Revisions are read first and, where anything had to be read after them, once more at the end, so that a
//! catalog is never made of two states of the registry. A change in one namespace costs all others nothing.

use super::cache::KeptFamily;
use super::{Catalog, Family, NamespaceRules, stored};
use crate::store::catalog::Revisions;
use crate::{Registry, RegistryError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tasker_domain::attempt_rules::AttemptRules;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;

/// How often a catalog is loaded anew because its namespaces changed meanwhile.
pub(crate) const MAX_TRIES: usize = 16;

/// Components and templates, by name.
type Families = BTreeMap<QualifiedName, Arc<Family>>;

/// The parts that a question is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Whose rules are asked for, besides those of the owners of what follows.
    pub namespaces: BTreeSet<Name>,
    pub components: BTreeSet<QualifiedName>,
    pub templates: BTreeSet<QualifiedName>,
    /// Whose grants and limits are asked for.
    pub attempts: BTreeSet<Name>,
}

/// Loads parts as they were together at one moment.
pub(crate) struct Loader<'r> {
    pub registry: &'r Registry,
    revisions: BTreeMap<Name, Revisions>,
    /// Something was read that may be younger than the revisions.
    has_read: bool,
}

impl Selection {
    /// This component or template, and the rules of its namespace.
    pub fn of(kind: PinKind, target: &QualifiedName) -> Self {
        let mut selection = Self::default();
        selection.families(kind).insert(target.clone());
        selection
    }

    /// The same with the rules of these namespaces.
    pub fn with<'n>(mut self, namespaces: impl IntoIterator<Item = &'n Name>) -> Self {
        self.namespaces.extend(namespaces.into_iter().cloned());
        self
    }

    /// The same with the grants and limits of this namespace.
    pub fn with_attempts(mut self, namespace: &Name) -> Self {
        self.attempts.insert(namespace.clone());
        self
    }

    pub fn families(&mut self, kind: PinKind) -> &mut BTreeSet<QualifiedName> {
        match kind {
            PinKind::Component => &mut self.components,
            PinKind::Template => &mut self.templates,
        }
    }

    fn all_namespaces(&self) -> BTreeSet<Name> {
        let owners = self.components.iter().chain(&self.templates);
        let owners = owners.map(|it| &it.namespace);
        self.namespaces.iter().chain(owners).cloned().collect()
    }
}

impl Registry {
    /// These parts, as they are together now.
    pub(crate) async fn catalog(&self, selection: &Selection) -> Result<Catalog, RegistryError> {
        let mut loader = Loader::new(self);
        let namespaces = selection.all_namespaces();
        loader.see(namespaces.union(&selection.attempts)).await?;
        for _ in 1..MAX_TRIES {
            let catalog = loader.catalog(selection).await?;
            if loader.is_current().await? {
                return Ok(catalog);
            }
        }
        loader.catalog(selection).await
    }
}

impl<'r> Loader<'r> {
    pub fn new(registry: &'r Registry) -> Self {
        Self {
            registry,
            revisions: BTreeMap::new(),
            has_read: false,
        }
    }

    /// Reads the revisions of these namespaces, unless they are known.
    pub async fn see(
        &mut self,
        namespaces: impl IntoIterator<Item = &Name>,
    ) -> Result<(), RegistryError> {
        let all = namespaces.into_iter();
        let new: BTreeSet<&Name> = all.filter(|it| !self.revisions.contains_key(*it)).collect();
        if !new.is_empty() {
            let read = self.read_revisions(new).await?;
            self.revisions.extend(read);
        }
        Ok(())
    }

    async fn read_revisions(
        &self,
        namespaces: BTreeSet<&Name>,
    ) -> Result<BTreeMap<Name, Revisions>, RegistryError> {
        let names: Vec<&str> = namespaces.iter().map(|name| name.as_str()).collect();
        let mut revisions: BTreeMap<Name, Revisions> = namespaces
            .into_iter()
            .map(|name| (name.clone(), Revisions::default()))
            .collect();
        for row in self.registry.store.namespace_revisions(&names).await? {
            revisions.insert(row.namespace, row.revisions);
        }
        Ok(revisions)
    }

    /// The revision of a namespace that was seen.
    pub fn revision(&self, namespace: &Name) -> i64 {
        self.revisions(namespace).namespace
    }

    fn revisions(&self, namespace: &Name) -> Revisions {
        self.revisions.get(namespace).copied().unwrap_or_default()
    }

    /// True if all that was loaded was there together: nothing was read since the revisions were, or
    /// these did not change. Where they did, what is loaded from now on is under the new ones.
    pub async fn is_current(&mut self) -> Result<bool, RegistryError> {
        match std::mem::take(&mut self.has_read) {
            false => Ok(true),
            true => self.is_unchanged().await,
        }
    }

    /// The same, whether anything was read or not.
    pub async fn is_unchanged(&mut self) -> Result<bool, RegistryError> {
        let now = self.read_revisions(self.revisions.keys().collect()).await?;
        Ok(std::mem::replace(&mut self.revisions, now.clone()) == now)
    }

    /// These parts; they were there together if [`Loader::is_current`] says so afterwards.
    pub async fn catalog(&mut self, selection: &Selection) -> Result<Catalog, RegistryError> {
        let components = self.families(PinKind::Component, &selection.components);
        let components = components.await?;
        let templates = self.families(PinKind::Template, &selection.templates);
        Ok(Catalog {
            templates: templates.await?,
            rules: self.rules(&selection.all_namespaces()).await?,
            attempts: self.attempts(&selection.attempts).await?,
            components,
            ..Catalog::default()
        })
    }

    /// What these namespaces say; those that do not exist are left out.
    pub async fn rules(
        &mut self,
        namespaces: &BTreeSet<Name>,
    ) -> Result<BTreeMap<Name, Arc<NamespaceRules>>, RegistryError> {
        self.see(namespaces).await?;
        let kept = &self.registry.kept.rules;
        let (mut found, mut missing) = (BTreeMap::new(), Vec::new());
        for namespace in namespaces {
            match kept.get(namespace, &self.revision(namespace)) {
                Some(rules) => drop(found.insert(namespace.clone(), rules)),
                None => missing.push(namespace.as_str()),
            }
        }
        if !missing.is_empty() {
            self.has_read = true;
            for row in self.registry.store.namespace_rules(&missing).await? {
                let revision = row.revisions.namespace;
                let (namespace, rules) = stored::rules(row)?;
                let rules = Arc::new(rules);
                kept.keep(namespace.clone(), revision, rules.clone());
                found.insert(namespace, rules);
            }
        }
        Ok(found)
    }

    /// What the attempts of these namespaces are held to, which the host's worker reads too.
    async fn attempts(
        &mut self,
        namespaces: &BTreeSet<Name>,
    ) -> Result<BTreeMap<Name, Arc<AttemptRules>>, RegistryError> {
        let engine = self.registry.store.engine();
        let mut found = BTreeMap::new();
        for namespace in namespaces {
            let seen = self.revision(namespace);
            let (revision, rules) = engine.attempt_rules(namespace.as_str(), seen).await?;
            self.has_read |= revision != seen;
            found.insert(namespace.clone(), rules);
        }
        Ok(found)
    }

    /// All versions of these; what does not exist is left out.
    pub async fn families(
        &mut self,
        kind: PinKind,
        targets: &BTreeSet<QualifiedName>,
    ) -> Result<Families, RegistryError> {
        self.see(targets.iter().map(|it| &it.namespace)).await?;
        let kept = &self.registry.kept.families;
        let (mut found, mut older) = (Families::new(), BTreeMap::new());
        for target in targets {
            match kept.get(&(kind, target.clone())) {
                Some(it) if it.families_revision == self.revisions(&target.namespace).families => {
                    found.insert(target.clone(), it.family);
                }
                it => drop(older.insert(target.clone(), it)),
            }
        }
        if !older.is_empty() {
            self.has_read = true;
            for (target, family) in self.read_families(kind, older).await? {
                kept.keep((kind, target.clone()), family.clone());
                found.insert(target, family.family);
            }
        }
        Ok(found)
    }

    /// These families as they are now; those whose revision has not changed are kept.
    async fn read_families(
        &self,
        kind: PinKind,
        older: BTreeMap<QualifiedName, Option<KeptFamily>>,
    ) -> Result<Vec<(QualifiedName, KeptFamily)>, RegistryError> {
        let store = &self.registry.store;
        let (mut families, mut older) = (Vec::new(), older);
        if kind == PinKind::Component {
            let names: Vec<QualifiedName> = older.keys().cloned().collect();
            for row in store.component_revisions(&names).await? {
                let target = QualifiedName {
                    namespace: row.namespace,
                    name: row.component,
                };
                if let Some(Some(before)) = older.get(&target)
                    && before.revision == Some(row.revision)
                {
                    let family = KeptFamily {
                        families_revision: row.families_revision,
                        ..before.clone()
                    };
                    older.remove(&target);
                    families.push((target, family));
                }
            }
        }
        let changed: Vec<QualifiedName> = older.into_keys().collect();
        if !changed.is_empty() {
            let rows = store.family_versions(kind, &changed).await?;
            families.extend(stored::families(rows)?);
        }
        Ok(families)
    }
}
