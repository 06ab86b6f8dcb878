//! All that decides which version a new task takes and what its attempts may do, as one immutable value.
//!
//! Every question about versions (what a task takes, what would change, what is in use) is a pure function
//! of a catalog, so that no two of them can be answered differently. A catalog holds the parts that were
//! asked for; see `load` for where they come from.

pub(crate) mod cache;
mod choose;
mod family;
mod impact;
pub(crate) mod load;
mod needed;
mod references;
mod rollback;
mod rules;
pub(crate) mod stored;
#[cfg(test)]
mod tests;

pub(crate) use family::{Family, FamilyVersion, Versions};
pub(crate) use load::{Loader, Selection};
pub(crate) use rules::{NamedPin, NamespaceRules};

use std::collections::BTreeMap;
use std::sync::Arc;
use tasker_domain::attempt_rules::AttemptRules;
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_domain::pin::{PastChange, PinKind};
use tasker_domain::requirement::{HandlerRef, QualifiedName};
use tasker_domain::resolve::VersionStatus;

/// What decides which version a new task takes, and what its attempts may do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalog {
    pub rules: BTreeMap<Name, Arc<NamespaceRules>>,
    /// Grants and limits.
    pub attempts: BTreeMap<Name, Arc<AttemptRules>>,
    pub components: BTreeMap<QualifiedName, Arc<Family>>,
    pub templates: BTreeMap<QualifiedName, Arc<Family>>,
    /// Steps of templates, where the question is who uses a component.
    pub steps: Vec<TemplateStep>,
    /// Subscriptions to components, where that is the question.
    pub subscriptions: Vec<Subscriber>,
    /// The changes of pins of components, the newest first, by namespace and what is pinned.
    pub histories: BTreeMap<(Name, QualifiedName), Vec<PastChange>>,
}

/// A step of a template version, and what it runs.
#[derive(Clone, Debug)]
pub(crate) struct TemplateStep {
    pub namespace: Name,
    pub template: String,
    pub version: String,
    /// Of the template version.
    pub status: VersionStatus,
    pub step: String,
    pub handler: HandlerRef,
}

/// A subscription of a namespace, and what takes its events.
#[derive(Clone, Debug)]
pub(crate) struct Subscriber {
    pub namespace: Name,
    pub subscription: String,
    pub handler: HandlerRef,
}

impl Subscriber {
    /// The component that takes its events.
    pub fn component(&self) -> QualifiedName {
        self.handler.component.qualified(&self.namespace)
    }
}

impl TemplateStep {
    /// The component that it runs.
    pub fn component(&self) -> QualifiedName {
        self.handler.component.qualified(&self.namespace)
    }
}

impl Catalog {
    fn families(&self, kind: PinKind) -> &BTreeMap<QualifiedName, Arc<Family>> {
        match kind {
            PinKind::Component => &self.components,
            PinKind::Template => &self.templates,
        }
    }

    fn families_mut(&mut self, kind: PinKind) -> &mut BTreeMap<QualifiedName, Arc<Family>> {
        match kind {
            PinKind::Component => &mut self.components,
            PinKind::Template => &mut self.templates,
        }
    }

    /// The same with these versions, in place of those with the same numbers.
    pub fn with_versions(
        &self,
        kind: PinKind,
        target: &QualifiedName,
        versions: Vec<FamilyVersion>,
    ) -> Self {
        let mut after = self.clone();
        let families = after.families_mut(kind);
        let family = families.entry(target.clone()).or_default();
        *family = Arc::new(family.with(versions));
        after
    }

    /// The same with this rule of a namespace changed.
    pub fn with_rules(&self, namespace: &Name, change: impl FnOnce(&mut NamespaceRules)) -> Self {
        let mut after = self.clone();
        let rules = after.rules.entry(namespace.clone()).or_default();
        change(Arc::make_mut(rules));
        after
    }

    /// What the namespace grants to a component, which it names so.
    pub fn granted_to<'a>(
        &'a self,
        home: &Name,
        component: &'a str,
    ) -> impl Iterator<Item = &'a Capability> {
        let rules = self.attempts.get(home).into_iter();
        rules.flat_map(move |rules| rules.granted_to(component))
    }

    /// The namespace's pin of a template or component.
    pub fn pin(
        &self,
        namespace: &Name,
        kind: PinKind,
        target: &QualifiedName,
    ) -> Option<&NamedPin> {
        self.rules.get(namespace)?.pins(kind).get(target)
    }
}
