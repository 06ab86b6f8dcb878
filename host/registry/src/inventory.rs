//! What there is: namespaces, and in them templates with their steps and components with their
//! handlers.

use super::listed::ListedFamily;
use super::{Registry, RegistryError};
use crate::store::declared_event::{DeclaredEventRow, EventPlace};
use crate::store::inventory::NamespaceRow;
use semver::Version;
use serde::Deserialize as _;
use std::collections::BTreeMap;
use std::slice;
use tasker_domain::actor::Actor;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::inventory::{
    Statistics, Tree, TreeComponent, TreeEntry, TreeStep, TreeTemplate,
};
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::template::{Step, Template};

/// The most templates and the most components of one tree or drawing.
pub(crate) const MAX_FAMILIES: i64 = 500;
/// The most languages that statistics name.
const MAX_LANGUAGES: i64 = 50;

impl Registry {
    /// Namespaces by name.
    pub async fn namespaces(&self, seek: Seek<&str>) -> Result<Vec<NamespaceRow>, RegistryError> {
        Ok(self.store.list_namespaces(seek).await?)
    }

    /// Makes a namespace that nothing is in yet; false if it is there.
    pub async fn create_namespace(
        &self,
        namespace: &Name,
        actor: &Actor,
    ) -> Result<bool, RegistryError> {
        Ok(self.store.create_namespace(namespace, actor).await?)
    }

    /// How much there is in all, and the languages that it was written in.
    pub async fn statistics(&self) -> Result<Statistics, RegistryError> {
        let counts = self.store.registry_counts().await?;
        let languages = self.store.languages(MAX_LANGUAGES).await?;
        Ok(Statistics {
            languages,
            ..counts
        })
    }

    /// The events that components and templates of the namespace declare.
    pub async fn declared_events(
        &self,
        namespace: &Name,
        seek: Seek<&EventPlace>,
    ) -> Result<Vec<DeclaredEventRow>, RegistryError> {
        Ok(self.store.declared_events(namespace, seek).await?)
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
            namespace: namespace.clone(),
            templates,
            components,
            is_cut,
        })
    }

    async fn template_families(
        &self,
        namespace: &Name,
        versions: usize,
    ) -> Result<Vec<TreeEntry<TreeTemplate>>, RegistryError> {
        let rows = self.list_templates(slice::from_ref(namespace), Seek::lowest(MAX_FAMILIES));
        let listed = highest_of_each(rows.await?, versions);
        let wanted: Vec<_> = names_of(&listed)
            .map(|(name, version)| (namespace.to_string(), name, version))
            .collect();
        let mut found = BTreeMap::new();
        for row in self.store.defined_versions(&wanted).await? {
            let template = Template::deserialize(&row.definition);
            let template = template.map_err(|error| unreadable("template", &row.name, &error))?;
            let step = |step: &Step| tree_step(&template.namespace, step);
            let version = TreeTemplate {
                version: row.version.clone(),
                status: row.status,
                steps: template.steps.iter().map(step).collect(),
            };
            found.insert((row.name, row.version), version);
        }
        Ok(families(listed, found))
    }

    async fn component_families(
        &self,
        namespace: &Name,
        versions: usize,
    ) -> Result<Vec<TreeEntry<TreeComponent>>, RegistryError> {
        let rows = self.list_components(slice::from_ref(namespace), Seek::lowest(MAX_FAMILIES));
        let listed = highest_of_each(rows.await?, versions);
        let wanted: Vec<_> = names_of(&listed).collect();
        let mut found = BTreeMap::new();
        for row in self.store.described_versions(namespace, &wanted).await? {
            let descriptor = Descriptor::deserialize(&row.descriptor);
            let descriptor =
                descriptor.map_err(|error| unreadable("component", &row.name, &error))?;
            let version = TreeComponent {
                version: row.version.clone(),
                status: row.status,
                quarantined: row.is_quarantined,
                collected_at: row.collected_at,
                handlers: descriptor.handlers.unwrap_or_default(),
                capabilities: descriptor.capabilities,
                provenance: descriptor.provenance,
            };
            found.insert((row.name, row.version), version);
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
        (row.name.to_string(), all, highest)
    });
    listed.collect()
}

fn names_of(listed: &[Listed]) -> impl Iterator<Item = (String, String)> {
    listed.iter().flat_map(|(name, _, versions)| {
        let pair = |version: &Version| (name.clone(), version.to_string());
        versions.iter().map(pair)
    })
}

fn families<V>(listed: Vec<Listed>, mut found: BTreeMap<(String, String), V>) -> Vec<TreeEntry<V>> {
    let family = |(name, version_count, versions): Listed| {
        let versions = versions.into_iter();
        let versions = versions
            .filter_map(|version| found.remove(&(name.clone(), version.to_string())))
            .collect();
        TreeEntry {
            name,
            version_count,
            versions,
        }
    };
    listed.into_iter().map(family).collect()
}

fn tree_step(home: &Name, step: &Step) -> TreeStep {
    let handler = &step.handler;
    TreeStep {
        name: step.name.clone(),
        component: handler.component.qualified(home).to_string(),
        handler: handler.handler.clone(),
        requirement: handler.requirement.clone(),
    }
}

fn unreadable(kind: &str, name: &str, error: &serde_json::Error) -> RegistryError {
    RegistryError::stored(format!("{kind} {name}"), error)
}
