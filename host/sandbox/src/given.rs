//! The secrets that one attempt was given, and what keeps them from where they must not be.

mod forms;
mod json;
mod redactor;

use redactor::Redactor;
use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use tasker_domain::name::Name;
use tasker_domain::secret::{SecretValue, placeholder};
use uuid::Uuid;

/// A secret that an attempt asked for.
pub(super) struct AttemptSecret {
    pub(super) name: Name,
    pub(super) value: SecretValue,
    pub(super) placeholder: String,
}

/// All of them; its clones are the same.
#[derive(Clone, Default)]
pub(super) struct Given(Arc<Mutex<GivenSecrets>>);

#[derive(Default)]
struct GivenSecrets {
    secrets: Vec<Arc<AttemptSecret>>,
    redactor: Redactor,
}

impl Given {
    /// The secret of that name, where the attempt has asked for it before.
    pub(super) fn find(&self, name: &str) -> Option<Arc<AttemptSecret>> {
        let secrets = &self.lock().secrets;
        secrets
            .iter()
            .find(|given| given.name.as_str() == name)
            .cloned()
    }

    /// From now on whatever the attempt leaves is searched for the secret.
    pub(super) fn add(&self, name: &Name, value: SecretValue) -> Arc<AttemptSecret> {
        let mut given = self.lock();
        given.redactor.add(name, &value);
        let secret = Arc::new(AttemptSecret {
            name: name.clone(),
            value,
            placeholder: placeholder(Uuid::new_v4().into_bytes()),
        });
        given.secrets.push(secret.clone());
        secret
    }

    /// Those of which the placeholder stands in a text.
    pub(super) fn standing_in(&self, text: &[u8]) -> Vec<Arc<AttemptSecret>> {
        let stands = |given: &&Arc<AttemptSecret>| {
            text.windows(given.placeholder.len())
                .any(|window| window == given.placeholder.as_bytes())
        };
        self.lock().secrets.iter().filter(stands).cloned().collect()
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

    fn lock(&self) -> MutexGuard<'_, GivenSecrets> {
        self.0.lock().expect("nobody panics while holding secrets")
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given(…)")
    }
}
