//! One version of something.

use semver::Version;
use std::fmt;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::QualifiedName;

/// One version of something, as messages name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    pub kind: PinKind,
    pub target: QualifiedName,
    pub version: Version,
}

impl Release {
    pub(crate) fn new(kind: PinKind, target: &QualifiedName, version: &Version) -> Self {
        Self {
            kind,
            target: target.clone(),
            version: version.clone(),
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.kind, self.target, self.version)
    }
}
