//! What a host keeps in memory, within bounds.

use lru::LruCache;
use std::borrow::Borrow;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

/// So many entries.
pub const fn at_most(entries: usize) -> NonZeroUsize {
    NonZeroUsize::new(entries).expect("no limit is 0")
}

/// Values by key; the one that was not used for longest makes room.
#[derive(Debug)]
pub struct BoundedMap<K: Hash + Eq, V>(Mutex<LruCache<K, V>>);

impl<K: Hash + Eq, V: Clone> BoundedMap<K, V> {
    pub fn new(limit: NonZeroUsize) -> Self {
        Self(Mutex::new(LruCache::new(limit)))
    }

    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(key).cloned()
    }

    pub fn keep(&self, key: K, value: V) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(key, value);
    }
}
