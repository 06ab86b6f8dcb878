//! What there is: namespaces, and in them templates with their steps and components with their
//! handlers.

use super::listed::ListedFamily;
use super::{Registry, RegistryError};
use crate::store::inventory::{LanguageRow, NamespaceRow, RegistryCounts};
use chrono::{DateTime, Utc};
use semver::Version;
use serde::Deserialize as _;
use std::collections::BTreeMap;
use tasker_domain::actor::Actor;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::name::Name;
use tasker_domain::resolve::VersionStatus;
use tasker_domain::template::Template;

/// The most templates and the most components of one tree or drawing.
pub(crate) const MAX_FAMILIES: i64 = 500;
/// The most languages that statistics name.
const MAX_LANGUAGES: i64 = 50;

/// All that is in a namespace.
pub struct Tree {
    pub templates: Vec<Family<Template>>,
    pub components: Vec<Family<Described>>,
    /// There are more templates or components than are told.
    pub is_cut: bool,
}

/// A template or component with its highest versions, the highest first.
pub struct Family<T> {
    pub name: String,
    /// Of all versions, told or not.
    pub version_count: usize,
    pub versions: Vec<Release<T>>,
}

/// A version of a component.
pub struct Described {
    pub descriptor: Descriptor,
    /// No host starts its code.
    pub is_quarantined: bool,
    /// When its bytes were removed, since nothing needed it any more.
    pub collected_at: Option<DateTime<Utc>>,
}

/// One version and what it says of itself.
pub struct Release<T> {
    pub version: Version,
    pub status: VersionStatus,
    pub content: T,
}

impl Registry {
    /// Namespaces by name, after the given one, `limit` at most.
    pub async fn namespaces(
        &self,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<NamespaceRow>, RegistryError> {
        Ok(self.store.list_namespaces(after, limit).await?)
    }

    /// Makes a namespace that nothing is in yet; false where it is there.
    pub async fn create_namespace(
        &self,
        namespace: &Name,
        actor: &Actor,
    ) -> Result<bool, RegistryError> {
        Ok(self.store.create_namespace(namespace, actor).await?)
    }

    /// How much there is in all, and the languages that it was written in.
    pub async fn statistics(&self) -> Result<(RegistryCounts, Vec<LanguageRow>), RegistryError> {
        let counts = self.store.registry_counts().await?;
        Ok((counts, self.store.languages(MAX_LANGUAGES).await?))
    }

    /// Ok where there is such a namespace.
    pub async fn check_namespace(&self, namespace: &Name) -> Result<(), RegistryError> {
        match self.store.has_namespace(namespace).await? {
            true => Ok(()),
            false => Err(RegistryError::UnknownNamespace(namespace.clone())),
        }
    }

    /// What is in a namespace, with this many versions of each template and component at most.
    pub async fn tree(&self, namespace: &Name, versions: usize) -> Result<Tree, RegistryError> {
        self.check_namespace(namespace).await?;
        let templates = self.template_families(namespace, versions).await?;
        let components = self.component_families(namespace, versions).await?;
        let is_cut = [templates.len(), components.len()].contains(&(MAX_FAMILIES as usize));
        Ok(Tree {
            templates,
            components,
            is_cut,
        })
    }

    async fn template_families(
        &self,
        namespace: &Name,
        versions: usize,
    ) -> Result<Vec<Family<Template>>, RegistryError> {
        let rows = self.list_templates(Some(namespace), None, MAX_FAMILIES);
        let listed = highest_of_each(rows.await?, versions);
        let wanted: Vec<_> = names_of(&listed)
            .map(|(name, version)| (namespace.to_string(), name, version))
            .collect();
        let mut found = BTreeMap::new();
        for row in self.store.defined_versions(&wanted).await? {
            let template = Template::deserialize(&row.definition);
            let template = template.map_err(|error| unreadable("template", &row.name, &error))?;
            found.insert((row.name, row.version), (row.status, template));
        }
        Ok(families(listed, found))
    }

    async fn component_families(
        &self,
        namespace: &Name,
        versions: usize,
    ) -> Result<Vec<Family<Described>>, RegistryError> {
        let rows = self.list_components(Some(namespace), None, MAX_FAMILIES);
        let listed = highest_of_each(rows.await?, versions);
        let wanted: Vec<_> = names_of(&listed).collect();
        let mut found = BTreeMap::new();
        for row in self.store.described_versions(namespace, &wanted).await? {
            let descriptor = Descriptor::deserialize(&row.descriptor);
            let described = Described {
                descriptor: descriptor
                    .map_err(|error| unreadable("component", &row.name, &error))?,
                is_quarantined: row.is_quarantined,
                collected_at: row.collected_at,
            };
            found.insert((row.name, row.version), (row.status, described));
        }
        Ok(families(listed, found))
    }
}

/// A family's name, how many versions it has, and the highest of them.
type Listed = (String, usize, Vec<Version>);

fn highest_of_each(rows: Vec<ListedFamily>, versions: usize) -> Vec<Listed> {
    let listed = rows.into_iter().map(|row| {
        let (all, mut highest) = (row.versions.len(), row.versions);
        highest.truncate(versions);
        (row.name, all, highest)
    });
    listed.collect()
}

fn names_of(listed: &[Listed]) -> impl Iterator<Item = (String, String)> {
    listed.iter().flat_map(|(name, _, versions)| {
        let pair = |version: &Version| (name.clone(), version.to_string());
        versions.iter().map(pair)
    })
}

fn families<T>(
    listed: Vec<Listed>,
    mut found: BTreeMap<(String, String), (VersionStatus, T)>,
) -> Vec<Family<T>> {
    let family = |(name, version_count, versions): Listed| {
        let release = |version: Version| {
            let (status, content) = found.remove(&(name.clone(), version.to_string()))?;
            Some(Release {
                version,
                status,
                content,
            })
        };
        let versions = versions.into_iter().filter_map(release).collect();
        Family {
            name,
            version_count,
            versions,
        }
    };
    listed.into_iter().map(family).collect()
}

fn unreadable(kind: &str, name: &str, error: &serde_json::Error) -> RegistryError {
    RegistryError::Stored {
        what: format!("{kind} {name}"),
        reason: error.to_string(),
    }
}
