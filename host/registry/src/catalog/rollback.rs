//! What a pin would go back to, by a rollback or because new tasks may not take its version any more.

use super::{Catalog, NamedPin};
use std::collections::BTreeSet;
use tasker_domain::name::Name;
use tasker_domain::pin::{PinKind, rollback_target};
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, highest};

impl Catalog {
    /// The versions that this pin of a component would lead to if it were rolled back now, or if new
    /// tasks could not take what it leads to, with the requirements that lead there. Nothing that new
    /// tasks may not take: whoever yanks a version does not go back to it.
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
