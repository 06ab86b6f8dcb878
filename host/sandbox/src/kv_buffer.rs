//! What an attempt wrote to kv, until it ends.

use std::collections::BTreeMap;
use tasker_domain::kv::{Expected, KvWrite, MAX_WRITES};
use tasker_domain::name::Name;

/// The version that an attempt's own writes have as long as it runs.
pub(super) const OWN_VERSION: u64 = 0;

/// What a write takes beside its key and value, about, in bytes.
const WRITE_BYTES: usize = 256;

/// Writes by bucket and key; the last one counts.
#[derive(Default)]
pub(super) struct KvBuffer {
    writes: BTreeMap<(Name, String), Pending>,
    bytes: usize,
}

#[derive(Debug, PartialEq, Eq)]
struct Pending {
    value: Option<String>,
    expected: Expected,
}

/// The attempt writes too many keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooManyKeys;

impl KvBuffer {
    /// What the writes take, about, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What this attempt wrote there, if it did: a value, or `None` if it removed one.
    pub(super) fn find(&self, bucket: &Name, key: &str) -> Option<Option<&str>> {
        let pending = self.writes.get(&(bucket.clone(), key.to_owned()))?;
        Some(pending.value.as_deref())
    }

    /// Keeps a write in place of an earlier one of the same key. What the first of them expected of
    /// the condition is kept, because later writes depend on it.
    pub(super) fn write(
        &mut self,
        bucket: &Name,
        key: String,
        value: Option<String>,
        expected: Expected,
    ) -> Result<(), TooManyKeys> {
        let place = (bucket.clone(), key);
        let size = |value: &Option<String>| value.as_ref().map_or(0, String::len);
        let new_bytes = size(&value);
        if let Some(pending) = self.writes.get_mut(&place) {
            self.bytes = self.bytes + new_bytes - size(&pending.value);
            pending.value = value;
            return Ok(());
        }
        if self.writes.len() >= MAX_WRITES {
            return Err(TooManyKeys);
        }
        self.bytes += WRITE_BYTES + place.1.len() + new_bytes;
        self.writes.insert(place, Pending { value, expected });
        Ok(())
    }

    /// The keys of a bucket with this prefix that this attempt wrote, and whether they exist afterwards.
    pub(super) fn keys<'a>(
        &'a self,
        bucket: &'a Name,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a str, bool)> {
        let of_bucket = self.writes.iter().filter(move |((of, _), _)| of == bucket);
        of_bucket
            .map(|((_, key), pending)| (key.as_str(), pending.value.is_some()))
            .filter(move |(key, _)| key.starts_with(prefix))
    }

    /// All writes, by bucket and key.
    pub(super) fn take(&mut self) -> Vec<KvWrite> {
        self.bytes = 0;
        let pending = std::mem::take(&mut self.writes).into_iter();
        let write = |((bucket, key), pending): ((Name, String), Pending)| KvWrite {
            bucket,
            key,
            value: pending.value,
            expected: pending.expected,
        };
        pending.map(write).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_counts_and_the_first_expectation() {
        let (mut buffer, bucket) = (KvBuffer::default(), "b".parse().unwrap());
        let mut write = |value: Option<&str>, expected| {
            let value = value.map(str::to_owned);
            buffer.write(&bucket, "k".to_owned(), value, expected)
        };
        write(Some("1"), Expected::Version(7)).unwrap();
        write(Some("2"), Expected::Anything).unwrap();
        assert_eq!(buffer.find(&bucket, "k"), Some(Some("2")));
        assert_eq!(buffer.bytes(), WRITE_BYTES + 2);
        let writes = buffer.take();
        assert_eq!(
            (writes.len(), writes[0].expected),
            (1, Expected::Version(7))
        );
        assert_eq!(buffer.find(&bucket, "k"), None);
    }

    #[test]
    fn the_keys_are_bounded() {
        let (mut buffer, bucket) = (KvBuffer::default(), "b".parse().unwrap());
        let mut write = |key: usize| {
            let value = Some("1".to_owned());
            buffer.write(&bucket, key.to_string(), value, Expected::Anything)
        };
        (0..MAX_WRITES).for_each(|key| write(key).unwrap());
        assert_eq!(write(MAX_WRITES), Err(TooManyKeys));
        assert_eq!(write(0), Ok(()));
    }
}
