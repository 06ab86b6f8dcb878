//! What a pin would go back to, by a rollback or because new tasks may not take its version any more.

use super::{Catalog, NamedPin};
use crate::store::pin::{Decided, NewState};
use std::collections::BTreeSet;
use tasker_domain::name::Name;
use tasker_domain::pin::{PastChange, PinKind, Pinned, rollback_target};
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, highest};

impl Catalog {
    /// The new state of a pin after a version of its target became ineligible. A rollout without an eligible
    /// version ends. A requirement that no version satisfies is replaced by the last earlier requirement that
    /// one satisfies; if there is none, the pin stays as it is and new tasks are refused. Any other pin stays.
    pub fn auto_rollback(
        &self,
        (home, kind, target): (&Name, PinKind, &QualifiedName),
        pinned: &Pinned,
        newest_first: &[PastChange],
    ) -> Decided {
        let versions = self.held_to(home, kind, target);
        let is_met = |it: &Requirement| highest(&versions, &[it]).is_some();
        let (mut pinned, mut undid) = (pinned.clone(), None);
        pinned.rollout = pinned
            .rollout
            .filter(|rollout| is_met(&rollout.requirement));
        if !is_met(&pinned.requirement)
            && let Some((id, requirement)) = rollback_target(newest_first, is_met)
        {
            (pinned.requirement, undid) = (requirement, Some(id));
        }
        Decided {
            is_unresolvable: !is_met(&pinned.requirement),
            new_state: NewState { pinned, undid },
        }
    }

    /// The versions to which this pin of a component would resolve if it were rolled back now, or if its
    /// current version became ineligible, with their requirements. Ineligible versions are never a target: a
    /// yanked version is not rolled back to.
    pub fn rollback_targets(
        &self,
        home: &Name,
        component: &QualifiedName,
        pin: &NamedPin,
    ) -> Vec<(Requirement, Candidate<i32>)> {
        let Some(history) = self.histories.get(&(home.clone(), component.clone())) else {
            return Vec::new();
        };
        let versions = self.held_to(home, PinKind::Component, component);
        let led = pin
            .requirements()
            .filter_map(|it| highest(&versions, &[it]));
        let led: BTreeSet<i32> = led.map(|led| led.id).collect();
        let others = versions.iter().filter(|other| !led.contains(&other.id));
        let others: Vec<_> = others.cloned().collect();
        let back = [&versions[..], &others[..]].map(|versions| {
            let is_met = |it: &Requirement| highest(versions, &[it]).is_some();
            let (_, requirement) = rollback_target(history, is_met)?;
            let target = highest(versions, &[&requirement])?.clone();
            Some((requirement, target))
        });
        back.into_iter().flatten().collect()
    }
}
