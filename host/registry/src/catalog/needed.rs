//! The versions that a collection has to leave.

use super::references::{all_eligible, taken};
use super::{Catalog, NamedPin};
use std::collections::BTreeSet;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{HandlerRef, QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, highest};

impl Catalog {
    /// The component versions that resolution takes for some new task of these handlers, each with the
    /// namespace of its template, that are the latest of their component, or that a pin leads or goes
    /// back to. Pins and signing policies may be removed at any time, so that what is taken without them
    /// counts too, and what pins would lead to if new tasks could take it.
    pub fn needed(&self, handlers: &[(Name, HandlerRef)]) -> BTreeSet<i32> {
        let families = self.components.values();
        let latest = families.filter_map(|family| {
            let stable = highest(family.versions(), &[&Requirement::any()]);
            stable.or_else(|| newest(family.versions())).map(id)
        });
        let mut needed: BTreeSet<i32> = latest.collect();
        for (home, handler) in handlers {
            let component = handler.component.qualified(home);
            let Some(family) = self.components.get(&component) else {
                continue;
            };
            let pin = self.pin(home, PinKind::Component, &component);
            for versions in [
                &self.held_to(home, PinKind::Component, &component)[..],
                family.versions(),
            ] {
                for pin in [pin, None] {
                    needed.extend(
                        taken(versions, &handler.requirement, pin)
                            .into_iter()
                            .map(id),
                    );
                }
            }
        }
        for (home, rules) in &self.rules {
            for (component, pin) in &rules.components {
                self.add_pinned(home, component, pin, &mut needed);
            }
        }
        needed
    }

    fn add_pinned(
        &self,
        home: &Name,
        component: &QualifiedName,
        pin: &NamedPin,
        needed: &mut BTreeSet<i32>,
    ) {
        let versions = self.held_to(home, PinKind::Component, component);
        let all = all_eligible(&versions);
        for requirement in pin.requirements() {
            needed.extend(highest(&versions, &[requirement]).map(id));
            needed.extend(highest(&all, &[requirement]).map(id));
        }
        let back = self.rollback_targets(home, component, pin);
        needed.extend(back.iter().map(|(_, target)| target.id));
    }
}

fn id(candidate: &Candidate<i32>) -> i32 {
    candidate.id
}

/// Where nothing is stable, the newest is what its author works on.
fn newest(versions: &[Candidate<i32>]) -> Option<&Candidate<i32>> {
    let usable = versions.iter().filter(|it| it.ineligible.is_none());
    usable.max_by(|a, b| a.version.cmp(&b.version))
}
