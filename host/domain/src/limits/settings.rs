//! What a rule or a step says of limits.

use super::limit::{Limit, LimitError};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// Limits with values; what it does not name stays as it is. Its JSON and YAML are a mapping such as
/// `{memory: 64MiB, cpu: 2s, http_requests: 10}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitSettings(BTreeMap<Limit, u64>);

impl LimitSettings {
    /// True if nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, limit: Limit) -> Option<u64> {
        self.0.get(&limit).copied()
    }

    /// In the order of [`Limit::ALL`], each value in its limit's unit.
    pub fn iter(&self) -> impl Iterator<Item = (Limit, u64)> {
        self.0.iter().map(|(limit, value)| (*limit, *value))
    }

    /// These settings, and where they say nothing, the others.
    pub fn or(&self, other: &Self) -> Self {
        Self(other.iter().chain(self.iter()).collect())
    }

    /// The settings after the change.
    pub fn patched(&self, patch: &LimitPatch) -> Self {
        let mut patched = self.0.clone();
        for (limit, value) in &patch.0 {
            match value {
                Some(value) => patched.insert(*limit, *value),
                None => patched.remove(limit),
            };
        }
        Self(patched)
    }
}

impl FromIterator<(Limit, u64)> for LimitSettings {
    fn from_iter<I: IntoIterator<Item = (Limit, u64)>>(settings: I) -> Self {
        Self(settings.into_iter().collect())
    }
}

/// `memory=64MiB cpu=2s`.
impl fmt::Display for LimitSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self
            .iter()
            .map(|(limit, value)| format!("{limit}={}", limit.show(value)));
        f.write_str(&settings.collect::<Vec<_>>().join(" "))
    }
}

/// A change of settings, as RFC 7386 has it: limit by limit, null removes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LimitPatch(BTreeMap<Limit, Option<u64>>);

impl LimitPatch {
    /// True if it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Limit, Option<u64>)> for LimitPatch {
    fn from_iter<I: IntoIterator<Item = (Limit, Option<u64>)>>(changes: I) -> Self {
        Self(changes.into_iter().collect())
    }
}

/// A value as JSON and YAML have it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Number(u64),
    Text(String),
}

impl Written {
    fn of(limit: Limit, value: u64) -> Self {
        match limit.is_number() {
            true => Self::Number(value),
            false => Self::Text(limit.show(value)),
        }
    }

    fn value(self, limit: Limit) -> Result<u64, LimitError> {
        match self {
            Self::Number(number) => limit.parse(&number.to_string()),
            Self::Text(text) => limit.parse(&text),
        }
    }
}

impl Serialize for LimitSettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(
            self.iter()
                .map(|(limit, value)| (limit, Written::of(limit, value))),
        )
    }
}

impl<'de> Deserialize<'de> for LimitSettings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let entries = BTreeMap::<String, Written>::deserialize(from)?.into_iter();
        let entry = |(name, written): (String, Written)| {
            let limit: Limit = name.parse()?;
            Ok((limit, written.value(limit)?))
        };
        let settings = entries.map(entry).collect::<Result<_, LimitError>>();
        settings.map(Self).map_err(D::Error::custom)
    }
}

impl Serialize for LimitPatch {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let written = |(limit, value): (&Limit, &Option<u64>)| {
            (*limit, value.map(|value| Written::of(*limit, value)))
        };
        to.collect_map(self.0.iter().map(written))
    }
}

impl<'de> Deserialize<'de> for LimitPatch {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let entries = BTreeMap::<String, Option<Written>>::deserialize(from)?.into_iter();
        let entry = |(name, written): (String, Option<Written>)| {
            let limit: Limit = name.parse()?;
            let value = written.map(|written| written.value(limit)).transpose()?;
            Ok((limit, value))
        };
        let patch = entries.map(entry).collect::<Result<_, LimitError>>();
        patch.map(Self).map_err(D::Error::custom)
    }
}
