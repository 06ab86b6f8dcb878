//! How far a version is compatible with an earlier one, as values.

use super::error_report::FieldError;
use super::named_enum::named_enum;
use semver::Version;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most changes that a compat report lists; the largest are kept.
pub const MAX_CHANGES: usize = 100;

named_enum! {
    /// How much a change asks of those who rely on what was there.
    #[derive(strum::Display)]
    pub enum Level {
        /// Nothing that they rely on is different.
        Patch,
        /// There is more than before.
        Minor,
        /// What worked may not work any more.
        Major,
    }
}

/// One difference between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CompatChange {
    pub level: Level,
    /// Where, such as `handlers.charge.input/amount`: what it is in, and a JSON pointer into the
    /// values that a schema is about, `*` for all others.
    pub path: String,
    /// What is different, for people.
    pub what: String,
}

/// What the host found when it compared a version with the last one below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct CompatReport {
    pub level: Level,
    /// The version that it was compared with.
    pub against: Version,
    /// The largest first, at most [`MAX_CHANGES`].
    pub changes: Vec<CompatChange>,
}

impl CompatReport {
    /// The level is that of the largest change; patch where there is none.
    pub fn of(against: Version, mut changes: Vec<CompatChange>) -> Self {
        changes.sort_by_key(|change| std::cmp::Reverse(change.level));
        let level = changes.first().map_or(Level::Patch, |change| change.level);
        changes.truncate(MAX_CHANGES);
        Self {
            level,
            against,
            changes,
        }
    }
}

impl CompatChange {
    /// The same as an error for the publisher of the version.
    pub fn field_error(&self) -> FieldError {
        FieldError {
            path: Some(self.path.clone()),
            message: format!("{} ({})", self.what, self.level),
            ..FieldError::default()
        }
    }

    pub fn new(level: Level, path: impl Into<String>, what: impl Into<String>) -> Self {
        Self {
            level,
            path: path.into(),
            what: what.into(),
        }
    }

    pub fn patch(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Level::Patch, path, what)
    }

    pub fn minor(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Level::Minor, path, what)
    }

    pub fn major(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Level::Major, path, what)
    }
}

impl fmt::Display for CompatChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.level, self.path, self.what)
    }
}

/// All that is different between two versions, or a version and what has none yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Diff {
    pub namespace: String,
    pub name: String,
    pub from: Version,
    /// None: what it was compared with has no version yet.
    pub to: Option<Version>,
    /// The lowest number after `from` that allows the changes, whether it is taken or not.
    pub lowest_version: Version,
    #[serde(flatten)]
    pub compat_report: CompatReport,
}
