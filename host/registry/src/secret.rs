//! Secrets of namespaces: set, list, remove, encrypt anew. No way leads back to a value.

use super::{Registry, RegistryError};
use crate::store::secret::{Rotated, SecretRow};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;

impl Registry {
    /// Keeps the value as the secret's next version; attempts that ask from now on are given it.
    pub async fn set_secret(
        &self,
        namespace: &Name,
        name: &Name,
        value: Vec<u8>,
        actor: &Actor,
    ) -> Result<SecretRow, RegistryError> {
        let value = SecretValue::parse(value)?;
        let set = self.store.set_secret(namespace, name, &value, actor);
        set.await?
            .ok_or_else(|| RegistryError::TooManySecrets(namespace.clone()))
    }

    /// Removes the secret; attempts that ask for it afterwards get an error.
    pub async fn remove_secret(
        &self,
        namespace: &Name,
        name: &Name,
        actor: &Actor,
    ) -> Result<(), RegistryError> {
        match self.store.remove_secret(namespace, name, actor).await? {
            true => Ok(()),
            false => Err(RegistryError::UnknownSecret {
                namespace: namespace.clone(),
                name: name.clone(),
            }),
        }
    }

    /// Secrets by (namespace, name), after the given pair, `limit` at most; no values.
    pub async fn list_secrets(
        &self,
        namespace: Option<&Name>,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<SecretRow>, RegistryError> {
        Ok(self.store.list_secrets(namespace, after, limit).await?)
    }

    /// Encrypts every secret with this host's newest key. May be called again after whatever ended
    /// it.
    pub async fn rotate_secrets(&self, actor: &Actor) -> Result<Rotated, RegistryError> {
        Ok(self.store.rotate_secrets(actor).await?)
    }
}
