//! What a namespace says: which versions its tasks take, and who else may use its components.

use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::ids::TaskId;
use tasker_domain::pin::{PinKind, Pinned};
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Pin, Pins};
use tasker_domain::rollout::takes_rollout;
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
    /// Assigns tasks to the sides of its rollout.
    pub fn name(&self) -> String {
        self.kind.pin_name(&self.target)
    }

    /// True if the pin has a rollout and the task is on it.
    pub fn has_on_rollout(&self, task: TaskId) -> bool {
        let rollout = self.pinned.rollout.as_ref();
        rollout.is_some_and(|rollout| takes_rollout(task, &self.name(), rollout.percent))
    }

    /// The pin as a task sees it that is on its rollout or is not.
    pub fn seen(&self, is_on_rollout: bool) -> Pin {
        Pin::seen(&self.pinned, is_on_rollout)
    }

    /// What it says without its rollout, and where its rollout goes.
    pub fn requirements(&self) -> impl Iterator<Item = &Requirement> {
        let rollout = self.pinned.rollout.as_ref();
        std::iter::once(&self.pinned.requirement).chain(rollout.map(|rollout| &rollout.requirement))
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

    /// Names of the pins of these components whose rollouts the task is on, in the order of the
    /// components.
    pub fn rollouts_with(&self, components: &BTreeSet<QualifiedName>, task: TaskId) -> Vec<String> {
        let pins = self.components.iter();
        pins.filter(|(target, pin)| pin.has_on_rollout(task) && components.contains(target))
            .map(|(_, pin)| pin.name())
            .collect()
    }

    /// The pins of components as a task sees them that is on these rollouts.
    pub fn seen_on(&self, rollouts: &[String]) -> Pins {
        self.seen_where(|pin| rollouts.contains(&pin.name()))
    }

    /// The same, where the task is on all rollouts, or on none.
    pub fn seen_on_all(&self, is_on_rollout: bool) -> Pins {
        self.seen_where(|_| is_on_rollout)
    }

    fn seen_where(&self, is_on_rollout: impl Fn(&NamedPin) -> bool) -> Pins {
        let pins = self.components.iter();
        pins.map(|(target, pin)| (target.clone(), pin.seen(is_on_rollout(pin))))
            .collect()
    }
}
