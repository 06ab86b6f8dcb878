//! Functions that this process compiled: what a version has in common with the one before is not compiled again.

use lru::LruCache;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use wasmtime::CacheStore;

/// Bytes of compiled functions that are kept; those that were not used for longest go first. The largest interpreters take 30 MB.
const MAX_BYTES: usize = 256 << 20;

/// By what decides how a function is compiled.
pub(super) struct Functions(Mutex<Kept>);

struct Kept {
    functions: LruCache<Vec<u8>, Vec<u8>>,
    bytes: usize,
    most: usize,
}

impl Default for Functions {
    fn default() -> Self {
        Self::with_room(MAX_BYTES)
    }
}

impl Functions {
    fn with_room(most: usize) -> Self {
        Self(Mutex::new(Kept {
            functions: LruCache::unbounded(),
            bytes: 0,
            most,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl CacheStore for Functions {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        self.lock().functions.get(key).cloned().map(Cow::Owned)
    }

    fn insert(&self, key: &[u8], value: Vec<u8>) -> bool {
        let mut kept = self.lock();
        kept.bytes += key.len() + value.len();
        if let Some(before) = kept.functions.put(key.to_owned(), value) {
            kept.bytes -= key.len() + before.len();
        }
        while kept.bytes > kept.most
            && let Some((key, value)) = kept.functions.pop_lru()
        {
            kept.bytes -= key.len() + value.len();
        }
        true
    }
}

impl fmt::Debug for Functions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Functions").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_were_not_used_for_longest_make_room() {
        let functions = Functions::with_room(10);
        functions.insert(b"a", vec![0; 4]);
        functions.insert(b"b", vec![0; 4]);
        assert!(functions.get(b"a").is_some());
        functions.insert(b"c", vec![0; 4]);
        assert!(functions.get(b"b").is_none());
        assert!(functions.get(b"a").is_some() && functions.get(b"c").is_some());
    }

    #[test]
    fn one_that_is_kept_again_takes_no_more_room() {
        let functions = Functions::with_room(10);
        for _ in 0..3 {
            functions.insert(b"a", vec![0; 4]);
        }
        functions.insert(b"b", vec![0; 4]);
        assert!(functions.get(b"a").is_some() && functions.get(b"b").is_some());
    }
}
