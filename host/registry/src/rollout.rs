//! Rollouts: a pin goes from one version to another by a share of new tasks, and back at once.

use super::catalog::Catalog;
use super::pin::{PinTarget, check_matches};
use super::{Registry, RegistryError};
use crate::store::pin::{NewState, PinBy, PinRow};
use tasker_domain::pin::{PastChange, PinChangeError, Pinned, RolloutStep, standing};
use tasker_domain::requirement::Requirement;
use tasker_domain::resolve::{Candidate, highest};

impl Registry {
    /// Takes a step of the pin's rollout: begins it, moves its share, or ends it at 100 percent.
    /// Refused if either end means no version, or both mean the same.
    pub async fn roll_out(
        &self,
        pin: &PinTarget,
        step: RolloutStep,
        by: &PinBy<'_>,
    ) -> Result<PinRow, RegistryError> {
        let decide = |catalog: &Catalog, pinned: Option<Pinned>, _: &[PastChange]| {
            let candidates = catalog.pinnable(pin)?;
            check_matches(pin, &candidates, &step.to)?;
            let pinned = pinned.ok_or_else(|| nothing_to_rollout(pin, &candidates))?;
            check_differs(&candidates, &pinned.requirement, &step.to)
                .and_then(|()| pinned.rolled_out(step.clone()))
                .map(NewState::of)
                .map_err(|source| pin.refused(source))
        };
        self.change_pin(pin, by, decide).await
    }

    /// Holds the rollout where it is: its share cannot grow, and its guard leaves it alone.
    pub async fn pause_rollout(
        &self,
        pin: &PinTarget,
        by: &PinBy<'_>,
    ) -> Result<PinRow, RegistryError> {
        let because = match by.reason {
            "" => format!("by {}", by.actor),
            reason => format!("by {}: {reason}", by.actor),
        };
        self.change(pin, by, |pinned| pinned.paused(&because)).await
    }

    /// Lets a paused rollout go on; its guard looks at tasks from now on.
    pub async fn resume_rollout(
        &self,
        pin: &PinTarget,
        by: &PinBy<'_>,
    ) -> Result<PinRow, RegistryError> {
        self.change(pin, by, Pinned::resumed).await
    }

    /// Ends the rollout where it began; without a rollout, the pin goes back to what it was before its
    /// last change that was not taken back yet, its removal too. New tasks take that at once, on every host; tasks
    /// that exist keep what they have.
    pub async fn rollback_pin(
        &self,
        pin: &PinTarget,
        by: &PinBy<'_>,
    ) -> Result<PinRow, RegistryError> {
        let back = |catalog: &Catalog, pinned: Option<Pinned>, past: &[PastChange]| {
            let candidates = catalog.pinnable(pin)?;
            if let Some(pinned) = &pinned
                && pinned.rollout.is_some()
            {
                return Ok(NewState::of(Pinned::at(pinned.requirement.clone())));
            }
            let Some((id, before)) = standing(past).next() else {
                return Err(match pinned {
                    Some(pinned) => pin.refused(PinChangeError::NothingBefore(pinned.requirement)),
                    None => pin.unknown(),
                });
            };
            let before: Requirement = before.parse()?;
            check_matches(pin, &candidates, &before)?;
            Ok(NewState {
                pinned: Pinned::at(before),
                undid: Some(id),
            })
        };
        self.change_pin(pin, by, back).await
    }

    async fn change(
        &self,
        pin: &PinTarget,
        by: &PinBy<'_>,
        change: impl Fn(Pinned) -> Result<Pinned, PinChangeError>,
    ) -> Result<PinRow, RegistryError> {
        let decide = |_: &Catalog, pinned: Option<Pinned>, _: &[PastChange]| {
            let changed = change(pinned.ok_or_else(|| pin.unknown())?);
            changed
                .map(NewState::of)
                .map_err(|source| pin.refused(source))
        };
        self.change_pin(pin, by, decide).await
    }
}

fn nothing_to_rollout(pin: &PinTarget, candidates: &[Candidate<i32>]) -> RegistryError {
    let now = highest(candidates, &[&Requirement::any()]);
    RegistryError::NothingToRollout {
        namespace: pin.namespace.clone(),
        kind: pin.kind,
        target: pin.qualified().clone(),
        now: now.map(|now| now.version.clone()),
    }
}

fn check_differs(
    candidates: &[Candidate<i32>],
    from: &Requirement,
    to: &Requirement,
) -> Result<(), PinChangeError> {
    let version = |requirement| highest(candidates, &[requirement]).map(|it| &it.version);
    match (version(from), version(to)) {
        (Some(a), Some(b)) if a == b && from != to => Err(PinChangeError::SameVersion {
            from: from.clone(),
            to: to.clone(),
            version: Box::new(a.clone()),
        }),
        _ => Ok(()),
    }
}
