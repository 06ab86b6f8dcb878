//! `tasker:step/kv`.

use crate::bindings::tasker::step::kv::{Entry, Error, Host};
use crate::kv_buffer::OWN_VERSION;
use crate::meter::HostMemory;
use crate::state::AttemptState;
use crate::stopped::Stopped;
use std::collections::BTreeSet;
use tasker_domain::capability::KvRule;
use tasker_domain::kv::{
    Expected, KvValue, KvWrite, MAX_LISTED, MAX_WRITES, check_key, check_value,
};
use tasker_domain::name::Name;

/// A failure of the host, or the error for the guest.
type Answer<T> = wasmtime::Result<Result<T, Error>>;

/// What a call is to do with a bucket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Read,
    Write,
}

impl Host for AttemptState {
    async fn get(&mut self, bucket: String, key: String) -> Answer<Option<Entry>> {
        match self.place(&bucket, &key, Use::Read) {
            Ok(bucket) => Ok(Ok(self.entry(&bucket, &key).await?)),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn set(&mut self, bucket: String, key: String, value: String) -> Answer<()> {
        self.write(&bucket, key, Some(value), Expected::Anything)
    }

    async fn compare_and_set(
        &mut self,
        bucket: String,
        key: String,
        expected: Option<u64>,
        value: String,
    ) -> Answer<()> {
        let place = match self.place(&bucket, &key, Use::Write) {
            Ok(place) => place,
            Err(error) => return Ok(Err(error)),
        };
        let found = self.entry(&place, &key).await?;
        if found.map(|entry| entry.version) != expected {
            return Ok(Err(Error::Conflict));
        }
        let expected = match expected.map(i64::try_from) {
            None => Expected::Nothing,
            Some(Ok(version)) => Expected::Version(version),
            Some(Err(_)) => return Ok(Err(Error::Conflict)),
        };
        self.write(&bucket, key, Some(value), expected)
    }

    async fn delete(&mut self, bucket: String, key: String) -> Answer<()> {
        self.write(&bucket, key, None, Expected::Anything)
    }

    async fn list_keys(
        &mut self,
        bucket: String,
        prefix: String,
        limit: u32,
    ) -> Answer<Vec<String>> {
        let bucket = match self.bucket(&bucket, Use::Read) {
            Ok(bucket) => bucket,
            Err(error) => return Ok(Err(error)),
        };
        if prefix.contains('\0') {
            return Ok(Ok(Vec::new()));
        }
        Ok(Ok(self
            .keys(&bucket, &prefix, limit.min(MAX_LISTED))
            .await?))
    }
}

impl AttemptState {
    /// What the attempt leaves for the database, without its secrets.
    pub(crate) fn kept_writes(&mut self) -> Vec<KvWrite> {
        let attempt_secrets = &self.attempt_secrets;
        let kept = |write: KvWrite| KvWrite {
            key: attempt_secrets.redacted(&write.key).into_owned(),
            value: write
                .value
                .map(|value| attempt_secrets.redacted_json(value)),
            ..write
        };
        self.kv.take().into_iter().map(kept).collect()
    }

    fn bucket(&self, bucket: &str, wanted: Use) -> Result<Name, Error> {
        let may = |write: bool| wanted == Use::Read || write;
        let rules = self.invocation.step.grants.kv.iter();
        let rule = { rules }.find(|rule| rule.bucket.as_str() == bucket && may(rule.write));
        if let Some(rule) = rule {
            return Ok(rule.bucket.clone());
        }
        if let Ok(bucket) = bucket.parse() {
            let write = wanted == Use::Write;
            self.tell_refused("kv", &format!("kv {}", KvRule { bucket, write }));
        }
        Err(Error::NotGranted)
    }

    fn place(&self, bucket: &str, key: &str, wanted: Use) -> Result<Name, Error> {
        let bucket = self.bucket(bucket, wanted)?;
        check_key(key).map_err(|error| Error::Invalid(error.to_string()))?;
        Ok(bucket)
    }

    fn write(
        &mut self,
        bucket: &str,
        key: String,
        value: Option<String>,
        expected: Expected,
    ) -> Answer<()> {
        let written = self.buffer(bucket, key, value, expected);
        self.meter
            .hold(HostMemory::Kv, self.kv.bytes())
            .map_err(Stopped::from)?;
        Ok(written)
    }

    fn buffer(
        &mut self,
        bucket: &str,
        key: String,
        value: Option<String>,
        expected: Expected,
    ) -> Result<(), Error> {
        let bucket = self.place(bucket, &key, Use::Write)?;
        let checked = value.as_deref().map_or(Ok(()), check_value);
        checked.map_err(|error| Error::Invalid(error.to_string()))?;
        self.kv
            .write(&bucket, key, value, expected)
            .map_err(|_| Error::Invalid(format!("an attempt writes at most {MAX_WRITES} keys")))
    }

    async fn entry(&mut self, bucket: &Name, key: &str) -> wasmtime::Result<Option<Entry>> {
        if let Some(own) = self.kv.find(bucket, key) {
            return Ok(own.map(|value| Entry {
                value: value.to_owned(),
                version: OWN_VERSION,
            }));
        }
        let Some(entries) = self.services.kv.clone() else {
            return Ok(None);
        };
        let namespace = self.invocation.step.namespace.clone();
        let found = entries.entry(&namespace, bucket, key).await;
        let entry = |found: KvValue| Entry {
            value: found.value,
            version: found.version.unsigned_abs(),
        };
        Ok(found.map_err(Stopped::Kv)?.map(entry))
    }

    async fn keys(
        &mut self,
        bucket: &Name,
        prefix: &str,
        limit: u32,
    ) -> wasmtime::Result<Vec<String>> {
        let namespace = self.invocation.step.namespace.clone();
        let own = self.kv.keys(bucket, prefix).count();
        // As many more as this attempt may have removed.
        let wanted = limit + u32::try_from(own).unwrap_or(MAX_LISTED);
        let stored = match self.services.kv.clone() {
            Some(entries) => entries.keys(&namespace, bucket, prefix, wanted).await,
            None => Ok(Vec::new()),
        };
        let mut keys: BTreeSet<String> = stored.map_err(Stopped::Kv)?.into_iter().collect();
        for (key, stands) in self.kv.keys(bucket, prefix) {
            match stands {
                true => keys.insert(key.to_owned()),
                false => keys.remove(key),
            };
        }
        Ok(keys.into_iter().take(limit as usize).collect())
    }
}
