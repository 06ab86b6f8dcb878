//! Small values of a namespace that outlive tasks.

use super::json_text::{self, JsonTextError};
use super::name::Name;

/// The longest key, in bytes.
pub const MAX_KEY_BYTES: usize = 200;
/// The largest value as JSON text, in bytes.
pub const MAX_VALUE_BYTES: usize = 64 << 10;
/// Keys that one attempt may write.
pub const MAX_WRITES: usize = 100;
/// Keys that one call lists.
pub const MAX_LISTED: u32 = 1_000;

/// The value and version of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvValue {
    /// JSON text.
    pub value: String,
    /// Different for every value that ever stood there.
    pub version: i64,
}

/// The condition on the current value of a key for a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    Anything,
    Nothing,
    Version(i64),
}

impl Expected {
    /// `None` if there is to be no entry, or where it does not matter.
    pub fn version(self) -> Option<i64> {
        match self {
            Self::Anything | Self::Nothing => None,
            Self::Version(version) => Some(version),
        }
    }
}

/// A write to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KvWrite {
    pub bucket: Name,
    pub key: String,
    /// JSON text; none removes the entry.
    pub value: Option<String>,
    pub expected: Expected,
}

/// Why a key or a value is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KvError {
    #[error("a key has 1 to {MAX_KEY_BYTES} bytes; this one has {0}")]
    KeyLength(usize),
    #[error("a key must not have control characters; this one contains {0:?}")]
    KeyCharacter(char),
    #[error("a value has at most {MAX_VALUE_BYTES} bytes; this one has {0}")]
    ValueLength(usize),
    #[error("the value is not JSON: {0}; a text needs quotes: `\"done\"`")]
    ValueJson(String),
    #[error("the value cannot be stored: {0}")]
    ValueText(JsonTextError),
}

/// Ok where the text can be a key.
pub fn check_key(key: &str) -> Result<(), KvError> {
    if !(1..=MAX_KEY_BYTES).contains(&key.len()) {
        return Err(KvError::KeyLength(key.len()));
    }
    match key.chars().find(|c| c.is_control()) {
        Some(control) => Err(KvError::KeyCharacter(control)),
        None => Ok(()),
    }
}

/// Ok where the text is JSON that can be a value.
pub fn check_value(json: &str) -> Result<(), KvError> {
    if json.len() > MAX_VALUE_BYTES {
        return Err(KvError::ValueLength(json.len()));
    }
    json_text::check(json).map_err(|error| match error {
        JsonTextError::Malformed(reason) => KvError::ValueJson(reason),
        JsonTextError::TooDeep(_)
        | JsonTextError::NoText
        | JsonTextError::DuplicateMember(_)
        | JsonTextError::ReservedMember(_) => KvError::ValueText(error),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_short_text_without_control_characters() {
        assert_eq!(check_key("order/7 ü"), Ok(()));
        assert_eq!(check_key(""), Err(KvError::KeyLength(0)));
        assert_eq!(check_key(&"k".repeat(201)), Err(KvError::KeyLength(201)));
        assert_eq!(check_key("a\0"), Err(KvError::KeyCharacter('\0')));
    }

    #[test]
    fn a_value_is_json_within_bounds() {
        assert_eq!(check_value("{\"a\": [1]}"), Ok(()));
        assert!(matches!(check_value("done"), Err(KvError::ValueJson(_))));
        let large = format!("\"{}\"", "x".repeat(MAX_VALUE_BYTES));
        assert_eq!(check_value(&large), Err(KvError::ValueLength(65_538)));
    }
}
