//! What a namespace says: which versions its tasks take, and who else may use its components.

use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::ids::TaskId;
use tasker_domain::pin::{PinKind, Pinned};
use tasker_domain::ramp::takes_ramp;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Pin, Pins};
use tasker_domain::share::Shares;
use tasker_domain::signing_policy::SigningPolicy;

/// What one namespace says.
#[derive(Clone, Debug, Default)]
pub(crate) struct NamespaceRules {
    pub policy: SigningPolicy,
    pub shares: Shares,
    pub templates: BTreeMap<QualifiedName, NamedPin>,
    pub components: BTreeMap<QualifiedName, NamedPin>,
}

/// A pin with its name in its namespace.
#[derive(Clone, Debug)]
pub(crate) struct NamedPin {
    pub kind: PinKind,
    /// `name` of that namespace, or `other/name`.
    pub target: String,
    pub pinned: Pinned,
}

impl NamedPin {
    /// Assigns tasks to the sides of its ramp.
    pub fn name(&self) -> String {
        self.kind.pin_name(&self.target)
    }

    /// True if the pin has a ramp and the task is on it.
    pub fn has_on_ramp(&self, task: TaskId) -> bool {
        let ramp = self.pinned.ramp.as_ref();
        ramp.is_some_and(|ramp| takes_ramp(task, &self.name(), ramp.percent))
    }

    /// The pin as a task sees it that is on its ramp or is not.
    pub fn seen(&self, is_on_ramp: bool) -> Pin {
        Pin::seen(&self.pinned, is_on_ramp)
    }

    /// What it says without its ramp, and where its ramp goes.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        let ramp = self.pinned.ramp.as_ref();
        std::iter::once(&self.pinned.requirement).chain(ramp.map(|ramp| &ramp.requirement))
    }
}

impl NamespaceRules {
    pub fn pins(&self, kind: PinKind) -> &BTreeMap<QualifiedName, NamedPin> {
        match kind {
            PinKind::Template => &self.templates,
            PinKind::Component => &self.components,
        }
    }

    pub fn pins_mut(&mut self, kind: PinKind) -> &mut BTreeMap<QualifiedName, NamedPin> {
        match kind {
            PinKind::Template => &mut self.templates,
            PinKind::Component => &mut self.components,
        }
    }

    /// Names of the pins of these components whose ramps the task is on, in the order of the
    /// components.
    pub fn ramps_with(&self, components: &BTreeSet<QualifiedName>, task: TaskId) -> Vec<String> {
        let pins = self.components.iter();
        pins.filter(|(target, pin)| pin.has_on_ramp(task) && components.contains(target))
            .map(|(_, pin)| pin.name())
            .collect()
    }

    /// The pins of components as a task sees them that is on these ramps.
    pub fn seen_on(&self, ramps: &[String]) -> Pins {
        self.seen_where(|pin| ramps.contains(&pin.name()))
    }

    /// The same, where the task is on all ramps, or on none.
    pub fn seen_on_all(&self, is_on_ramp: bool) -> Pins {
        self.seen_where(|_| is_on_ramp)
    }

    fn seen_where(&self, is_on_ramp: impl Fn(&NamedPin) -> bool) -> Pins {
        let pins = self.components.iter();
        pins.map(|(target, pin)| (target.clone(), pin.seen(is_on_ramp(pin))))
            .collect()
    }
}
