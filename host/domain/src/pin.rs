//! Pins: what new tasks of a namespace take, and how that may change.

use super::error_report::{ErrorClass, ErrorReport, Report};
use super::guard::{Guard, GuardError};
use super::named_enum::named_enum;
use super::requirement::{Requirement, RequirementError};
use super::rollout::Percent;
use semver::Version;
use std::fmt;

named_enum! {
    /// What has versions, and what a pin is about.
    #[derive(clap::ValueEnum, strum::Display)]
    #[strum(parse_err_ty = PinKindError, parse_err_fn = PinKindError::unknown)]
    pub enum PinKind {
        Template,
        Component,
    }
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
    /// What new tasks take, but for those that are on the rollout.
    pub requirement: Requirement,
    pub rollout: Option<Rollout>,
}

/// The way of a pin from one requirement to another, by a share of new tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollout {
    /// Where to.
    pub requirement: Requirement,
    pub percent: Percent,
    /// None: nothing watches it.
    pub guard: Option<Guard>,
    /// Why its share may not grow, where somebody or its guard paused it.
    pub paused: Option<String>,
}

/// A step of a rollout: its first, or one further.
#[derive(Clone, Debug, PartialEq)]
pub struct RolloutStep {
    pub to: Requirement,
    pub percent: Percent,
    /// None: the guard that it has, the usual one at first. `Some(None)`: no guard.
    pub guard: Option<Option<Guard>>,
    /// Goes on though the rollout is paused, which it is no more then.
    pub is_forced: bool,
}

/// Why a change of a pin is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PinChangeError {
    #[error("the pin has no rollout; start one, for example at 10 percent")]
    NoRollout,
    #[error(
        "the rollout to {to} is paused at {percent} ({because}); resume it, force it, or roll it back: tasker rollout resume, start --force or rollback"
    )]
    Paused {
        to: Requirement,
        percent: Percent,
        because: String,
    },
    #[error("the rollout to {to} is paused already ({because})")]
    PausedAlready { to: Requirement, because: String },
    #[error("the rollout to {0} is not paused")]
    NotPaused(Requirement),
    #[error("the pin takes {0} already; name another version to roll out")]
    SameRequirement(Requirement),
    #[error(
        "{from} and {to} both mean {version} now; pin the version that runs today, then start a rollout to the other"
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
            Self::NoRollout => (ErrorClass::Conflict, "no_rollout"),
            Self::Paused { .. } | Self::PausedAlready { .. } => {
                (ErrorClass::Conflict, "rollout_is_paused")
            }
            Self::NotPaused(_) => (ErrorClass::Conflict, "rollout_is_not_paused"),
            Self::NothingBefore(_) => (ErrorClass::Conflict, "nothing_to_roll_back"),
            Self::SameRequirement(_) | Self::SameVersion { .. } => {
                (ErrorClass::Refused, "rollout_goes_nowhere")
            }
            Self::Guard(_) => (ErrorClass::Refused, "invalid_guard"),
        };
        ErrorReport::new(class, code)
    }
}

impl Pinned {
    /// A pin without a rollout.
    pub fn at(requirement: Requirement) -> Self {
        Self {
            requirement,
            rollout: None,
        }
    }

    /// The pin after a step of its rollout; at 100 percent the rollout ends and its target is the pin.
    /// A step to elsewhere begins a new rollout. A paused one goes back, but not further, unless forced:
    /// then it is resumed.
    pub fn rolled_out(self, step: RolloutStep) -> Result<Self, PinChangeError> {
        let RolloutStep {
            to,
            percent,
            guard,
            is_forced,
        } = step;
        if to == self.requirement {
            return Err(PinChangeError::SameRequirement(to));
        }
        let (requirement, before) = (self.requirement, self.rollout);
        let before = before.filter(|rollout| rollout.requirement == to);
        if let Some(rollout) = &before
            && let Some(because) = &rollout.paused
            && percent > rollout.percent
            && !is_forced
        {
            let (percent, because) = (rollout.percent, because.clone());
            return Err(PinChangeError::Paused {
                to,
                percent,
                because,
            });
        }
        if percent.is_all() {
            return Ok(Self::at(to));
        }
        let (kept, paused) = match before {
            Some(rollout) => (rollout.guard, rollout.paused.filter(|_| !is_forced)),
            None => (Some(Guard::default()), None),
        };
        let guard = guard.unwrap_or(kept).map(Guard::checked).transpose()?;
        let rollout = Rollout {
            requirement: to,
            percent,
            guard,
            paused,
        };
        Ok(Self {
            requirement,
            rollout: Some(rollout),
        })
    }

    /// The same with its rollout paused: its share stays, and its guard leaves it alone. Refused where it is
    /// paused, so that the reason of the pause stays.
    pub fn paused(self, because: &str) -> Result<Self, PinChangeError> {
        self.with_rollout(|rollout| match rollout.paused {
            Some(because) => Err(PinChangeError::PausedAlready {
                to: rollout.requirement,
                because,
            }),
            None => Ok(Rollout {
                paused: Some(because.to_owned()),
                ..rollout
            }),
        })
    }

    /// The same with its rollout free again; its guard looks at what comes from now on. Refused where it is
    /// not paused.
    pub fn resumed(self) -> Result<Self, PinChangeError> {
        self.with_rollout(|rollout| match rollout.paused {
            Some(_) => Ok(Rollout {
                paused: None,
                ..rollout
            }),
            None => Err(PinChangeError::NotPaused(rollout.requirement)),
        })
    }

    fn with_rollout(
        self,
        change: impl FnOnce(Rollout) -> Result<Rollout, PinChangeError>,
    ) -> Result<Self, PinChangeError> {
        let rollout = self.rollout.ok_or(PinChangeError::NoRollout)?;
        Ok(Self {
            requirement: self.requirement,
            rollout: Some(change(rollout)?),
        })
    }
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.requirement)?;
        match &self.rollout {
            Some(rollout) => write!(f, " → {} {}", rollout.requirement, rollout.percent),
            None => Ok(()),
        }
    }
}

/// Where a rollout goes: a full version means exactly that one, since a rollout compares two versions; all
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
