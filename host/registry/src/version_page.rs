//! Versions of a component or template, page by page: each may hold a megabyte of source or schemas.

use super::catalog::Selection;
use super::{Registry, RegistryError};
use crate::store::component::ComponentVersionRow;
use crate::store::template::TemplateVersionRow;
use semver::Version;
use tasker_domain::order::{Direction, Seek};
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionState;

/// A page of versions ends with the one by which it has more than this of sources or descriptors.
const LARGE_PAGE_BYTES: usize = 8 << 20;

/// Some versions, in order.
#[derive(Debug)]
pub struct VersionPage<R> {
    pub rows: Vec<R>,
    /// The last of them, where there are more.
    pub next: Option<Version>,
    /// How many versions there are on all pages.
    pub total: usize,
}

impl Registry {
    /// All versions of a component or template, the highest first; fails where it does not exist.
    pub async fn existing_versions(
        &self,
        kind: PinKind,
        target: &QualifiedName,
    ) -> Result<Vec<Version>, RegistryError> {
        let versions = self.versions(kind, target).await?;
        match versions.is_empty() {
            false => Ok(versions.into_iter().map(|(version, _)| version).collect()),
            true => Err(RegistryError::Unknown {
                kind,
                target: target.clone(),
            }),
        }
    }

    /// The same, each with what was decided about it; `None` if it does not exist.
    pub(crate) async fn versions(
        &self,
        kind: PinKind,
        target: &QualifiedName,
    ) -> Result<Vec<(Version, VersionState)>, RegistryError> {
        let catalog = self.catalog(&Selection::of(kind, target)).await?;
        let states = catalog.states(kind, target);
        let versions = states.map(|(it, state)| (it.version.clone(), state));
        Ok(versions.collect())
    }

    /// Versions of a component; fewer than the limit where their descriptors are large.
    pub async fn component_page(
        &self,
        target: &QualifiedName,
        seek: Seek<&Version>,
    ) -> Result<VersionPage<ComponentVersionRow>, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let all = self.existing_versions(PinKind::Component, target).await?;
        let mut builder = PageBuilder::new(all, seek);
        while let Some(version) = builder.wanted() {
            let row = self.store.component_version(namespace, name, &version);
            let row = row.await?;
            let bytes = row
                .as_ref()
                .map_or(0, |row| row.descriptor.to_string().len());
            builder.add(version, row, bytes);
        }
        Ok(builder.page)
    }

    /// The same for a template, fewer where their sources are large.
    pub async fn template_page(
        &self,
        target: &QualifiedName,
        seek: Seek<&Version>,
    ) -> Result<VersionPage<TemplateVersionRow>, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let all = self.existing_versions(PinKind::Template, target).await?;
        let mut builder = PageBuilder::new(all, seek);
        while let Some(version) = builder.wanted() {
            let row = self.store.template_version(namespace, name, &version);
            let row = row.await?;
            let bytes = row.as_ref().map_or(0, |row| row.source.len());
            builder.add(version, row, bytes);
        }
        Ok(builder.page)
    }
}

/// Some versions of a component or template.
#[derive(Clone, Debug)]
pub struct VersionsOf {
    pub target: QualifiedName,
    /// Only those below it.
    pub after: Option<Version>,
    pub limit: usize,
}

impl Registry {
    /// The numbers of versions of these components or templates, the highest first, for each key; none of what does not
    /// exist.
    pub async fn version_numbers(
        &self,
        kind: PinKind,
        keys: &[VersionsOf],
    ) -> Result<Vec<Vec<Version>>, RegistryError> {
        let mut selection = Selection::default();
        let targets = keys.iter().map(|key| key.target.clone());
        selection.families(kind).extend(targets);
        let catalog = self.catalog(&selection).await?;
        let numbers = keys.iter().map(|key| {
            let all = catalog.family(kind, &key.target).iter();
            let all = all.map(|it| it.version.clone()).collect();
            let limit = i64::try_from(key.limit).unwrap_or(i64::MAX);
            let highest = Seek {
                after: key.after.as_ref(),
                ..Seek::highest(limit)
            };
            page(all, highest).0
        });
        Ok(numbers.collect())
    }
}

/// A page as its rows are read, one by one.
struct PageBuilder<R> {
    wanted: std::vec::IntoIter<Version>,
    bytes: usize,
    page: VersionPage<R>,
}

impl<R> PageBuilder<R> {
    /// Of all versions, with the highest first.
    fn new(all: Vec<Version>, seek: Seek<&Version>) -> Self {
        let total = all.len();
        let (versions, next) = page(all, seek);
        Self {
            wanted: versions.into_iter(),
            bytes: 0,
            page: VersionPage {
                rows: Vec::new(),
                next,
                total,
            },
        }
    }

    /// The version to read next.
    fn wanted(&mut self) -> Option<Version> {
        self.wanted.next()
    }

    /// Adds a version with so many bytes; those below it go to the next page where that is too many.
    fn add(&mut self, version: Version, row: Option<R>, bytes: usize) {
        self.page.rows.extend(row);
        self.bytes += bytes;
        if self.bytes > LARGE_PAGE_BYTES && !self.wanted.as_slice().is_empty() {
            self.wanted = Vec::new().into_iter();
            self.page.next = Some(version);
        }
    }
}

/// From versions with the highest first.
fn page(mut versions: Vec<Version>, seek: Seek<&Version>) -> (Vec<Version>, Option<Version>) {
    let Seek {
        direction, after, ..
    } = seek;
    if direction == Direction::Ascending {
        versions.reverse();
    }
    versions.retain(|version| after.is_none_or(|after| direction.is_behind(version, after)));
    let limit = usize::try_from(seek.limit).unwrap_or_default();
    let has_more = versions.len() > limit;
    versions.truncate(limit);
    let next = versions.last().filter(|_| has_more).cloned();
    (versions, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_after_the_version_that_makes_it_large_unless_that_is_the_last() {
        let all = ["3.0.0", "2.0.0", "1.0.0"].map(|text| text.parse().unwrap());
        let filled = |large: &str| {
            let mut builder = PageBuilder::new(all.to_vec(), Seek::highest(5));
            while let Some(version) = builder.wanted() {
                let is_large = version.to_string() == large;
                let bytes = LARGE_PAGE_BYTES * usize::from(is_large) + 1;
                builder.add(version, Some(()), bytes);
            }
            let next = builder.page.next.map(|version| version.to_string());
            (builder.page.rows.len(), next)
        };
        assert_eq!(filled("none"), (3, None));
        assert_eq!(filled("3.0.0"), (1, Some("3.0.0".to_owned())));
        assert_eq!(filled("1.0.0"), (3, None));
    }

    #[test]
    fn pages_follow_each_other_from_the_highest_version_to_the_lowest_and_back() {
        let mut texts = ["2.0.0-rc.1", "1.10.0", "1.2.0", "1.0.0", "0.1.0"];
        let all = texts.map(|text| text.parse().unwrap());
        for direction in [Direction::Descending, Direction::Ascending] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let seek = Seek {
                    after: after.as_ref(),
                    ..Seek::first(direction, 2)
                };
                let (versions, next) = page(all.to_vec(), seek);
                seen.extend(versions.iter().map(ToString::to_string));
                after = next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, texts);
            texts.reverse();
        }
    }
}
