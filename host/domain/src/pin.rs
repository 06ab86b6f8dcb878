//! Pins: what new tasks of a namespace take, and how that may change.

use super::error_report::{ErrorClass, ErrorReport, Report};
use super::guard::{Guard, GuardError};
use super::ramp::Percent;
use super::requirement::{Requirement, RequirementError};
use semver::Version;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a pin is about.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    clap::ValueEnum,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", const_into_str, parse_err_ty = PinKindError, parse_err_fn = PinKindError::unknown)]
pub enum PinKind {
    Template,
    Component,
}

impl PinKind {
    /// How a namespace calls its pin of this kind: `component charge`, `component other/charge`.
    pub fn pin_name(self, target: &str) -> String {
        format!("{} {target}", self.into_str())
    }
}

/// A text that is not a kind of pin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither `template` nor `component`")]
pub struct PinKindError(String);

impl PinKindError {
    fn unknown(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What a pin says.
#[derive(Clone, Debug, PartialEq)]
pub struct Pinned {
    /// What new tasks take, but for those that are on the ramp.
    pub requirement: Requirement,
    pub ramp: Option<Ramp>,
}

/// The way of a pin from one requirement to another, by a share of new tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Ramp {
    /// Where to.
    pub requirement: Requirement,
    pub percent: Percent,
    /// None: nothing watches it.
    pub guard: Option<Guard>,
    /// Why its share may not grow, where somebody or its guard froze it.
    pub frozen: Option<String>,
}

/// A step of a ramp: its first, or one further.
#[derive(Clone, Debug, PartialEq)]
pub struct RampStep {
    pub to: Requirement,
    pub percent: Percent,
    /// None: the guard that it has, the usual one at first. `Some(None)`: no guard.
    pub guard: Option<Option<Guard>>,
    /// Goes on though the ramp is frozen, which it is no more then.
    pub is_forced: bool,
}

/// Why a change of a pin is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PinChangeError {
    #[error("the pin has no ramp; begin one, for example at 10 percent")]
    NoRamp,
    #[error(
        "the ramp to {to} is frozen at {percent} ({because}); thaw it, force it, or roll it back"
    )]
    Frozen {
        to: Requirement,
        percent: Percent,
        because: String,
    },
    #[error("the ramp to {0} is not frozen")]
    NotFrozen(Requirement),
    #[error("the pin takes {0} already; name another version to ramp to")]
    SameRequirement(Requirement),
    #[error(
        "{from} and {to} both mean {version} now; pin the version that runs today, then ramp to the other"
    )]
    SameVersion {
        from: Requirement,
        to: Requirement,
        version: Box<Version>,
    },
    #[error("the pin had no other version before {0}; set it to the wanted version, or remove it")]
    NothingBefore(Requirement),
    #[error(transparent)]
    Guard(#[from] GuardError),
}

impl Report for PinChangeError {
    fn report(&self) -> ErrorReport {
        let (class, code) = match self {
            Self::NoRamp => (ErrorClass::Conflict, "no_ramp"),
            Self::Frozen { .. } => (ErrorClass::Conflict, "ramp_is_frozen"),
            Self::NotFrozen(_) => (ErrorClass::Conflict, "ramp_is_not_frozen"),
            Self::NothingBefore(_) => (ErrorClass::Conflict, "nothing_to_roll_back"),
            Self::SameRequirement(_) | Self::SameVersion { .. } => {
                (ErrorClass::Refused, "ramp_goes_nowhere")
            }
            Self::Guard(_) => (ErrorClass::Refused, "invalid_guard"),
        };
        ErrorReport::new(class, code)
    }
}

impl Pinned {
    /// A pin without a ramp.
    pub fn at(requirement: Requirement) -> Self {
        Self {
            requirement,
            ramp: None,
        }
    }

