//! What has new tasks take a version.

use super::{Catalog, NamedPin, TemplateStep};
use semver::Version;
use std::collections::BTreeMap;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::references::{PinReference, PinSide, StepReference, SubscriptionReference};
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Ineligible, VersionStatus, highest};

impl Catalog {
    /// The pins that lead to the version, that would lead to it if new tasks could take it, or that go
    /// back to it.
    pub fn pin_references(
        &self,
        kind: PinKind,
        target: &QualifiedName,
        version: &Version,
    ) -> Vec<PinReference> {
        let references = self.pins_of(kind, target).flat_map(|(home, pin)| {
            let versions = self.held_to(home, kind, target);
            let mut found = led_to(pin, &versions, version);
            found.extend(self.goes_back(home, target, pin, version, &versions));
            let reference = |(side, requirement): (PinSide, Requirement)| PinReference {
                namespace: home.to_string(),
                target: pin.target.clone(),
                requirement: requirement.to_string(),
                side,
            };
            found.into_iter().map(reference).collect::<Vec<_>>()
        });
        references.collect()
    }

    /// How the pin goes back to the version, unless it leads there anyway.
    fn goes_back(
        &self,
        home: &Name,
        component: &QualifiedName,
        pin: &NamedPin,
        version: &Version,
        versions: &[Candidate<i32>],
    ) -> Option<(PinSide, Requirement)> {
        let is_version = |it: &Candidate<i32>| it.version == *version;
        let mut led = pin.requirements().filter_map(|it| highest(versions, &[it]));
        if led.any(is_version) {
            return None;
        }
        let targets = self.rollback_targets(home, component, pin).into_iter();
        let mut back = targets.filter(|(_, target)| is_version(target));
        back.next()
            .map(|(requirement, _)| (PinSide::Rollback, requirement))
    }

    /// The subscriptions whose events this version of a component takes.
    pub fn subscription_references(
        &self,
        component: &QualifiedName,
        version: &Version,
    ) -> Vec<SubscriptionReference> {
        let references = self.subscriptions.iter().filter_map(|it| {
            let (home, asked) = (&it.namespace, &it.handler.requirement);
            let versions = self.versions(home, PinKind::Component, component);
            let pin = self.pin(home, PinKind::Component, component);
            let mut takes = taken(&versions, asked, pin).into_iter();
            let is_taken = takes.any(|taken| taken.version == *version);
            is_taken.then(|| SubscriptionReference {
                namespace: home.to_string(),
                subscription: it.subscription.clone(),
                requirement: asked.to_string(),
            })
        });
        references.collect()
    }

    /// The steps whose new tasks take this version of a component.
    pub fn step_references(
        &self,
        component: &QualifiedName,
        version: &Version,
    ) -> Vec<StepReference> {
        let mut by_namespace = BTreeMap::new();
        let references = self.steps.iter().filter_map(|step| {
            let home = &step.namespace;
            if step.status == VersionStatus::Yanked || step.component() != *component {
                return None;
            }
            let versions = by_namespace
                .entry(home)
                .or_insert_with(|| self.versions(home, PinKind::Component, component));
            let pin = self.pin(home, PinKind::Component, component);
            step_reference(step, version, versions, pin)
        });
        references.collect()
    }
}

/// What new tasks take that ask for this: on each side of the pin, or without one.
pub(super) fn taken<'v, Id>(
    versions: &'v [Candidate<Id>],
    asked: &Requirement,
    pin: Option<&NamedPin>,
) -> Vec<&'v Candidate<Id>> {
    match pin {
        None => highest(versions, &[asked]).into_iter().collect(),
        Some(pin) => {
            let sides = pin.requirements();
            sides
                .filter_map(|side| highest(versions, &[asked, side]))
                .collect()
        }
    }
}

/// The same versions as if new tasks could take all of them; what was collected stays so.
pub(super) fn all_eligible<Id: Clone>(versions: &[Candidate<Id>]) -> Vec<Candidate<Id>> {
    let mut all = versions.to_vec();
    for candidate in &mut all {
        let kept = |reason: &Ineligible| *reason == Ineligible::Collected;
        candidate.ineligible = candidate.ineligible.filter(kept);
    }
    all
}

/// The sides of the pin that lead to the version, or would if new tasks could take it.
fn led_to(
    pin: &NamedPin,
    versions: &[Candidate<i32>],
    version: &Version,
) -> Vec<(PinSide, Requirement)> {
    let all = all_eligible(versions);
    let leads = |requirement: &Requirement, versions| {
        highest(versions, &[requirement]).is_some_and(|led| led.version == *version)
    };
    let sides = [PinSide::Base, PinSide::Rollout].into_iter();
    sides
        .zip(pin.requirements())
        .filter(|(_, it)| leads(it, versions) || leads(it, &all))
        .map(|(side, it)| (side, it.clone()))
        .collect()
}

fn step_reference(
    step: &TemplateStep,
    version: &Version,
    versions: &[Candidate<i32>],
    pin: Option<&NamedPin>,
) -> Option<StepReference> {
    let asked = &step.handler.requirement;
    let mut takes = taken(versions, asked, pin).into_iter();
    if !takes.any(|taken| taken.version == *version) {
        return None;
    }
    let mut others = versions
        .iter()
        .filter(|other| other.ineligible.is_none() && other.version != *version);
    Some(StepReference {
        namespace: step.namespace.to_string(),
        template: step.template.clone(),
        version: step.version.clone(),
        step: step.step.clone(),
        requirement: asked.to_string(),
        is_only: !others.any(|other| asked.matches(&other.version)),
    })
}
