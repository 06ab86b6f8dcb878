//! What resolution need not read and compile again.

use super::{Definition, Resolved, Wanted};
use lru::LruCache;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

/// Resolved requests that are kept.
const MAX_RESOLVED: NonZeroUsize = NonZeroUsize::new(4_096).expect("4,096 is not 0");
/// Template definitions that are kept, each with its compiled schema.
const MAX_DEFINITIONS: NonZeroUsize = NonZeroUsize::new(256).expect("256 is not 0");

/// Bounded memory of one host.
pub struct ResolvedCache {
    /// With the registry's generation under which each was resolved.
    resolved: Bounded<Wanted, (i64, Arc<Resolved>)>,
    /// By template version id; a version never changes.
    definitions: Bounded<i32, Arc<Definition>>,
}

impl Default for ResolvedCache {
    fn default() -> Self {
        Self {
            resolved: Bounded::new(MAX_RESOLVED),
            definitions: Bounded::new(MAX_DEFINITIONS),
        }
    }
}

impl ResolvedCache {
    /// What was resolved for this under the same generation.
    pub fn resolved(&self, wanted: &Wanted, generation: i64) -> Option<Arc<Resolved>> {
        let (resolved_under, resolved) = self.resolved.get(wanted)?;
        (resolved_under == generation).then_some(resolved)
    }

    pub fn keep_resolved(&self, wanted: Wanted, generation: i64, resolved: Arc<Resolved>) {
        self.resolved.put(wanted, (generation, resolved));
    }

    pub fn definition(&self, template_version_id: i32) -> Option<Arc<Definition>> {
        self.definitions.get(&template_version_id)
    }

    pub fn keep_definition(&self, template_version_id: i32, definition: Arc<Definition>) {
        self.definitions.put(template_version_id, definition);
    }
}

struct Bounded<K, V>(Mutex<LruCache<K, V>>);

impl<K: Hash + Eq, V: Clone> Bounded<K, V> {
    fn new(limit: NonZeroUsize) -> Self {
        Self(Mutex::new(LruCache::new(limit)))
    }

    fn get(&self, key: &K) -> Option<V> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    fn put(&self, key: K, value: V) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(key, value);
    }
}
