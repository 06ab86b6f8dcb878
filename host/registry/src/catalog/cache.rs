//! The parts of catalogs that a host keeps in memory.

use super::{Family, NamespaceRules};
use lru::LruCache;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;
use tasker_engine::bounded_map::{BoundedMap, at_most};

/// Namespaces whose rules are kept.
pub(crate) const MAX_NAMESPACES: NonZeroUsize = at_most(4_096);
/// Versions that are kept, about 150 bytes each, over all components and templates.
const MAX_VERSIONS: usize = 200_000;

/// What one host keeps in memory of catalogs, within bounds.
pub(crate) struct CatalogCache {
    /// By the revision of the namespace.
    pub rules: Revised<Name, i64, Arc<NamespaceRules>>,
    pub families: Families,
}

impl Default for CatalogCache {
    fn default() -> Self {
        Self {
            rules: Revised::new(MAX_NAMESPACES),
            families: Families::default(),
        }
    }
}

/// Values that are valid as long as their revision is the same.
pub(crate) struct Revised<K: Hash + Eq, R, V>(BoundedMap<K, (R, V)>);

impl<K: Hash + Eq, R: Clone + PartialEq, V: Clone> Revised<K, R, V> {
    pub fn new(limit: NonZeroUsize) -> Self {
        Self(BoundedMap::new(limit))
    }

    /// What was kept under this revision.
    pub fn get(&self, key: &K, revision: &R) -> Option<V> {
        let (kept_under, value) = self.0.get(key)?;
        (kept_under == *revision).then_some(value)
    }

    pub fn keep(&self, key: K, revision: R, value: V) {
        self.0.keep(key, (revision, value));
    }
}

/// A component or template.
pub(crate) type FamilyKey = (PinKind, QualifiedName);

/// A family, and until when it is known to be this.
#[derive(Clone)]
pub(crate) struct KeptFamily {
    /// Of its namespace.
    pub families_revision: i64,
    /// Its own; none of a template.
    pub revision: Option<i64>,
    pub family: Arc<Family>,
}

/// Families, bounded by the number of their versions.
pub(crate) struct Families(Mutex<ByVersions>);

struct ByVersions {
    families: LruCache<FamilyKey, KeptFamily>,
    versions: usize,
}

impl Default for Families {
    fn default() -> Self {
        Self(Mutex::new(ByVersions {
            families: LruCache::unbounded(),
            versions: 0,
        }))
    }
}

impl Families {
    pub fn get(&self, key: &FamilyKey) -> Option<KeptFamily> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.families.get(key).cloned()
    }

    pub fn keep(&self, key: FamilyKey, family: KeptFamily) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.versions += family.family.versions().len();
        if let Some(before) = kept.families.put(key, family) {
            kept.versions -= before.family.versions().len();
        }
        while kept.versions > MAX_VERSIONS
            && let Some((_, oldest)) = kept.families.pop_lru()
        {
            kept.versions -= oldest.family.versions().len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::FamilyVersion;
    use super::*;
    use semver::Version;
    use tasker_domain::resolve::VersionState;

    fn component(name: &str) -> FamilyKey {
        let (namespace, name) = ("shop".parse().unwrap(), name.parse().unwrap());
        (PinKind::Component, QualifiedName { namespace, name })
    }

    fn family(versions: u64) -> KeptFamily {
        let version = |minor| FamilyVersion {
            version: Version::new(1, minor, 0),
            state: VersionState::ACTIVE,
            signers: Vec::new(),
            id: 1,
        };
        KeptFamily {
            families_revision: 1,
            revision: Some(1),
            family: Arc::new(Family::new(1, 1, 1).of((0..versions).map(version))),
        }
    }

    #[test]
    fn what_was_kept_under_another_revision_is_not_found() {
        let kept = Revised::new(at_most(2));
        kept.keep("a", 7, 1);
        assert_eq!((kept.get(&"a", &7), kept.get(&"a", &8)), (Some(1), None));
    }

    #[test]
    fn versions_are_bounded_over_all_families() {
        let families = Families::default();
        let half = MAX_VERSIONS as u64 / 2;
        families.keep(component("a"), family(half));
        families.keep(component("b"), family(half));
        // The same again takes no more room.
        families.keep(component("b"), family(half));
        assert!(families.get(&component("a")).is_some());
        families.keep(component("c"), family(1));
        assert!(families.get(&component("b")).is_none());
        assert!(families.get(&component("c")).is_some());
    }
}