    /// The pin after a step of its ramp; at 100 percent the ramp ends and its target is the pin.
    /// A step to elsewhere begins a new ramp. A frozen one goes back, but not further, unless forced:
    /// then it is thawed.
    pub fn ramped(self, step: RampStep) -> Result<Self, PinChangeError> {
        let RampStep {
            to,
            percent,
            guard,
            is_forced,
        } = step;
        if to == self.requirement {
            return Err(PinChangeError::SameRequirement(to));
        }
        let (requirement, before) = (self.requirement, self.ramp);
        let before = before.filter(|ramp| ramp.requirement == to);
        if let Some(ramp) = &before
            && let Some(because) = &ramp.frozen
            && percent > ramp.percent
            && !is_forced
        {
            let (percent, because) = (ramp.percent, because.clone());
            return Err(PinChangeError::Frozen {
                to,
                percent,
                because,
            });
        }
        if percent.is_all() {
            return Ok(Self::at(to));
        }
        let (kept, frozen) = match before {
            Some(ramp) => (ramp.guard, ramp.frozen.filter(|_| !is_forced)),
            None => (Some(Guard::default()), None),
        };
        let guard = guard.unwrap_or(kept).map(Guard::checked).transpose()?;
        let ramp = Ramp {
            requirement: to,
            percent,
            guard,
            frozen,
        };
        Ok(Self {
            requirement,
            ramp: Some(ramp),
        })
    }

    /// The same with its ramp frozen: its share stays, and its guard leaves it alone.
    pub fn frozen(self, because: &str) -> Result<Self, PinChangeError> {
        let frozen = Some(because.to_owned());
        self.with_ramp(|ramp| Ok(Ramp { frozen, ..ramp }))
    }

    /// The same with its ramp free again; its guard looks at what comes from now on.
    pub fn thawed(self) -> Result<Self, PinChangeError> {
        self.with_ramp(|ramp| match ramp.frozen {
            Some(_) => Ok(Ramp {
                frozen: None,
                ..ramp
            }),
            None => Err(PinChangeError::NotFrozen(ramp.requirement)),
        })
    }

    fn with_ramp(
        self,
        change: impl FnOnce(Ramp) -> Result<Ramp, PinChangeError>,
    ) -> Result<Self, PinChangeError> {
        let ramp = self.ramp.ok_or(PinChangeError::NoRamp)?;
        Ok(Self {
            requirement: self.requirement,
            ramp: Some(change(ramp)?),
        })
    }
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.requirement)?;
        match &self.ramp {
            Some(ramp) => write!(f, " → {} {}", ramp.requirement, ramp.percent),
            None => Ok(()),
        }
    }
}

/// Where a ramp goes: a full version means exactly that one, since a ramp compares two versions; all
/// else is a requirement as ever.
pub fn destination(text: &str) -> Result<Requirement, RequirementError> {
    match Version::parse(text.trim()) {
        Ok(version) => Ok(Requirement::exact(&version)),
        Err(_) => text.parse(),
    }
}

/// One change of a pin's requirement, as its history has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastChange {
    pub id: i64,
    /// None: there was no pin.
    pub from: Option<String>,
    pub to: Option<String>,
    /// Which change this one took back, where it did.
    pub undid: Option<i64>,
}

/// The changes of the requirement that are not undone, the newest first: what
/// was taken back already, and what took it back, is passed over. It ends where there was no pin.
pub fn standing(newest_first: &[PastChange]) -> impl Iterator<Item = (i64, &str)> {
    let mut below = i64::MAX;
    let changes = newest_first.iter().filter(move |change| {
        let is_passed = change.id >= below;
        match change.undid {
            Some(undid) if !is_passed => below = undid,
            Some(_) | None => {}
        }
        !is_passed && change.undid.is_none() && change.from != change.to
    });
    changes.map_while(|change| Some((change.id, change.from.as_deref()?)))
}

/// The newest requirement before the present one that could be gone back to, with the change that is
/// taken back: the first that something satisfies.
pub fn rollback_target(
    newest_first: &[PastChange],
    is_met: impl Fn(&Requirement) -> bool,
) -> Option<(i64, Requirement)> {
    standing(newest_first)
        .filter_map(|(id, text)| Some((id, text.parse().ok()?)))
        .find(|(_, requirement)| is_met(requirement))
}

#[cfg(test)]
mod tests;
