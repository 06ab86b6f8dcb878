//! Namespaces that a request would create; a likely misspelling is refused.
//!
//! A namespace is created at its first use. A name that differs from an existing one by a letter or two is
//! most likely a misspelling, so such a namespace has to be created explicitly.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};
use tasker_domain::name::Name;
use tasker_domain::template::nearest;
use tasker_registry::RegistryError;
use tasker_registry::store::Store;

/// Existing namespaces that a new name is compared with at most.
const MAX_COMPARED: i64 = 10_000;
/// Shorter names are all alike.
const MIN_COMPARED_CHARS: usize = 4;

/// Namespaces that are known to exist; none is ever removed. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Namespaces(Arc<RwLock<HashSet<Name>>>);

impl Namespaces {
    /// Refuses a new namespace that is nearly called like one that the caller may know of; true for
    /// another new one.
    pub(crate) async fn check(
        &self,
        store: &Store,
        namespace: &Name,
        is_seen: impl Fn(&str) -> bool,
    ) -> Result<bool, RegistryError> {
        if self.knows(namespace) {
            return Ok(false);
        }
        if store.has_namespace(namespace).await? {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            known.insert(namespace.clone());
            return Ok(false);
        }
        let names = store.namespace_names(MAX_COMPARED).await?;
        let seen = names
            .iter()
            .map(String::as_str)
            .filter(|name| is_seen(name));
        match meant(namespace.as_str(), seen) {
            None => Ok(true),
            Some(meant) => Err(RegistryError::UnlikelyNamespace {
                given: namespace.clone(),
                meant: meant.to_owned(),
            }),
        }
    }

    /// Refuses to look into a namespace that does not exist, with the nearest name that the caller may know
    /// of.
    pub(crate) async fn require(
        &self,
        store: &Store,
        namespace: &Name,
        is_seen: impl Fn(&str) -> bool,
    ) -> Result<(), RegistryError> {
        match self.check(store, namespace, is_seen).await? {
            true => Err(RegistryError::UnknownNamespace(namespace.clone())),
            false => Ok(()),
        }
    }

    fn knows(&self, namespace: &Name) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.contains(namespace)
    }
}

/// The name that was most likely meant. Names that differ in their digits only are a series.
fn meant<'a>(given: &str, existing: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters = |name: &str| name.replace(|c: char| c.is_ascii_digit(), "");
    let is_other =
        |name: &&str| name.len() >= MIN_COMPARED_CHARS && letters(name) != letters(given);
    match given.len() < MIN_COMPARED_CHARS {
        true => None,
        false => nearest(given, existing.filter(is_other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_another_is_taken_for_a_mistake() {
        let existing = ["orders", "payments", "team1", "a"];
        let meant = |given| meant(given, existing.into_iter());
        assert_eq!(meant("ordrs"), Some("orders"));
        assert_eq!(meant("payment"), Some("payments"));
        assert_eq!(
            (meant("team2"), meant("b"), meant("stock")),
            (None, None, None)
        );
    }
}
