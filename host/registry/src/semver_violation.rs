//! Versions that promise more than is true.

use super::Release;
use semver::Version;
use tasker_compat::{Change, CompatReport, Level};

/// A number that promises more than is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemverViolation {
    pub release: Release,
    pub verdict: CompatReport,
    /// The gravest change that the number leaves room for.
    pub allowed: Level,
    /// The lowest number that leaves room for what was changed.
    pub lowest: Version,
}

impl SemverViolation {
    /// The changes that the number has no room for.
    pub fn beyond(&self) -> impl Iterator<Item = &Change> {
        let changes = self.verdict.changes.iter();
        changes.filter(|change| change.level > self.allowed)
    }
}
