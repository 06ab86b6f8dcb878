//! Which exact versions a new task runs: pure, once, at submit. What comes out is the lock.
//!
//! Candidates, requirements and pins come in as values, so that the caller can load them with one
//! query. Versions that new tasks may not take are candidates too: an error can then say that they exist.

mod existing;
mod ineligible;

pub use existing::Existing;
pub use ineligible::{
    Availability, Ineligible, VersionState, VersionStatus, VersionStatusError, status_name,
};

use super::name::Name;
use super::pin::Pinned;
use super::requirement::{HandlerRef, QualifiedName, Requirement};
use semver::Version;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// One version that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate<Id> {
    pub version: Version,
    /// Why new tasks may not take it, if so.
    pub ineligible: Option<Ineligible>,
    /// What the caller knows this version by.
    pub id: Id,
}

/// All versions of the components that a template names; a missing entry is a component that does
/// not exist.
pub type Components<'a, Id> = BTreeMap<QualifiedName, Cow<'a, [Candidate<Id>]>>;

/// The pins of one namespace, as one task sees them.
pub type Pins = BTreeMap<QualifiedName, Pin>;

/// A pin as one task sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub requirement: Requirement,
    /// Where the pin's rollout goes, if this task is on it. Such a version is taken first; where none
    /// can be, the task takes what the others take.
    pub rollout: Option<Requirement>,
}

impl Pin {
    /// A pin without a rollout, or with one that the task is not on.
    pub fn at(requirement: Requirement) -> Self {
        Self {
            requirement,
            rollout: None,
        }
    }

    /// The pin as a task sees it that is on its rollout or is not.
    pub fn seen(pinned: &Pinned, is_on_rollout: bool) -> Self {
        let rollout = pinned.rollout.as_ref().filter(|_| is_on_rollout);
        Self {
            requirement: pinned.requirement.clone(),
            rollout: rollout.map(|rollout| rollout.requirement.clone()),
        }
    }

    /// The highest version that the pin allows and `asked`, where given, too.
    pub fn highest<'a, Id>(
        &self,
        candidates: &'a [Candidate<Id>],
        asked: Option<&Requirement>,
    ) -> Option<&'a Candidate<Id>> {
        let of = |pin| match asked {
            Some(asked) => highest(candidates, &[asked, pin]),
            None => highest(candidates, &[pin]),
        };
        let rollout = self.rollout.as_ref().and_then(of);
        rollout.or_else(|| of(&self.requirement))
    }

    /// True if `chosen`, the pin's choice, was the rollout's.
    pub fn is_rollout_to(&self, chosen: &Version) -> bool {
        self.rollout.as_ref().is_some_and(|to| to.matches(chosen))
    }
}

/// Why there is no version to run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    #[error("there is no template {target}; publish one or correct the name")]
    NoTemplate { target: QualifiedName },
    #[error(
        "{target} has {existing}; none satisfies the requested {asked}; publish one or ask for another"
    )]
    TemplateAsked {
        target: QualifiedName,
        asked: Requirement,
        existing: Existing,
    },
    #[error(
        "{target} has {existing}; none satisfies the namespace's pin {pin}; publish one, change the pin or ask for a version"
    )]
    TemplatePin {
        target: QualifiedName,
        pin: Requirement,
        existing: Existing,
    },
    #[error(
        "{target} has {existing}; none is stable; publish a stable version or ask for a pre-release by its version"
    )]
    TemplateUnstable {
        target: QualifiedName,
        existing: Existing,
    },
    #[error(
        "there is no component {target}, which step `{step}` runs; publish it or correct the handler"
    )]
    NoComponent { step: Name, target: QualifiedName },
    #[error(
        "{} has {}; none satisfies {}; publish one or change the requirement at step `{}`{}",
        .0.target, .0.existing, .0.requirement, .0.step, .0.existing.remedy()
    )]
    Requirement(Box<Unmet>),
    #[error(
        "{} has {}; none satisfies the namespace's pin {pin}, which step `{}` (requirement {}) \
         runs by; publish one or change the pin{}",
        unmet.target, unmet.existing, unmet.step, unmet.requirement, unmet.existing.remedy()
    )]
    Pin { pin: Requirement, unmet: Box<Unmet> },
    #[error(
        "{}: the namespace's pin {pin} and the requirement {} at step `{}` have no version in \
         common; it has {}; change the pin or the requirement{}",
        unmet.target, unmet.requirement, unmet.step, unmet.existing, unmet.existing.remedy()
    )]
    Conflict { pin: Requirement, unmet: Box<Unmet> },
}

