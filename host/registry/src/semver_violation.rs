//! Version numbers that do not allow what the version changes.

use super::Release;
use semver::Version;
use tasker_compat::{CompatChange, CompatReport, Level};

/// A version number that does not allow what the version changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemverViolation {
    pub release: Release,
    pub compat_report: CompatReport,
    /// The largest change that the number allows.
    pub allowed: Level,
    /// The lowest number that allows the changes.
    pub lowest: Version,
}

impl SemverViolation {
    /// The changes that the number does not allow.
    pub fn disallowed(&self) -> impl Iterator<Item = &CompatChange> {
        let changes = self.compat_report.changes.iter();
        changes.filter(|change| change.level > self.allowed)
    }
}
