//! Components and templates with their versions, as lists have them.

use super::catalog::{Catalog, Selection};
use super::{Registry, RegistryError};
use crate::store::catalog::{FamiliesOf, FamilyRow};
use chrono::{DateTime, Utc};
use semver::Version;
use std::collections::BTreeMap;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Candidate, Ineligible};

/// A component or template with its versions.
#[derive(Debug)]
pub struct ListedFamily {
    pub namespace: Name,
    pub name: Name,
    /// The highest first.
    pub versions: Vec<Version>,
    /// What a new task of its own namespace takes that asks for no version.
    pub latest: Option<Version>,
    /// How many of them such a task may not take, by the reason.
    pub ineligible: BTreeMap<Ineligible, usize>,
    pub created_at: DateTime<Utc>,
}

impl ListedFamily {
    /// False of one whose first version is being published.
    fn has_versions(&self) -> bool {
        !self.versions.is_empty()
    }
}

fn counts(versions: &[Candidate<i32>]) -> BTreeMap<Ineligible, usize> {
    let mut counts = BTreeMap::new();
    for reason in versions.iter().filter_map(|it| it.ineligible) {
        *counts.entry(reason).or_default() += 1;
    }
    counts
}

impl Registry {
    /// Components by (namespace, name), of these namespaces or of all.
    pub async fn list_components(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<ListedFamily>, RegistryError> {
        self.listed(PinKind::Component, namespaces, seek).await
    }

    /// Templates by (namespace, name), of these namespaces or of all.
    pub async fn list_templates(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<ListedFamily>, RegistryError> {
        self.listed(PinKind::Template, namespaces, seek).await
    }

    async fn listed(
        &self,
        kind: PinKind,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<ListedFamily>, RegistryError> {
        let rows = self.store.list_families(kind, namespaces, seek);
        let mut listed = self.with_versions(kind, rows.await?).await?;
        listed.retain(ListedFamily::has_versions);
        Ok(listed)
    }

    /// Components or templates of these namespaces by name, for each key.
    pub async fn families_of_namespaces(
        &self,
        kind: PinKind,
        namespaces: &[FamiliesOf],
    ) -> Result<Vec<Vec<ListedFamily>>, RegistryError> {
        let rows = self.store.families_of_namespaces(kind, namespaces);
        let (places, rows) = rows.await?.into_iter().map(|it| (it.ord, it.row)).unzip();
        let places: Vec<i32> = places;
        let listed = self.with_versions(kind, rows).await?;
        let mut by_key: Vec<Vec<_>> = namespaces.iter().map(|_| Vec::new()).collect();
        let listed = places.into_iter().zip(listed);
        for (place, family) in listed.filter(|(_, family)| family.has_versions()) {
            by_key[place as usize - 1].push(family);
        }
        Ok(by_key)
    }

    /// Components or templates by their names; those that do not exist are left out.
    pub async fn families_named(
        &self,
        kind: PinKind,
        families: &[QualifiedName],
    ) -> Result<Vec<ListedFamily>, RegistryError> {
        let rows = self.store.families_named(kind, families);
        let mut named = self.with_versions(kind, rows.await?).await?;
        named.retain(ListedFamily::has_versions);
        Ok(named)
    }

    async fn with_versions(
        &self,
        kind: PinKind,
        rows: Vec<FamilyRow>,
    ) -> Result<Vec<ListedFamily>, RegistryError> {
        let mut selection = Selection::default();
        let mut targets = Vec::with_capacity(rows.len());
        for row in &rows {
            let target = QualifiedName::of(&row.namespace, &row.name);
            selection.families(kind).insert(target.clone());
            targets.push(target);
        }
        let catalog: Catalog = self.catalog(&selection).await?;
        let listed = rows.into_iter().zip(&targets).map(|(row, target)| {
            let versions = catalog.versions(&target.namespace, kind, target);
            ListedFamily {
                namespace: row.namespace,
                name: row.name,
                versions: versions.iter().map(|it| it.version.clone()).collect(),
                latest: catalog.latest(kind, target),
                ineligible: counts(&versions),
                created_at: row.created_at,
            }
        });
        Ok(listed.collect())
    }
}
