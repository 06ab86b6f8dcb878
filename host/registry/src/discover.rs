//! What is there: components and templates with their versions.

use super::default_version::{FamilyVersions, ListedVersions};
use super::{Kind, Registry, RegistryError, Release};
use crate::store::component::{ComponentVersionRow, ListedRow};
use crate::store::template::TemplateVersionRow;
use semver::Version;
use serde::Deserialize as _;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Candidate, Existing, Pin, ResolveError, choose_template};
use tasker_domain::template::Template;

impl Registry {
    /// Components by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_components(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<ListedRow>, RegistryError> {
        Ok(self.store.list_components(namespace, after, limit).await?)
    }

    /// One version of a component.
    pub async fn component_version(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<ComponentVersionRow, RegistryError> {
        let QualifiedName { namespace, name } = target;
        if let Some(row) = self
            .store
            .component_version(namespace, name, version)
            .await?
        {
            return Ok(row);
        }
        let existing = self.versions_of_component(target).await?;
        Err(unknown_version(Kind::Component, target, version, &existing))
    }

    /// Templates by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_templates(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<ListedRow>, RegistryError> {
        Ok(self.store.list_templates(namespace, after, limit).await?)
    }

    /// The version of a template that a new task takes which asks for none.
    pub async fn latest_template(
        &self,
        target: &QualifiedName,
    ) -> Result<TemplateVersionRow, RegistryError> {
        let candidates = self.template_candidates(target).await?;
        let pin = self.template_pin(target).await?;
        let pin = pin.map(|pin| Pin::seen(&pin, false));
        match choose_template(target, &candidates, None, pin.as_ref()) {
            Ok(chosen) => self.template_version(target, &chosen.version).await,
            Err(ResolveError::NoTemplate { target }) => Err(RegistryError::Unknown {
                kind: Kind::Template,
                target,
            }),
            Err(error) => Err(RegistryError::Unresolved(vec![error])),
        }
    }

    /// The same as a number; none where a new task would be refused.
    pub async fn default_template_version(
        &self,
        target: &QualifiedName,
    ) -> Result<Option<Version>, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let named = [(namespace.as_str(), name.as_str())];
        let rows = self.store.templates_named(&named).await?;
        Ok(rows.iter().find_map(ListedRow::default_version))
    }

    /// One version of a template.
    pub async fn template_version(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<TemplateVersionRow, RegistryError> {
        let QualifiedName { namespace, name } = target;
        if let Some(row) = self
            .store
            .template_version(namespace, name, version)
            .await?
        {
            return Ok(row);
        }
        let existing = self.versions_of_template(target).await?;
        Err(unknown_version(Kind::Template, target, version, &existing))
    }
}

/// What a template version says.
pub fn stored_template(row: &TemplateVersionRow) -> Result<Template, RegistryError> {
    Template::deserialize(&row.definition).map_err(|error| RegistryError::Stored {
        what: format!("template {}/{} {}", row.namespace, row.name, row.version),
        reason: error.to_string(),
    })
}

/// What inspection found when the version was published.
pub fn descriptor(row: &ComponentVersionRow) -> Result<Descriptor, RegistryError> {
    Descriptor::deserialize(&row.descriptor).map_err(|error| RegistryError::Stored {
        what: format!(
            "component {}/{} {}",
            row.namespace, row.component, row.version
        ),
        reason: error.to_string(),
    })
}

impl ListedVersions for ListedRow {
    fn family(&self) -> FamilyVersions<'_> {
        FamilyVersions {
            versions: &self.versions,
            bars: &self.bars,
            pin: self.pin.as_deref(),
        }
    }
}

/// A full version without build metadata.
pub fn parse_version(text: &str) -> Result<Version, RegistryError> {
    let version = Version::parse(text).map_err(|source| RegistryError::Version {
        text: text.to_owned(),
        source,
    })?;
    match version.build.is_empty() {
        true => Ok(version),
        false => Err(RegistryError::BuildMetadata { version }),
    }
}

fn unknown_version(
    kind: Kind,
    target: &QualifiedName,
    version: &Version,
    existing: &[String],
) -> RegistryError {
    let candidates: Vec<Candidate<()>> = existing
        .iter()
        .filter_map(|text| Version::parse(text).ok())
        .map(|version| Candidate {
            version,
            bar: None,
            id: (),
        })
        .collect();
    let (target, version) = (target.clone(), version.clone());
    let release = Box::new(Release {
        kind,
        target,
        version,
    });
    RegistryError::UnknownVersion {
        release,
        existing: Existing::of(&candidates),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_whole_and_without_build_metadata() {
        assert!(matches!(
            parse_version("1.4"),
            Err(RegistryError::Version { .. })
        ));
        let error = parse_version("1.4.0+build.7")
            .expect_err("refused")
            .to_string();
        assert!(error.ends_with("leave out `+build.7`"), "{error}");
    }
}
