//! Which version a new task takes.

use super::{Catalog, NamedPin, TemplateStep, Versions};
use crate::RegistryError;
use semver::Version;
use std::borrow::Cow;
use std::collections::BTreeSet;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{
    Candidate, Components, Ineligible, Pin, ResolveError, VersionState, choose_template, highest,
};

impl Catalog {
    /// True if tasks of this namespace may run the component: it is its own, or it is shared.
    pub fn may_use(&self, home: &Name, component: &QualifiedName) -> bool {
        let owner = &component.namespace;
        let shares = self.rules.get(owner).map(|rules| &rules.shares);
        owner == home || shares.is_some_and(|shares| shares.allow(home, &component.name))
    }

    /// All versions of a template or component, without a signing policy; `None` if it does not
    /// exist.
    pub fn family(&self, kind: PinKind, target: &QualifiedName) -> &[Candidate<i32>] {
        let family = self.families(kind).get(target);
        family.map_or(&[], |family| family.versions())
    }

    /// The same, each with what was decided about it.
    pub fn states(
        &self,
        kind: PinKind,
        target: &QualifiedName,
    ) -> impl Iterator<Item = (&Candidate<i32>, VersionState)> {
        let family = self.families(kind).get(target).into_iter();
        family.flat_map(|family| family.states())
    }

    /// The same versions, checked by the signing policy of this namespace; templates are not signed.
    pub fn held_to(&self, home: &Name, kind: PinKind, target: &QualifiedName) -> Versions<'_> {
        let signed = (self.components.get(target), self.rules.get(home));
        match (kind, signed) {
            (PinKind::Component, (Some(family), Some(rules))) => family.held_to(&rules.policy),
            (PinKind::Component | PinKind::Template, _) => Cow::Borrowed(self.family(kind, target)),
        }
    }

    /// The versions as the tasks of this namespace find them: none of a component that it may not use.
    pub fn versions(&self, home: &Name, kind: PinKind, target: &QualifiedName) -> Versions<'_> {
        match kind == PinKind::Template || self.may_use(home, target) {
            true => self.held_to(home, kind, target),
            false => Cow::default(),
        }
    }

    /// True for the version that is used without a request for a version and without a pin.
    pub fn is_highest_stable(
        &self,
        kind: PinKind,
        target: &QualifiedName,
        version: &Version,
    ) -> bool {
        let stable = highest(self.family(kind, target), &[&Requirement::any()]);
        stable.is_some_and(|stable| stable.version == *version)
    }

    /// Why new tasks may not take the version, if so, regardless of the signing policy of their namespace.
    pub fn eligible(
        &self,
        kind: PinKind,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<(), Ineligible> {
        let mut versions = self.family(kind, target).iter();
        let found = versions.find(|it| it.version == *version);
        found.and_then(|found| found.ineligible).map_or(Ok(()), Err)
    }

    /// These components as the tasks of this namespace find them; those that do not exist are left out.
    pub fn components_for<'a>(
        &'a self,
        home: &Name,
        components: &BTreeSet<QualifiedName>,
    ) -> Components<'a, i32> {
        let versions = |target| self.versions(home, PinKind::Component, target);
        let found = components.iter().map(|it| (it.clone(), versions(it)));
        found.filter(|(_, versions)| !versions.is_empty()).collect()
    }

    /// The template version that a task takes: of a pin that it follows, the side of the rollout that it is
    /// on.
    pub fn choose_template(
        &self,
        target: &QualifiedName,
        asked: Option<&Requirement>,
        pin: Option<&Pin>,
    ) -> Result<&Candidate<i32>, RegistryError> {
        let versions = self.family(PinKind::Template, target);
        choose_template(target, versions, asked, pin).map_err(|error| match error {
            ResolveError::NoTemplate { target } => RegistryError::Unknown {
                kind: PinKind::Template,
                target,
            },
            error => RegistryError::Unresolved(vec![error]),
        })
    }

    /// What a new task takes of this in its own namespace where it asks for no version and is on no
    /// rollout: the one meaning of `latest`. `None` if it would be refused.
    pub fn latest(&self, kind: PinKind, target: &QualifiedName) -> Option<Version> {
        let home = &target.namespace;
        let any = Requirement::any();
        let pin = self.pin(home, kind, target);
        let requirement = pin.map_or(&any, |pin| &pin.pinned.requirement);
        let versions = self.versions(home, kind, target);
        highest(&versions, &[requirement]).map(|chosen| chosen.version.clone())
    }

    /// What a new task takes at this step that is on no rollout; `None` if no version will do.
    pub fn step_takes(&self, step: &TemplateStep) -> Option<Version> {
        let (home, component) = (&step.namespace, step.component());
        let pin = self.pin(home, PinKind::Component, &component);
        let versions = self.versions(home, PinKind::Component, &component);
        let asked = &step.handler.requirement;
        let pinned = pin.map(|pin| &pin.pinned.requirement);
        let requirements: Vec<_> = std::iter::once(asked).chain(pinned).collect();
        highest(&versions, &requirements).map(|chosen| chosen.version.clone())
    }

    /// The pins of a template or component, with their namespaces.
    pub fn pins_of<'a>(
        &'a self,
        kind: PinKind,
        target: &'a QualifiedName,
    ) -> impl Iterator<Item = (&'a Name, &'a NamedPin)> {
        let rules = self.rules.iter();
        rules.filter_map(move |(home, rules)| Some((home, rules.pins(kind).get(target)?)))
    }
}
