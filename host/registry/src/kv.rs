//! Entries of kv, for operators: look, set, remove.

use super::kv_place::KvPlace;
use super::until_unmoved::until_unmoved;
use super::{Registry, RegistryError};
use crate::store::kv::{KvFilter, KvRow, KvWritten};
use tasker_domain::actor::Actor;
use tasker_domain::kv::{Expected, KvWrite, check_key, check_value};
use tasker_domain::order::Seek;
use tasker_domain::precondition::Precondition;

impl Registry {
    /// Sets the value (JSON text), regardless of the current one unless there is a condition on it.
    pub async fn set_kv(
        &self,
        place: &KvPlace,
        value: String,
        (actor, only_if): (&Actor, &Precondition),
    ) -> Result<KvRow, RegistryError> {
        check_key(&place.key)?;
        check_value(&value)?;
        let write = || self.write_kv(place, Some(value.clone()), (actor, only_if));
        until_unmoved(write).await?;
        self.kv_entry(place).await
    }

    /// Removes the entry, where the condition on it holds.
    pub async fn remove_kv(
        &self,
        place: &KvPlace,
        (actor, only_if): (&Actor, &Precondition),
    ) -> Result<(), RegistryError> {
        if *only_if == Precondition::NONE {
            self.kv_entry(place).await?;
        }
        check_key(&place.key)?;
        let write = || self.write_kv(place, None, (actor, only_if));
        until_unmoved(write).await
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

    /// Entries of a bucket whose keys begin with a prefix, by key in byte order.
    pub async fn list_kv(
        &self,
        of: KvFilter<'_>,
        seek: Seek<&str>,
    ) -> Result<Vec<KvRow>, RegistryError> {
        Ok(self.store.list_kv(of, seek).await?)
    }

    /// None if another changed the entry after it was compared with the condition.
    async fn write_kv(
        &self,
        place: &KvPlace,
        value: Option<String>,
        (actor, only_if): (&Actor, &Precondition),
    ) -> Result<Option<()>, RegistryError> {
        let write = KvWrite {
            bucket: place.bucket.clone(),
            key: place.key.clone(),
            value,
            expected: self.expected(place, only_if).await?,
        };
        match self.store.set_kv(&place.namespace, &write, actor).await? {
            KvWritten::Done => Ok(Some(())),
            KvWritten::Changed => Ok(None),
            KvWritten::Full => Err(RegistryError::KvFull {
                namespace: place.namespace.clone(),
            }),
        }
    }

    /// The entry that fulfils the condition.
    async fn expected(
        &self,
        place: &KvPlace,
        only_if: &Precondition,
    ) -> Result<Expected, RegistryError> {
        if *only_if == Precondition::NONE {
            return Ok(Expected::Anything);
        }
        let (namespace, bucket) = (place.namespace.as_str(), &place.bucket);
        let now = self.store.kv_row(namespace, bucket, &place.key).await?;
        only_if.check(now.as_ref().map(KvRow::tag).as_ref())?;
        Ok(now.map_or(Expected::Nothing, |row| Expected::Version(row.version)))
    }
}
