//! The secrets that one attempt was given, and what keeps them from where they must not be.

mod forms;
mod json;
mod strike;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard};
use strike::Strikes;
use tasker_domain::name::Name;
use tasker_domain::secret::{SecretValue, placeholder};
use uuid::Uuid;

/// A secret that an attempt asked for.
pub(super) struct GivenSecret {
    pub(super) name: Name,
    pub(super) value: SecretValue,
    pub(super) placeholder: String,
}

/// All of them; its clones are the same.
#[derive(Clone, Default)]
pub(super) struct Given(Arc<Mutex<GivenSecrets>>);

#[derive(Default)]
struct GivenSecrets {
    secrets: Vec<Arc<GivenSecret>>,
    strikes: Strikes,
}

impl Given {
    /// The secret of that name, where the attempt has asked for it before.
    pub(super) fn find(&self, name: &str) -> Option<Arc<GivenSecret>> {
        let secrets = &self.lock().secrets;
        secrets
            .iter()
            .find(|given| given.name.as_str() == name)
            .cloned()
    }

    /// From now on whatever the attempt leaves is searched for the secret.
    pub(super) fn add(&self, name: &Name, value: SecretValue) -> Arc<GivenSecret> {
        let mut given = self.lock();
        given.strikes.add(name, &value);
        let secret = Arc::new(GivenSecret {
            name: name.clone(),
            value,
            placeholder: placeholder(Uuid::new_v4().into_bytes()),
        });
        given.secrets.push(secret.clone());
        secret
    }

    /// Those of which the placeholder stands in a text.
    pub(super) fn standing_in(&self, text: &[u8]) -> Vec<Arc<GivenSecret>> {
        let stands = |given: &&Arc<GivenSecret>| {
            text.windows(given.placeholder.len())
                .any(|window| window == given.placeholder.as_bytes())
        };
        self.lock().secrets.iter().filter(stands).cloned().collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().secrets.is_empty()
    }

    /// The text without the secrets.
    pub(super) fn struck_out<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.lock().strikes.text(text)
    }

    /// The same, cut to `max_bytes`, and no half of a secret at its end; how many bytes were cut.
    pub(super) fn struck_out_within(&self, text: &str, max_bytes: usize) -> (String, usize) {
        self.lock().strikes.text_within(text, max_bytes)
    }

    /// The text, which may have been cut, without the secrets and without half of one at its end.
    pub(super) fn struck_out_of_cut(&self, text: &str) -> String {
        self.lock().strikes.cut_text(text)
    }

    /// The JSON text without the secrets, still JSON if it was.
    pub(super) fn struck_out_of_json(&self, text: String) -> String {
        if self.is_empty() {
            return text;
        }
        json::struck_out(&self.lock().strikes, text)
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
