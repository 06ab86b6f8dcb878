//! How far a version reaches that is not there yet: which new tasks would take it, and what keeps
//! the others from it. Pure; what decides is the same choice that resolution makes.

use super::pin::Pinned;
use super::ramp::Percent;
use super::requirement::Requirement;
use super::resolve::{Candidate, Pin, highest};
use semver::Version;
use serde::{Deserialize, Serialize};

/// Whether new tasks would take a version at one place, which may ask for a range and be pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// They would take it instead of what they take now, or all would that are not on the pin's ramp.
    Moves,
    /// A share of them would, by the pin's ramp.
    Ramped,
    /// They take it already.
    Stays,
    /// The namespace's pin keeps them from it.
    Pinned,
    /// They take a higher version.
    Outranked,
    /// No key signed it that the namespace takes.
    Unsigned,
    /// It does not satisfy what is asked for.
    Unmatched,
}

impl Reach {
    /// True where some new tasks would run it.
    pub fn is_taken(self) -> bool {
        match self {
            Self::Moves | Self::Ramped | Self::Stays => true,
            Self::Pinned | Self::Outranked | Self::Unsigned | Self::Unmatched => false,
        }
    }
}

/// What new tasks take at one place, as it stands and with the version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub reach: Reach,
    /// What they take now, but for those on a ramp; none where nothing will do.
    pub takes: Option<Version>,
    /// What they would take.
    pub would_take: Option<Version>,
    /// The share of new tasks that takes it, in percent, where a ramp decides.
    pub percent: Option<Percent>,
}

/// A version beside those that exist.
pub struct Arrival<'a, Id> {
    pub version: &'a Version,
    before: &'a [Candidate<Id>],
    after: Vec<Candidate<()>>,
}

impl<'a, Id> Arrival<'a, Id> {
    /// `before`: what exists; the version itself may be among it, barred or not.
    pub fn new(version: &'a Version, before: &'a [Candidate<Id>]) -> Self {
        let others = before.iter().filter(|other| other.version != *version);
        let nameless = |other: &Candidate<Id>| Candidate {
            version: other.version.clone(),
            bar: other.bar,
            id: (),
        };
        let arrived = Candidate {
            version: version.clone(),
            bar: None,
            id: (),
        };
        let after = others.map(nameless).chain([arrived]).collect();
        Self {
            version,
            before,
            after,
        }
    }

    /// How far it reaches where new tasks ask for `asked`, or for nothing, and are pinned so.
    pub fn reach(&self, asked: Option<&Requirement>, pin: Option<&Pinned>) -> Reached {
        let takes = taken(self.before, asked, pin, false);
        let would_take = taken(&self.after, asked, pin, false);
        let ramp = pin.and_then(|pin| pin.ramp.as_ref());
        let ramped = ramp.filter(|_| taken(&self.after, asked, pin, true) == Some(self.version));
        let reach = match (takes, would_take) {
            (now, then) if then == Some(self.version) && now == then => Reach::Stays,
            (_, then) if then == Some(self.version) => Reach::Moves,
            _ if ramped.is_some() => Reach::Ramped,
            _ => self.kept_from(asked, pin),
        };
        let percent = match reach {
            Reach::Ramped => ramped.map(|ramp| ramp.percent),
            // Those on the ramp take what it leads to.
            Reach::Moves if ramped.is_none() => ramp.map(|ramp| ramp.percent.rest()),
            Reach::Moves
            | Reach::Stays
            | Reach::Pinned
            | Reach::Outranked
            | Reach::Unsigned
            | Reach::Unmatched => None,
        };
        Reached {
            reach,
            takes: takes.cloned(),
            would_take: would_take.cloned(),
            percent,
        }
    }

    /// The same where the namespace does not take it for want of a signature.
    pub fn unsigned(&self, asked: Option<&Requirement>, pin: Option<&Pinned>) -> Reached {
        let takes = taken(self.before, asked, pin, false);
        let reach = match self.kept_from(asked, pin) {
            Reach::Unmatched => Reach::Unmatched,
            Reach::Moves
            | Reach::Ramped
            | Reach::Stays
            | Reach::Pinned
            | Reach::Outranked
            | Reach::Unsigned => Reach::Unsigned,
        };
        Reached {
            reach,
            takes: takes.cloned(),
            would_take: takes.cloned(),
            percent: None,
        }
    }

    /// What keeps new tasks from it.
    fn kept_from(&self, asked: Option<&Requirement>, pin: Option<&Pinned>) -> Reach {
        let any = Requirement::any();
        let wanted = match pin {
            Some(_) => asked,
            None => Some(asked.unwrap_or(&any)),
        };
        if wanted.is_some_and(|range| !range.matches(self.version)) {
            return Reach::Unmatched;
        }
        match pin.is_some_and(|pin| !pin.requirement.matches(self.version)) {
            true => Reach::Pinned,
            false => Reach::Outranked,
        }
    }
}

fn taken<'c, Id>(
    candidates: &'c [Candidate<Id>],
    asked: Option<&Requirement>,
    pin: Option<&Pinned>,
    is_on_ramp: bool,
) -> Option<&'c Version> {
    let chosen = match pin {
        Some(pin) => Pin::seen(pin, is_on_ramp).highest(candidates, asked),
        None => highest(candidates, &[asked.unwrap_or(&Requirement::any())]),
    };
    chosen.map(|candidate| &candidate.version)
}

#[cfg(test)]
mod tests;
