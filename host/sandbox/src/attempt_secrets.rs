//! The secrets that one attempt has read, and their redaction.

mod forms;
mod json;
mod redactor;

use super::seed::{Seed, placeholder_bytes};
use redactor::Redactor;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use tasker_domain::name::Name;
use tasker_domain::secret::{SecretValue, placeholder};

/// A secret that an attempt asked for.
pub(super) struct AttemptSecret {
    pub(super) name: Name,
    pub(super) value: SecretValue,
    pub(super) placeholder: String,
}

/// All secrets of an attempt; clones share them.
#[derive(Clone, Default)]
pub(super) struct AttemptSecrets(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    /// What placeholders are made from; without it they are other ones each time.
    seed: Option<Seed>,
    secrets: Vec<Arc<AttemptSecret>>,
    redactor: Redactor,
}

impl AttemptSecrets {
    /// None so far; their placeholders will be made from the seed.
    pub(super) fn new(seed: Option<Seed>) -> Self {
        let inner = Inner {
            seed,
            ..Inner::default()
        };
        Self(Arc::new(Mutex::new(inner)))
    }

    /// The secret of that name, where the attempt has asked for it before.
    pub(super) fn find(&self, name: &str) -> Option<Arc<AttemptSecret>> {
        let secrets = &self.lock().secrets;
        secrets
            .iter()
            .find(|secret| secret.name.as_str() == name)
            .cloned()
    }

    /// Adds a secret. From now on it is redacted in everything that the attempt leaves.
    pub(super) fn add(&self, name: &Name, value: SecretValue) -> Arc<AttemptSecret> {
        let mut inner = self.lock();
        inner.redactor.add(name, &value);
        let secret = Arc::new(AttemptSecret {
            name: name.clone(),
            value,
            placeholder: placeholder(placeholder_bytes(inner.seed, name.as_str())),
        });
        inner.secrets.push(secret.clone());
        secret
    }

    /// The secrets whose placeholders occur in a text.
    pub(super) fn with_placeholder_in(&self, text: &[u8]) -> Vec<Arc<AttemptSecret>> {
        let occurs = |secret: &&Arc<AttemptSecret>| {
            text.windows(secret.placeholder.len())
                .any(|window| window == secret.placeholder.as_bytes())
        };
        self.lock().secrets.iter().filter(occurs).cloned().collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().secrets.is_empty()
    }

    /// The text without the secrets.
    pub(super) fn redacted<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.lock().redactor.text(text)
    }

    /// The same, cut to `max_bytes`, and no half of a secret at its end; how many bytes were cut.
    pub(super) fn redacted_within(&self, text: &str, max_bytes: usize) -> (String, usize) {
        self.lock().redactor.text_within(text, max_bytes)
    }

    /// The text, which may have been cut, without the secrets and without half of one at its end.
    pub(super) fn redacted_cut(&self, text: &str) -> String {
        self.lock().redactor.cut_text(text)
    }

    /// The JSON text without the secrets, still JSON if it was.
    pub(super) fn redacted_json(&self, text: String) -> String {
        if self.is_empty() {
            return text;
        }
        json::redacted(&self.lock().redactor, text)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nobody panics while holding secrets")
    }
}

impl fmt::Debug for AttemptSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AttemptSecrets(…)")
    }
}
