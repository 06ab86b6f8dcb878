//! Secrets, kv entries and results of earlier steps, as a case says them.

use crate::case::Buckets;
use futures::future::BoxFuture;
use serde_json::Value;
use std::collections::BTreeMap;
use tasker_domain::invocation::Lease;
use tasker_domain::kv::KvValue;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;
use tasker_sandbox::{
    AncestorError, AncestorResult, AncestorResults, KvEntries, KvUnavailable, SecretUnavailable,
    SecretValues,
};

/// The version of the entries that a case begins with.
const VERSION: i64 = 1;

/// What a case says that the database has.
pub struct Stored {
    pub secrets: BTreeMap<Name, String>,
    pub kv: Buckets,
    pub results: BTreeMap<String, Value>,
}

impl AncestorResults for Stored {
    fn result<'a>(
        &'a self,
        _lease: Lease,
        step: &'a str,
        bytes_max: u64,
    ) -> BoxFuture<'a, Result<Option<AncestorResult>, AncestorError>> {
        let found = self.results.get(step).map(|result| {
            let text = result.to_string();
            let bytes = text.len() as u64;
            let text = (bytes <= bytes_max).then_some(text);
            AncestorResult { text, bytes }
        });
        Box::pin(async move { Ok(found) })
    }
}

impl SecretValues for Stored {
    fn value<'a>(
        &'a self,
        _namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        let mut secrets = self.secrets.iter();
        let secret = secrets.find(|(known, _)| known.as_str() == name);
        let value = secret.map(|(_, value)| {
            let value = SecretValue::parse(value.clone().into_bytes());
            value.expect("it was checked as the case was read")
        });
        Box::pin(async move { Ok(value) })
    }
}

impl KvEntries for Stored {
    fn entry<'a>(
        &'a self,
        _namespace: &'a str,
        bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>> {
        let found = self.kv.get(bucket).and_then(|entries| entries.get(key));
        let found = found.map(|value| KvValue {
            value: value.to_string(),
            version: VERSION,
        });
        Box::pin(async move { Ok(found) })
    }

    fn keys<'a>(
        &'a self,
        _namespace: &'a str,
        bucket: &'a Name,
        prefix: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>> {
        let entries = self.kv.get(bucket).into_iter().flatten();
        let keys = entries.map(|(key, _)| key.clone());
        let keys = keys.filter(|key| key.starts_with(prefix));
        let keys = keys.take(limit as usize).collect();
        Box::pin(async move { Ok(keys) })
    }
}
