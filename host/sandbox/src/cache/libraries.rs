//! Libraries whose code is in memory: each once, for all components that are linked with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tasker_domain::digest::Digest;
use wasmtime::Module;

/// Those that a component in memory is linked with.
#[derive(Default)]
pub(super) struct Libraries(Mutex<HashMap<Digest, Weak<Module>>>);

impl Libraries {
    pub(super) fn get(&self, digest: Digest) -> Option<Arc<Module>> {
        self.lock().get(&digest)?.upgrade()
    }

    /// Shares the library with those who ask for it from now on; the one that they share already, if there is one.
    pub(super) fn add(&self, digest: Digest, library: Arc<Module>) -> Arc<Module> {
        let mut libraries = self.lock();
        if let Some(known) = libraries.get(&digest).and_then(Weak::upgrade) {
            return known;
        }
        libraries.retain(|_, library| library.strong_count() > 0);
        libraries.insert(digest, Arc::downgrade(&library));
        library
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Weak<Module>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
