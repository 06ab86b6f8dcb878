//! What a version changes that is not there yet: which new tasks would take it, and what keeps the others
//! from it. Pure; what decides is the same choice that resolution makes.

use super::pin::Pinned;
use super::requirement::Requirement;
use super::resolve::{Candidate, Pin, highest};
use super::rollout::Percent;
use semver::Version;
use serde::{Deserialize, Serialize};

/// Whether new tasks would take a version at one place, which may ask for a range and be pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// They would take it instead of what they take now, or all would that are not on the pin's rollout.
    Moves,
    /// A share of them would, by the pin's rollout.
    Rollout,
    /// They take it already.
    Stays,
    /// The namespace's pin keeps them from it.
    Pinned,
    /// They take a higher version.
    Outranked,
    /// No key signed it that the namespace takes.
    Unsigned,
    /// It does not satisfy the requirement.
    Unmatched,
}

impl Impact {
    /// True if some new tasks would run it.
    pub fn is_taken(self) -> bool {
        match self {
            Self::Moves | Self::Rollout | Self::Stays => true,
            Self::Pinned | Self::Outranked | Self::Unsigned | Self::Unmatched => false,
        }
    }
}

/// What new tasks take for one step or template, now and with the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ImpactReport {
    pub impact: Impact,
    /// What they take now, but for those on a rollout; `None` if nothing will do.
    pub takes: Option<Version>,
    /// What they would take.
    pub would_take: Option<Version>,
    /// The share of new tasks that takes it, in percent, where a rollout decides.
    pub percent: Option<Percent>,
}

/// What a version changes where new tasks ask for `asked`, or for nothing, and are pinned so. `before` is
/// what exists, `after` the same with the version in it.
pub fn impact<Before, After>(
    version: &Version,
    (before, after): (&[Candidate<Before>], &[Candidate<After>]),
    asked: Option<&Requirement>,
    pin: Option<&Pinned>,
) -> ImpactReport {
    let takes = taken(before, asked, pin, false);
    let would_take = taken(after, asked, pin, false);
    let rollout = pin.and_then(|pin| pin.rollout.as_ref());
    let rolled_out = rollout.filter(|_| taken(after, asked, pin, true) == Some(version));
    let impact = match (takes, would_take) {
        (now, then) if then == Some(version) && now == then => Impact::Stays,
        (_, then) if then == Some(version) => Impact::Moves,
        _ if rolled_out.is_some() => Impact::Rollout,
        _ => kept_from(version, after, asked, pin),
    };
    let percent = match impact {
        Impact::Rollout => rolled_out.map(|rollout| rollout.percent),
        // Those on the rollout take what it leads to.
        Impact::Moves if rolled_out.is_none() => rollout.map(|rollout| rollout.percent.rest()),
        Impact::Moves
        | Impact::Stays
        | Impact::Pinned
        | Impact::Outranked
        | Impact::Unsigned
        | Impact::Unmatched => None,
    };
    ImpactReport {
        impact,
        takes: takes.cloned(),
        would_take: would_take.cloned(),
        percent,
    }
}

/// What keeps new tasks from it.
fn kept_from<Id>(
    version: &Version,
    after: &[Candidate<Id>],
    asked: Option<&Requirement>,
    pin: Option<&Pinned>,
) -> Impact {
    let any = Requirement::any();
    let wanted = match pin {
        Some(_) => asked,
        None => Some(asked.unwrap_or(&any)),
    };
    if wanted.is_some_and(|range| !range.matches(version)) {
        return Impact::Unmatched;
    }
    let found = after.iter().find(|it| it.version == *version);
    if found.is_none_or(|found| found.ineligible.is_some()) {
        return Impact::Unsigned;
    }
    match pin.is_some_and(|pin| !pin.requirement.matches(version)) {
        true => Impact::Pinned,
        false => Impact::Outranked,
    }
}

fn taken<'c, Id>(
    candidates: &'c [Candidate<Id>],
    asked: Option<&Requirement>,
    pin: Option<&Pinned>,
    is_on_rollout: bool,
) -> Option<&'c Version> {
    let chosen = match pin {
        Some(pin) => Pin::seen(pin, is_on_rollout).highest(candidates, asked),
        None => highest(candidates, &[asked.unwrap_or(&Requirement::any())]),
    };
    chosen.map(|candidate| &candidate.version)
}

#[cfg(test)]
mod tests;
