//! The versions that exist, as an error lists them.

use super::{Candidate, Ineligible};
use crate::name::Name;
use crate::requirement::Requirement;
use semver::Version;
use std::fmt;

/// At most this many versions are listed in an error.
const MAX_LISTED_VERSIONS: usize = 10;

/// The versions that exist, the highest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    versions: Box<[(Version, Option<Ineligible>)]>,
    /// The namespace whose signing policy was applied, if known.
    namespace: Option<Box<Name>>,
}

impl Existing {
    /// Everything that exists, whether new tasks may take it or not.
    pub fn of<Id>(candidates: &[Candidate<Id>]) -> Self {
        let listed = candidates.iter().map(|c| (c.version.clone(), c.ineligible));
        let mut versions: Vec<_> = listed.collect();
        versions.sort_by(|a, b| b.0.cmp(&a.0));
        Self {
            versions: versions.into(),
            namespace: None,
        }
    }

    /// The same, checked by the signing policy of this namespace.
    pub fn seen_by(self, namespace: &Name) -> Self {
        Self {
            namespace: Some(Box::new(namespace.clone())),
            ..self
        }
    }

    /// The highest version in the range, if new tasks may not take it, and why.
    pub fn ineligible(&self, requirement: &Requirement) -> Option<(&Version, Ineligible)> {
        let mut versions = self.versions.iter();
        let met = versions.find(|(version, _)| requirement.matches(version));
        met.and_then(|(version, reason)| Some((version, (*reason)?)))
    }

    /// What else an error may advise; empty where nothing lacks a signature.
    pub fn remedy(&self) -> String {
        let lacks =
            |(_, reason): &(Version, Option<Ineligible>)| *reason == Some(Ineligible::Unsigned);
        match &self.namespace {
            Some(namespace) if self.versions.iter().any(lacks) => format!(
                ", or publish the unsigned one again with --sign and a key that {namespace} accepts \
                 (tasker signing-policy ls {namespace})"
            ),
            Some(_) | None => String::new(),
        }
    }
}

impl fmt::Display for Existing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (version, reason)) in self.versions.iter().take(MAX_LISTED_VERSIONS).enumerate()
        {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{version}")?;
            match (reason, &self.namespace) {
                (Some(reason @ Ineligible::Unsigned), Some(namespace)) => {
                    write!(f, " ({reason} for {namespace})")?;
                }
                (Some(reason), _) => write!(f, " ({reason})")?,
                (None, _) => {}
            }
        }
        match self.versions.len() {
            0 => f.write_str("no version"),
            all if all > MAX_LISTED_VERSIONS => {
                write!(f, " and {} older", all - MAX_LISTED_VERSIONS)
            }
            _ => Ok(()),
        }
    }
}
