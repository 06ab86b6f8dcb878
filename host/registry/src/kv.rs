//! Entries of kv, for operators: look, set, remove.

use super::kv_place::KvPlace;
use super::{Registry, RegistryError};
use crate::store::kv::KvRow;
use tasker_domain::actor::Actor;
use tasker_domain::kv::{Expected, KvWrite, check_key, check_value};
use tasker_domain::name::Name;

impl Registry {
    /// Sets the value (JSON text), regardless of the current one.
    pub async fn set_kv(
        &self,
        place: &KvPlace,
        value: String,
        actor: &Actor,
    ) -> Result<KvRow, RegistryError> {
        check_key(&place.key)?;
        check_value(&value)?;
        self.write_kv(place, Some(value), actor).await?;
        self.kv_entry(place).await
    }

    /// Removes the entry.
    pub async fn remove_kv(&self, place: &KvPlace, actor: &Actor) -> Result<(), RegistryError> {
        self.kv_entry(place).await?;
        self.write_kv(place, None, actor).await
    }

    /// One entry.
    pub async fn kv_entry(&self, place: &KvPlace) -> Result<KvRow, RegistryError> {
        check_key(&place.key)?;
        let KvPlace {
            namespace,
            bucket,
            key,
        } = place;
        let row = self.store.kv_row(namespace.as_str(), bucket, key).await?;
        row.ok_or_else(|| RegistryError::UnknownKv(place.clone()))
    }

    /// Entries of a bucket whose keys begin with `prefix`, by key, after the given one, `limit` at
    /// most.
    pub async fn list_kv(
        &self,
        namespace: &Name,
        bucket: &Name,
        prefix: &str,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<KvRow>, RegistryError> {
        Ok(self
            .store
            .list_kv(namespace.as_str(), bucket, prefix, after, limit)
            .await?)
    }

    async fn write_kv(
        &self,
        place: &KvPlace,
        value: Option<String>,
        actor: &Actor,
    ) -> Result<(), RegistryError> {
        let write = KvWrite {
            bucket: place.bucket.clone(),
            key: place.key.clone(),
            value,
            expected: Expected::Anything,
        };
        match self.store.set_kv(&place.namespace, &write, actor).await? {
            true => Ok(()),
            false => Err(RegistryError::KvFull {
                namespace: place.namespace.clone(),
            }),
        }
    }
}
