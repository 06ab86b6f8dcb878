//! Why new tasks may not take a version. Only this module decides it, not SQL and not lists of versions.

use super::super::named_enum::named_enum;
use serde::{Deserialize, Serialize};
use std::fmt;

named_enum! {
    /// Why new tasks may not take a version; tasks that have it in their lock are another matter.
    pub enum Ineligible {
        /// Nothing needed it any more, and its bytes were removed.
        Collected,
        /// No host runs its code.
        Quarantined,
        /// Its owner took it back.
        Yanked,
        /// It requests capabilities that are not approved yet.
        NeedsApproval,
        /// No key signed it that the namespace of the task takes.
        Unsigned,
    }
}

/// The decisions about a version that apply to every caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionState {
    pub status: VersionStatus,
    /// No host starts its code.
    pub is_quarantined: bool,
    /// Its bytes were removed.
    pub is_collected: bool,
}

named_enum! {
    /// What its owner and operators decided about a version.
    #[strum(parse_err_ty = VersionStatusError, parse_err_fn = VersionStatusError::unknown)]
    pub enum VersionStatus {
        Active,
        /// It requests more capabilities than it has; an operator has to approve them.
        NeedsApproval,
        /// Taken back: tasks that have it keep it.
        Yanked,
    }
}

/// A text that is not the status of a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no status of a version")]
pub struct VersionStatusError(String);

impl VersionStatusError {
    fn unknown(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl VersionState {
    /// A version that nothing is said against.
    pub const ACTIVE: Self = Self::of(VersionStatus::Active);

    /// A version whose code is neither quarantined nor collected.
    pub const fn of(status: VersionStatus) -> Self {
        Self {
            status,
            is_quarantined: false,
            is_collected: false,
        }
    }

    /// The gravest reason for which no new task may take the version.
    pub fn ineligible(self) -> Option<Ineligible> {
        if self.is_collected {
            return Some(Ineligible::Collected);
        }
        if self.is_quarantined {
            return Some(Ineligible::Quarantined);
        }
        self.status.ineligible()
    }
}

/// `active`, or why new tasks may not take a version.
pub fn status_name(ineligible: Option<Ineligible>) -> &'static str {
    Availability(ineligible).as_str()
}

/// Whether new tasks may take a version: `active`, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub struct Availability(pub Option<Ineligible>);

impl fmt::Display for Ineligible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NeedsApproval => "needs approval",
            Self::Unsigned => "not signed",
            Self::Collected | Self::Quarantined | Self::Yanked => self.into_str(),
        })
    }
}

impl VersionStatus {
    /// Why new tasks may not take the version, as far as its status says.
    pub fn ineligible(self) -> Option<Ineligible> {
        match self {
            Self::Active => None,
            Self::NeedsApproval => Some(Ineligible::NeedsApproval),
            Self::Yanked => Some(Ineligible::Yanked),
        }
    }
}

impl Availability {
    pub fn as_str(self) -> &'static str {
        let Self(ineligible) = self;
        ineligible.map_or(VersionStatus::Active.into_str(), |reason| reason.into_str())
    }
}

impl From<Availability> for &'static str {
    fn from(availability: Availability) -> Self {
        availability.as_str()
    }
}

impl TryFrom<String> for Availability {
    type Error = VersionStatusError;

    fn try_from(text: String) -> Result<Self, VersionStatusError> {
        match text.parse() {
            Err(_) if text != VersionStatus::Active.into_str() => Err(VersionStatusError(text)),
            ineligible => Ok(Self(ineligible.ok())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_reason_is_named() {
        let yanked = VersionState::of(VersionStatus::Yanked);
        let quarantined = VersionState {
            is_quarantined: true,
            ..yanked
        };
        let collected = VersionState {
            is_collected: true,
            ..quarantined
        };
        let reasons =
            [VersionState::ACTIVE, yanked, quarantined, collected].map(|it| it.ineligible());
        let named = reasons.map(status_name);
        assert_eq!(named, ["active", "yanked", "quarantined", "collected"]);
    }
}
