//! What resolution need not read and compile again.

use super::definition::{ChosenTemplate, Definition};
use super::pins::NamespacePins;
use super::{Resolved, Wanted};
use lru::LruCache;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::name::Name;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::Candidate;
use tasker_domain::signing_policy::SigningPolicy;

const fn at_most(entries: usize) -> NonZeroUsize {
    NonZeroUsize::new(entries).expect("no limit is 0")
}

/// Namespaces whose pins are kept.
const MAX_NAMESPACES: NonZeroUsize = at_most(1_024);
/// Requests whose template version is kept.
const MAX_TEMPLATES: NonZeroUsize = at_most(4_096);
/// Locks that are kept by what led to them.
const MAX_RESOLVED: NonZeroUsize = at_most(8_192);
/// Template definitions that are kept, each with its compiled schema.
const MAX_DEFINITIONS: NonZeroUsize = at_most(256);
/// Descriptors that are kept.
const MAX_DESCRIPTORS: NonZeroUsize = at_most(1_024);
/// Versions of components that are kept, about 150 bytes each, over all components.
const MAX_VERSIONS: usize = 200_000;

/// Tasks that ask for the same and stand alike to the template's ramp.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct TemplateKey {
    pub wanted: Wanted,
    pub is_on_ramp: bool,
}

/// Tasks of one template version that are on the same ramps.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct LockKey {
    pub template_version_id: i32,
    /// Names of pins, in order.
    pub ramps: Vec<String>,
}

/// All versions of one component, the highest first, by their ids.
pub(super) type Listed = Arc<[Candidate<i32>]>;

/// Bounded memory of one host.
pub(crate) struct ResolvedCache {
    pub(super) pins: PerGeneration<Name, Arc<NamespacePins>>,
    pub(super) templates: PerGeneration<TemplateKey, Arc<ChosenTemplate>>,
    pub(super) resolved: PerGeneration<LockKey, Arc<Resolved>>,
    pub(super) versions: VersionLists,
    /// By template version id; a version never changes.
    pub(super) definitions: Bounded<i32, Arc<Definition>>,
    /// By component version id; a version never changes.
    pub(super) descriptors: Bounded<i32, Arc<Descriptor>>,
}

impl Default for ResolvedCache {
    fn default() -> Self {
        Self {
            pins: PerGeneration::new(MAX_NAMESPACES),
            templates: PerGeneration::new(MAX_TEMPLATES),
            resolved: PerGeneration::new(MAX_RESOLVED),
            versions: VersionLists::default(),
            definitions: Bounded::new(MAX_DEFINITIONS),
            descriptors: Bounded::new(MAX_DESCRIPTORS),
        }
    }
}

/// Values that hold as long as the registry stays at one generation.
pub(super) struct PerGeneration<K: Hash + Eq, V>(Bounded<K, (i64, V)>);

impl<K: Hash + Eq, V: Clone> PerGeneration<K, V> {
    fn new(limit: NonZeroUsize) -> Self {
        Self(Bounded::new(limit))
    }

    /// What was kept under this generation.
    pub(super) fn get(&self, key: &K, generation: i64) -> Option<V> {
        let (kept_under, value) = self.0.get(key)?;
        (kept_under == generation).then_some(value)
    }

    pub(super) fn keep(&self, key: K, generation: i64, value: V) {
        self.0.keep(key, (generation, value));
    }
}

/// Values by key; the one that was not used for longest makes room.
pub(super) struct Bounded<K: Hash + Eq, V>(Mutex<LruCache<K, V>>);

impl<K: Hash + Eq, V: Clone> Bounded<K, V> {
    fn new(limit: NonZeroUsize) -> Self {
        Self(Mutex::new(LruCache::new(limit)))
    }

    pub(super) fn get(&self, key: &K) -> Option<V> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    pub(super) fn keep(&self, key: K, value: V) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(key, value);
    }
}

/// The versions of one component, held to one policy. Namespaces with the same keys share them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ListKey {
    pub component: QualifiedName,
    pub policy: SigningPolicy,
}

/// The versions of components, bounded by their number over all components.
pub(super) struct VersionLists(Mutex<Lists>);

/// The versions of one component, and until when they are known to be these.
#[derive(Clone)]
pub(super) struct KeptList {
    /// Of the registry.
    pub generation: i64,
    /// Of the component.
    pub revision: i64,
    pub listed: Listed,
}

struct Lists {
    by_key: LruCache<ListKey, KeptList>,
    versions: usize,
}

impl Default for VersionLists {
    fn default() -> Self {
        Self(Mutex::new(Lists {
            by_key: LruCache::unbounded(),
            versions: 0,
        }))
    }
}

impl VersionLists {
    pub(super) fn get(&self, key: &ListKey) -> Option<KeptList> {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.by_key.get(key).cloned()
    }

    pub(super) fn keep(&self, key: ListKey, list: KeptList) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.versions += list.listed.len();
        if let Some(before) = lists.by_key.put(key, list) {
            lists.versions -= before.listed.len();
        }
        while lists.versions > MAX_VERSIONS
            && let Some((_, oldest)) = lists.by_key.pop_lru()
        {
            lists.versions -= oldest.listed.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use semver::Version;
    use tasker_domain::resolve::Candidate;

    fn component(name: &str) -> ListKey {
        let (namespace, name) = ("shop".parse().unwrap(), name.parse().unwrap());
        ListKey {
            component: QualifiedName { namespace, name },
            policy: SigningPolicy::default(),
        }
    }

    fn list(versions: u64) -> KeptList {
        let candidate = |minor| Candidate {
            version: Version::new(1, minor, 0),
            bar: None,
            id: 1,
        };
        KeptList {
            generation: 1,
            revision: 1,
            listed: (0..versions).map(candidate).collect(),
        }
    }

    #[test]
    fn what_was_kept_under_another_generation_is_not_found() {
        let kept = PerGeneration::new(at_most(2));
        kept.keep("a", 7, 1);
        assert_eq!((kept.get(&"a", 7), kept.get(&"a", 8)), (Some(1), None));
    }

    #[test]
    fn versions_are_bounded_over_all_components() {
        let lists = VersionLists::default();
        let half = MAX_VERSIONS as u64 / 2;
        lists.keep(component("a"), list(half));
        lists.keep(component("b"), list(half));
        // The same again takes no more room.
        lists.keep(component("b"), list(half));
        assert!(lists.get(&component("a")).is_some());
        lists.keep(component("c"), list(1));
        assert!(lists.get(&component("b")).is_none());
        assert!(lists.get(&component("c")).is_some());
    }
}
