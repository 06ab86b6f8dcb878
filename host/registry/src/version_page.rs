//! Versions of a component or template, page by page: each may hold a megabyte of source or schemas.

use super::discover::parse_version;
use super::{Kind, Registry, RegistryError};
use semver::Version;
use tasker_domain::requirement::QualifiedName;
use tasker_store::component::ComponentVersionRow;
use tasker_store::template::TemplateVersionRow;

/// Some versions, the highest first.
#[derive(Debug)]
pub struct VersionPage<R> {
    pub rows: Vec<R>,
    /// The last of them, where there are lower ones.
    pub next: Option<Version>,
}

impl Registry {
    /// Versions of a component below `after`, the highest first, `limit` at most.
    pub async fn component_page(
        &self,
        target: &QualifiedName,
        after: Option<&Version>,
        limit: usize,
    ) -> Result<VersionPage<ComponentVersionRow>, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let all = self.store.versions_of_component(namespace, name).await?;
        let (versions, next) = page(known(all, Kind::Component, target)?, after, limit)?;
        let mut rows = Vec::with_capacity(versions.len());
        for version in versions {
            let row = self.store.component_version(namespace, name, &version);
            rows.extend(row.await?);
        }
        Ok(VersionPage { rows, next })
    }

    /// The same for a template.
    pub async fn template_page(
        &self,
        target: &QualifiedName,
        after: Option<&Version>,
        limit: usize,
    ) -> Result<VersionPage<TemplateVersionRow>, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let all = self.store.versions_of_template(namespace, name).await?;
        let (versions, next) = page(known(all, Kind::Template, target)?, after, limit)?;
        let mut rows = Vec::with_capacity(versions.len());
        for version in versions {
            let row = self.store.template_version(namespace, name, &version);
            rows.extend(row.await?);
        }
        Ok(VersionPage { rows, next })
    }
}

fn known(
    versions: Vec<String>,
    kind: Kind,
    target: &QualifiedName,
) -> Result<Vec<String>, RegistryError> {
    match versions.is_empty() {
        false => Ok(versions),
        true => Err(RegistryError::Unknown {
            kind,
            target: target.clone(),
        }),
    }
}

fn page(
    texts: Vec<String>,
    after: Option<&Version>,
    limit: usize,
) -> Result<(Vec<Version>, Option<Version>), RegistryError> {
    let versions = texts.iter().map(|text| parse_version(text));
    let mut versions: Vec<Version> = versions.collect::<Result<_, _>>()?;
    versions.retain(|version| after.is_none_or(|after| version < after));
    versions.sort_by(|a, b| b.cmp(a));
    let has_more = versions.len() > limit;
    versions.truncate(limit);
    let next = versions.last().filter(|_| has_more).cloned();
    Ok((versions, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_from_the_highest_version_to_the_lowest() {
        let all = ["1.0.0", "1.10.0", "1.2.0", "2.0.0-rc.1", "0.1.0"].map(str::to_owned);
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let (versions, next) = page(all.to_vec(), after.as_ref(), 2).expect("versions");
            seen.extend(versions.iter().map(ToString::to_string));
            after = next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, ["2.0.0-rc.1", "1.10.0", "1.2.0", "1.0.0", "0.1.0"]);
    }
}
