//! Secrets of namespaces: set, list, remove, encrypt anew. No way leads back to a value.

use super::{Registry, RegistryError};
use crate::store::secret::{Rotated, SecretChange, SecretChangeError, SecretRow};
use tasker_domain::actor::Actor;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::secret::SecretValue;

impl Registry {
    /// Keeps the value as the secret's next version; attempts that ask from now on are given it.
    pub async fn set_secret(
        &self,
        change: SecretChange<'_>,
        value: Vec<u8>,
    ) -> Result<SecretRow, RegistryError> {
        let value = SecretValue::parse(value)?;
        let set = self.store.set_secret(change, &value).await?;
        set.ok_or_else(|| RegistryError::TooManySecrets(change.namespace.clone()))
    }

    /// Removes the secret; attempts that ask for it afterwards get an error.
    pub async fn remove_secret(&self, change: SecretChange<'_>) -> Result<(), RegistryError> {
        match self.store.remove_secret(change).await? {
            true => Ok(()),
            false => Err(RegistryError::UnknownSecret {
                namespace: change.namespace.clone(),
                name: change.name.clone(),
            }),
        }
    }

    /// Secrets by (namespace, name), of these namespaces or of all; no values.
    pub async fn list_secrets(
        &self,
        namespaces: &[Name],
        seek: Seek<(&str, &str)>,
    ) -> Result<Vec<SecretRow>, RegistryError> {
        Ok(self.store.list_secrets(namespaces, seek).await?)
    }

    /// Encrypts every secret with this host's newest key. May be called again after whatever ended
    /// it.
    pub async fn rotate_secrets(&self, actor: &Actor) -> Result<Rotated, RegistryError> {
        Ok(self.store.rotate_secrets(actor).await?)
    }
}

impl From<SecretChangeError> for RegistryError {
    fn from(error: SecretChangeError) -> Self {
        match error {
            SecretChangeError::Secret(error) => Self::Secret(error),
            SecretChangeError::Precondition(failed) => Self::Precondition(failed),
        }
    }
}
