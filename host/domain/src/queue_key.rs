//! The queue key of a template: which part of a task's input says whose turn its steps take.

use super::digest::Digest;
use super::priority::Priority;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// Lanes of each priority. What callers invent as keys makes no more lanes in the queue.
pub const LANE_WIDTH: i16 = 3_276;

/// Hashes of keys, from 1 on; 0 is no key.
const HASHES: u16 = 3_275;

/// The longest queue key of a template, in bytes.
pub(crate) const QUEUE_KEY_MAX_BYTES: usize = 256;

/// A part of the input: a JSON pointer such as `/customer/id`, or the name of a top-level property.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QueueKey(String);

/// The text is none of a queue key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongQueueKey {
    #[error("a queue key has from 1 to {QUEUE_KEY_MAX_BYTES} bytes; this one has {0}")]
    Length(usize),
    #[error(
        "in a JSON pointer `~` is followed by 0 or 1; write `~0` for a tilde and `~1` for a slash"
    )]
    Escape,
    #[error(
        "a queue key is a top-level property of the input, such as `customer_id`, or a JSON pointer, which begins with `/`, such as `/customer/id`"
    )]
    NoPointer,
}

impl QueueKey {
    /// The hash of what it names in this input, which is JSON. Zero where that is not there or null. The same on all
    /// hosts and in all releases.
    fn hash(&self, input: &str) -> u16 {
        let input: Value = serde_json::from_str(input).unwrap_or_default();
        let named = match self.0.starts_with('/') {
            true => input.pointer(&self.0),
            false => input.get(&self.0),
        };
        let Some(named) = named.filter(|it| !it.is_null()) else {
            return 0;
        };
        let digest = Digest::of(named.to_string().as_bytes());
        let [a, b, c, d, ..] = *digest.as_bytes();
        let hash = u32::from_be_bytes([a, b, c, d]) % u32::from(HASHES);
        u16::try_from(hash).unwrap_or_default() + 1
    }
}

impl FromStr for QueueKey {
    type Err = WrongQueueKey;

    fn from_str(text: &str) -> Result<Self, WrongQueueKey> {
        if !(1..=QUEUE_KEY_MAX_BYTES).contains(&text.len()) {
            return Err(WrongQueueKey::Length(text.len()));
        }
        let is_pointer = text.starts_with('/');
        let mut escapes = text.split('~').skip(1);
        if is_pointer && !escapes.all(|after| after.starts_with(['0', '1'])) {
            return Err(WrongQueueKey::Escape);
        }
        if !is_pointer && text.contains('/') {
            return Err(WrongQueueKey::NoPointer);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for QueueKey {
    type Error = WrongQueueKey;

    fn try_from(text: String) -> Result<Self, WrongQueueKey> {
        text.parse()
    }
}

impl From<QueueKey> for String {
    fn from(key: QueueKey) -> Self {
        key.0
    }
}

impl Display for QueueKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the steps of a task wait in the queue of its namespace, as a number of the database: its priority, and the
/// hash of its queue key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QueueLane(i16);

impl QueueLane {
    /// That of a task with this input, which is JSON.
    pub fn of(priority: Priority, key: Option<&QueueKey>, input: &str) -> Self {
        let hash = key.map_or(0, |key| key.hash(input));
        Self(priority.number() * LANE_WIDTH + i16::try_from(hash).unwrap_or_default())
    }

    pub fn priority(self) -> Priority {
        i64::from(self.0 / LANE_WIDTH)
            .try_into()
            .unwrap_or_default()
    }

    /// As the database keeps it.
    pub fn number(self) -> i16 {
        self.0
    }
}

impl From<Priority> for QueueLane {
    fn from(priority: Priority) -> Self {
        Self::of(priority, None, "null")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(key: &str, input: &str) -> u16 {
        key.parse::<QueueKey>().unwrap().hash(input)
    }

    #[test]
    fn a_queue_key_is_a_top_level_property_or_a_json_pointer() {
        let input = r#"{"a": {"b": "x"}, "c": "x", "d/e": 1}"#;
        assert_eq!(hash("/a/b", input), hash("c", input));
        assert_eq!(hash("/d~1e", input), hash("/0", "[1]"));
        assert_ne!(hash("c", input), hash("/d~1e", input));
    }

    #[test]
    fn what_is_not_there_or_null_is_no_key() {
        for input in ["{}", "null", "[1]", r#"{"a": null}"#] {
            assert_eq!(hash("a", input), 0, "{input}");
        }
    }

    #[test]
    fn hashes_stay_within_the_lanes_of_their_priority_and_the_same_for_ever() {
        let key: QueueKey = "a".parse().unwrap();
        let lanes = |priority: i64| {
            let priority = Priority::try_from(priority).unwrap();
            let input = |no: u32| format!(r#"{{"a": {no}}}"#);
            (0..5_000).map(move |no| (priority, input(no)))
        };
        for priority in 0..=9 {
            let range = priority * 3_276 + 1..=priority * 3_276 + 3_275;
            for (priority, input) in lanes(priority) {
                let lane = QueueLane::of(priority, Some(&key), &input).number();
                assert!(range.contains(&lane.into()), "{input}: {lane}");
            }
        }
        assert_eq!(hash("a", r#"{"a": "customer"}"#), 52);
    }

    #[test]
    fn lanes_are_as_wide_as_the_database_has_them() {
        let sql = include_str!("../../../migrations/functions/03_lane_width.sql");
        let width = format!("select {LANE_WIDTH}::smallint");
        assert!(sql.contains(&width), "{sql}");
        let lane = QueueLane::from(Priority::default());
        let sql = include_str!("../../../migrations/0002_runtime.sql");
        assert!(sql.contains(&format!("default {}", lane.number())));
    }

    #[test]
    fn other_texts_are_refused() {
        let long = "a".repeat(257);
        for (text, wrong) in [
            ("", WrongQueueKey::Length(0)),
            (long.as_str(), WrongQueueKey::Length(257)),
            ("/a~2", WrongQueueKey::Escape),
            ("/a~", WrongQueueKey::Escape),
            ("a/b", WrongQueueKey::NoPointer),
        ] {
            assert_eq!(text.parse::<QueueKey>(), Err(wrong), "{text}");
        }
    }
}