/// What a step asks for in vain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    pub step: Name,
    pub target: QualifiedName,
    pub requirement: Requirement,
    pub existing: Existing,
}

/// The template version of a new task: the highest that satisfies what the caller asked for, else
/// the namespace's pin, else the highest stable one.
pub fn choose_template<'a, Id>(
    target: &QualifiedName,
    candidates: &'a [Candidate<Id>],
    asked: Option<&Requirement>,
    pin: Option<&Pin>,
) -> Result<&'a Candidate<Id>, ResolveError> {
    let target = target.clone();
    if candidates.is_empty() {
        return Err(ResolveError::NoTemplate { target });
    }
    let existing = || Existing::of(candidates);
    match (asked, pin) {
        (Some(asked), _) => highest(candidates, &[asked]).ok_or_else(|| {
            let (asked, existing) = (asked.clone(), existing());
            ResolveError::TemplateAsked {
                target,
                asked,
                existing,
            }
        }),
        (None, Some(pin)) => pin.highest(candidates, None).ok_or_else(|| {
            let (pin, existing) = (pin.requirement.clone(), existing());
            ResolveError::TemplatePin {
                target,
                pin,
                existing,
            }
        }),
        (None, None) => highest(candidates, &[&Requirement::any()]).ok_or_else(|| {
            let existing = existing();
            ResolveError::TemplateUnstable { target, existing }
        }),
    }
}

/// The component version of each step, in the order of `steps`, or all errors. `home` is the namespace
/// of the template, to which handlers without a namespace belong; `pins` are those of the namespace of
/// the task.
pub fn choose_components<'a, 's, Id: Clone>(
    home: &Name,
    steps: impl IntoIterator<Item = (&'s Name, &'s HandlerRef)>,
    components: &'a Components<'_, Id>,
    pins: &Pins,
) -> Result<Vec<&'a Candidate<Id>>, Vec<ResolveError>> {
    let mut chosen = Vec::new();
    let mut errors = Vec::new();
    for (step, handler) in steps {
        let target = handler.component.qualified(home);
        let pin = pins.get(&target);
        let candidates = components.get(&target).map_or(&[][..], AsRef::as_ref);
        match choose_component(home, step, target, &handler.requirement, pin, candidates) {
            Ok(candidate) => chosen.push(candidate),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(chosen)
    } else {
        Err(errors)
    }
}

fn choose_component<'a, Id>(
    home: &Name,
    step: &Name,
    target: QualifiedName,
    requirement: &Requirement,
    pin: Option<&Pin>,
    candidates: &'a [Candidate<Id>],
) -> Result<&'a Candidate<Id>, ResolveError> {
    let step = step.clone();
    if candidates.is_empty() {
        return Err(ResolveError::NoComponent { step, target });
    }
    let chosen = match pin {
        Some(pin) => pin.highest(candidates, Some(requirement)),
        None => highest(candidates, &[requirement]),
    };
    chosen.ok_or_else(|| {
        let (requirement, existing) = (requirement.clone(), Existing::of(candidates).seen_by(home));
        let unmet = Box::new(Unmet {
            step,
            target,
            requirement,
            existing,
        });
        match pin.map(|pin| pin.requirement.clone()) {
            None => ResolveError::Requirement(unmet),
            Some(pin) if highest(candidates, &[&pin]).is_none() => ResolveError::Pin { pin, unmet },
            Some(pin) => ResolveError::Conflict { pin, unmet },
        }
    })
}

/// The highest version that new tasks may take and that satisfies all of these requirements. Fastest if
/// the candidates are in descending order: versions below the best one so far are skipped.
pub fn highest<'a, Id>(
    candidates: &'a [Candidate<Id>],
    requirements: &[&Requirement],
) -> Option<&'a Candidate<Id>> {
    let mut found: Option<&Candidate<Id>> = None;
    for candidate in candidates {
        let is_higher = found.is_none_or(|found| candidate.version > found.version);
        let satisfies = |range: &&Requirement| range.matches(&candidate.version);
        if is_higher && candidate.ineligible.is_none() && requirements.iter().all(satisfies) {
            found = Some(candidate);
        }
    }
    found
}

#[cfg(test)]
mod tests;
