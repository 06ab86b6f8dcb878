//! What is there: components and templates with their versions.

use super::{Kind, Registry, RegistryError, Release};
use crate::domain::name::Name;
use crate::domain::requirement::QualifiedName;
use crate::domain::resolve::{Candidate, Existing};
use crate::domain::template::Template;
use crate::sandbox::Descriptor;
use crate::store::component::{ComponentRow, ComponentVersionRow};
use crate::store::template::{TemplateRow, TemplateVersionRow};
use semver::Version;
use serde::Deserialize as _;

impl Registry {
    /// Components by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_components(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<ComponentRow>, RegistryError> {
        Ok(self.store.list_components(namespace, after, limit).await?)
    }

    /// All versions of one component, the highest first.
    pub async fn component(
        &self,
        target: &QualifiedName,
    ) -> Result<Vec<ComponentVersionRow>, RegistryError> {
        let rows = self
            .store
            .component_versions(&target.namespace, &target.name)
            .await?;
        let rows = highest_first(rows, |row| &row.version)?;
        match rows.is_empty() {
            true => Err(RegistryError::Unknown {
                kind: Kind::Component,
                target: target.clone(),
            }),
            false => Ok(rows),
        }
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
        let versions = self.component(target).await?;
        let versions = versions.iter().map(|row| row.version.as_str());
        Err(unknown_version(Kind::Component, target, version, versions))
    }

    /// Templates by (namespace, name), after the given pair, `limit` at most.
    pub async fn list_templates(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<TemplateRow>, RegistryError> {
        Ok(self.store.list_templates(namespace, after, limit).await?)
    }

    /// All versions of one template, the highest first.
    pub async fn template(
        &self,
        target: &QualifiedName,
    ) -> Result<Vec<TemplateVersionRow>, RegistryError> {
        let rows = self
            .store
            .template_versions(&target.namespace, &target.name)
            .await?;
        let rows = highest_first(rows, |row| &row.version)?;
        match rows.is_empty() {
            true => Err(RegistryError::Unknown {
                kind: Kind::Template,
                target: target.clone(),
            }),
            false => Ok(rows),
        }
    }

    /// The highest stable version of a template, else the highest.
    pub async fn latest_template(
        &self,
        target: &QualifiedName,
    ) -> Result<TemplateVersionRow, RegistryError> {
        let rows = self.template(target).await?;
        let versions: Vec<String> = rows.iter().map(|row| row.version.clone()).collect();
        let latest = latest(&versions).map(|version| version.to_string());
        rows.into_iter()
            .find(|row| Some(&row.version) == latest.as_ref())
            .ok_or_else(|| RegistryError::Unknown {
                kind: Kind::Template,
                target: target.clone(),
            })
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
        let versions = self.template(target).await?;
        let versions = versions.iter().map(|row| row.version.as_str());
        Err(unknown_version(Kind::Template, target, version, versions))
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

/// The version that `latest` means: the highest stable one, else the highest of all.
pub fn latest(versions: &[String]) -> Option<Version> {
    let parsed = || versions.iter().filter_map(|text| Version::parse(text).ok());
    parsed()
        .filter(|version| version.pre.is_empty())
        .max()
        .or_else(|| parsed().max())
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

fn highest_first<R>(
    rows: Vec<R>,
    version: impl Fn(&R) -> &String,
) -> Result<Vec<R>, RegistryError> {
    let mut keyed = Vec::with_capacity(rows.len());
    for row in rows {
        keyed.push((parse_version(version(&row))?, row));
    }
    keyed.sort_by(|(a, _), (b, _)| b.cmp(a));
    Ok(keyed.into_iter().map(|(_, row)| row).collect())
}

fn unknown_version<'a>(
    kind: Kind,
    target: &QualifiedName,
    version: &Version,
    existing: impl Iterator<Item = &'a str>,
) -> RegistryError {
    let candidates: Vec<Candidate<()>> = existing
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

    fn versions(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_latest_version_is_the_highest_stable_one() {
        let latest = latest(&versions(&["0.9.0", "0.10.0", "1.0.0-rc.1"]));
        assert_eq!(latest, Some(Version::new(0, 10, 0)));
    }

    #[test]
    fn where_nothing_is_stable_the_highest_pre_release_is_the_latest() {
        let latest = latest(&versions(&["1.0.0-alpha", "1.0.0-beta"]));
        assert_eq!(
            latest.map(|version| version.to_string()).as_deref(),
            Some("1.0.0-beta")
        );
    }

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
