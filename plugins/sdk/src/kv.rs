//! Small values that outlive tasks, in the buckets that the component was granted.
//!
//! ```
//! use tasker_sdk::prelude::*;
//!
//! fn next_invoice(ctx: &Context) -> Result<u64, Failure> {
//!     let numbers = ctx.kv("invoices");
//!     let last = numbers.get::<u64>("last")?;
//!     let next = last.value().unwrap_or(&0) + 1;
//!     numbers.replace("last", &last, &next)?;
//!     Ok(next)
//! }
//! ```

use crate::context::Source;
use crate::{Failure, json};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A bucket, as one attempt sees it: its own writes, and what others left.
///
/// Writes take effect together with the attempt's result or checkpoint, once; an attempt that fails
/// writes nothing. Calls fail for good with `kv_not_granted` or `kv_invalid` (a key or value out of
/// bounds).
#[derive(Debug)]
pub struct Kv<'c> {
    source: &'c Source,
    bucket: String,
}

/// What was found under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<T>(Option<(T, u64)>);

/// Where a bucket has its entries from. All values are JSON text.
pub(crate) trait Entries {
    fn kv_get(&self, bucket: &str, key: &str) -> Result<Option<(String, u64)>, KvError>;
    fn kv_set(&self, bucket: &str, key: &str, value: Option<&str>) -> Result<(), KvError>;
    fn kv_compare_and_set(
        &self,
        bucket: &str,
        key: &str,
        expected: Option<u64>,
        value: &str,
    ) -> Result<(), KvError>;
    fn kv_keys(&self, bucket: &str, prefix: &str, limit: u32) -> Result<Vec<String>, KvError>;
}

/// Why an entry was not read or written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(target_family = "wasm"),
    allow(dead_code, reason = "only a host refuses everything")
)]
pub(crate) enum KvError {
    NotGranted,
    Invalid(String),
    Conflict,
    Other(String),
}

impl<T> Found<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        self.0.as_ref().map(|(value, _)| value)
    }

    /// The value, if there is one.
    pub fn into_value(self) -> Option<T> {
        self.0.map(|(value, _)| value)
    }
}

impl<'c> Kv<'c> {
    pub(crate) fn of(source: &'c Source, bucket: &str) -> Self {
        let bucket = bucket.to_owned();
        Self { source, bucket }
    }

    /// What stands under a key of 1 to 200 bytes.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Found<T>, Failure> {
        let found = self.source.kv_get(&self.bucket, key);
        let found = found.map_err(|error| self.refused(key, error))?;
        let read = |(text, version): (String, u64)| Ok((json::read("kv_value", &text)?, version));
        found.map(read).transpose().map(Found)
    }

    /// Sets a value of at most 64 KiB as JSON, whatever stands there; at most 100 keys an attempt.
    pub fn set(&self, key: &str, value: &impl Serialize) -> Result<(), Failure> {
        let text = json::write("kv_value", value)?;
        let set = self.source.kv_set(&self.bucket, key, Some(&text));
        set.map_err(|error| self.refused(key, error))
    }

    /// Sets a value in the place of what was found (which may be nothing), as long as that stands
    /// there. Where another was faster, this fails with the retryable `kv_conflict`, or the attempt
    /// is repeated when it ends.
    pub fn replace<T>(
        &self,
        key: &str,
        found: &Found<T>,
        value: &impl Serialize,
    ) -> Result<(), Failure> {
        let text = json::write("kv_value", value)?;
        let version = found.0.as_ref().map(|(_, version)| *version);
        let source = self.source;
        let set = source.kv_compare_and_set(&self.bucket, key, version, &text);
        set.map_err(|error| self.refused(key, error))
    }

    /// Removes what stands there, if anything.
    pub fn remove(&self, key: &str) -> Result<(), Failure> {
        let removed = self.source.kv_set(&self.bucket, key, None);
        removed.map_err(|error| self.refused(key, error))
    }

    /// The first keys that begin with this, in byte order; at most `limit`, and 1,000.
    pub fn keys(&self, prefix: &str, limit: u32) -> Result<Vec<String>, Failure> {
        let keys = self.source.kv_keys(&self.bucket, prefix, limit);
        keys.map_err(|error| self.refused(prefix, error))
    }

    fn refused(&self, key: &str, error: KvError) -> Failure {
        let place = format!("kv {}/{key}", self.bucket);
        match error {
            KvError::NotGranted => Failure::permanent(
                "kv_not_granted",
                format!("{place}: this component was not granted the bucket for this use"),
            ),
            KvError::Invalid(why) => Failure::permanent("kv_invalid", format!("{place}: {why}")),
            KvError::Conflict => Failure::retryable(
                "kv_conflict",
                format!("{place}: another attempt changed it meanwhile"),
            ),
            KvError::Other(why) => Failure::retryable("kv_failed", format!("{place}: {why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Attempt;

    #[test]
    fn an_attempt_sees_what_it_wrote() {
        let ctx = Attempt::new().kv("counters", "a", 1).context();
        let counters = ctx.kv("counters");
        let found = counters.get::<u32>("a").unwrap();
        assert_eq!(found.value(), Some(&1));
        counters.replace("a", &found, &2).unwrap();
        assert_eq!(counters.get::<u32>("a").unwrap().into_value(), Some(2));
        let stale = counters.replace("a", &found, &3).unwrap_err();
        assert_eq!(stale.code(), "kv_conflict");
        counters.set("b", &"x").unwrap();
        assert_eq!(counters.keys("", 10).unwrap(), ["a", "b"]);
        counters.remove("a").unwrap();
        assert_eq!(counters.get::<u32>("a").unwrap().value(), None);
    }
}
