//! One version of something.

use semver::Version;
use std::fmt;
use tasker_domain::requirement::QualifiedName;

/// What has versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    Component,
    Template,
}

impl Kind {
    /// The code of the error for a missing one.
    pub fn unknown_code(self) -> &'static str {
        match self {
            Self::Component => "unknown_component",
            Self::Template => "unknown_template",
        }
    }
}

/// One version of something, as messages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub kind: Kind,
    pub target: QualifiedName,
    pub version: Version,
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kind, self.target, self.version)
    }
}
