//! What a namespace takes by its signatures.

use super::signature::PublicKey;
use std::sync::Arc;

/// The keys of which one has to have signed whatever a namespace publishes and its new tasks run;
/// without any, everything is accepted. Policies with the same keys are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SigningPolicy(Arc<[PublicKey]>);

impl SigningPolicy {
    /// True if signatures don't matter.
    pub fn is_open(&self) -> bool {
        self.0.is_empty()
    }

    /// True if one of these keys is of the policy, or it has none.
    pub fn accepts(&self, signers: &[PublicKey]) -> bool {
        self.is_open() || signers.iter().any(|key| self.0.contains(key))
    }

    /// In an order of their own.
    pub fn keys(&self) -> &[PublicKey] {
        &self.0
    }
}

impl Default for SigningPolicy {
    fn default() -> Self {
        Self::from_iter([])
    }
}

impl FromIterator<PublicKey> for SigningPolicy {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        let mut keys: Vec<PublicKey> = keys.into_iter().collect();
        keys.sort_unstable_by_key(|key| *key.as_bytes());
        keys.dedup();
        Self(keys.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> PublicKey {
        let secret = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        secret.verifying_key().try_into().unwrap()
    }

    #[test]
    fn the_same_keys_are_the_same_policy_in_whatever_order_they_were_read() {
        let policy = |seeds: &[u8]| SigningPolicy::from_iter(seeds.iter().map(|seed| key(*seed)));
        assert_eq!(policy(&[1, 2]), policy(&[2, 1, 2]));
        assert_ne!(policy(&[1, 2]), policy(&[1, 3]));
        assert!(policy(&[]).is_open() && SigningPolicy::default().is_open());
        assert!(!policy(&[1]).is_open());
    }
}
