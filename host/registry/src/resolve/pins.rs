//! The pins of a namespace, and how one task sees them.

use super::super::RegistryError;
use super::{Registry, Resolver};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::pin::{PinKind, Pinned};
use tasker_domain::ramp::takes_ramp;
use tasker_domain::requirement::{ComponentRef, QualifiedName};
use tasker_domain::resolve::{Pin, Pins};
use tasker_domain::signing_policy::SigningPolicy;

/// The pins of one namespace, and what it takes.
#[derive(Default)]
pub(super) struct NamespacePins {
    pub(super) policy: SigningPolicy,
    pub(super) templates: BTreeMap<QualifiedName, NamedPin>,
    pub(super) components: BTreeMap<QualifiedName, NamedPin>,
}

/// A pin with the name by which its ramp tells tasks apart.
pub(super) struct NamedPin {
    pub(super) name: String,
    pub(super) pinned: Pinned,
}

impl NamedPin {
    /// True where the pin has a ramp and the task is on it.
    pub(super) fn has_on_ramp(&self, task: TaskId) -> bool {
        let ramp = self.pinned.ramp.as_ref();
        ramp.is_some_and(|ramp| takes_ramp(task, &self.name, ramp.percent))
    }

    /// The pin as a task sees it that is on its ramp or is not.
    pub(super) fn seen(&self, is_on_ramp: bool) -> Pin {
        Pin::seen(&self.pinned, is_on_ramp)
    }
}

impl NamespacePins {
    /// Names of the pins of these components whose ramps the task is on, in the order of the
    /// components.
    pub(super) fn ramps_with(
        &self,
        components: &BTreeSet<QualifiedName>,
        task: TaskId,
    ) -> Vec<String> {
        let named = self.components.iter();
        named
            .filter(|(target, pin)| pin.has_on_ramp(task) && components.contains(target))
            .map(|(_, pin)| pin.name.clone())
            .collect()
    }

    /// The pins of components as a task sees them that is on these ramps.
    pub(super) fn seen_on(&self, ramps: &[String]) -> Pins {
        let pins = self.components.iter();
        pins.map(|(target, pin)| (target.clone(), pin.seen(ramps.contains(&pin.name))))
            .collect()
    }
}

impl Registry {
    pub(super) async fn pins_of(&self, namespace: &Name) -> Result<NamespacePins, RegistryError> {
        let (policy, rows) = self.store.namespace_rules(namespace).await?;
        let mut pins = NamespacePins {
            policy,
            ..NamespacePins::default()
        };
        for row in rows {
            let target: ComponentRef = row.target.parse()?;
            let of_kind = match row.kind {
                PinKind::Template => &mut pins.templates,
                PinKind::Component => &mut pins.components,
            };
            let pin = NamedPin {
                name: row.kind.pin_name(&row.target),
                pinned: row.ramp.pinned(&row.requirement)?,
            };
            of_kind.insert(target.qualified(namespace), pin);
        }
        Ok(pins)
    }
}

impl Resolver<'_> {
    /// The namespace's pins under this generation.
    pub(super) async fn pins(
        &mut self,
        namespace: &Name,
    ) -> Result<Arc<NamespacePins>, RegistryError> {
        let kept = &self.registry.resolved.pins;
        if let Some(pins) = kept.get(namespace, self.generation) {
            return Ok(pins);
        }
        self.has_read = true;
        let pins = Arc::new(self.registry.pins_of(namespace).await?);
        kept.keep(namespace.clone(), self.generation, pins.clone());
        Ok(pins)
    }
}
