//! From what a caller asks for to the lock of a new task.

mod assumed;
mod cache;
mod candidates;
mod definition;
mod pins;
pub mod preview;
mod reresolve;
pub(crate) mod template;

pub(crate) use cache::ResolvedCache;
pub use definition::Definition;
pub use reresolve::{Reresolution, Standing, Swap, UpgradeRule};

use super::share::check_use;
use super::{Kind, Registry, RegistryError, Release};
use cache::LockKey;
use definition::ChosenTemplate;
use pins::NamespacePins;
use std::collections::BTreeSet;
use std::sync::Arc;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::ids::{LockId, TaskId};
use tasker_domain::name::Name;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Pins, choose_components};
use tasker_domain::signing_policy::SigningPolicy;
use tasker_domain::template::{OrderedStep, Template};
use tasker_engine::lock::LockEntry;

/// How often a resolution begins anew because the registry changed under it.
const MAX_TRIES: usize = 16;

/// What a caller asks for. The task's namespace is the template's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    pub namespace: Name,
    pub template: Name,
    /// None: the namespace's pin, else the highest stable version.
    pub version: Option<Requirement>,
}

impl Wanted {
    fn target(&self) -> QualifiedName {
        QualifiedName {
            namespace: self.namespace.clone(),
            name: self.template.clone(),
        }
    }
}

/// What a new task is made from.
pub struct Resolved {
    pub namespace_id: i32,
    pub template_id: i32,
    pub template_version_id: i32,
    pub lock_id: LockId,
    pub definition: Arc<Definition>,
}

/// Resolves under the registry as it is at one moment. What was resolved before is taken again as
/// long as the registry has not changed since, whichever host changed it.
pub struct Resolver<'r> {
    registry: &'r Registry,
    generation: i64,
    /// Something was read that may be younger than the generation.
    has_read: bool,
}

impl Registry {
    /// The registry as it is now.
    pub async fn resolver(&self) -> Result<Resolver<'_>, RegistryError> {
        let generation = self.store.registry_generation().await?;
        Ok(Resolver {
            registry: self,
            generation,
            has_read: false,
        })
    }
}

impl Resolver<'_> {
    /// Template version, component versions and lock for the new task of this id: all as they were
    /// together at one moment. Tasks that are on the same ramps and ask for the same get the same.
    pub async fn resolve(
        &mut self,
        wanted: &Wanted,
        task: TaskId,
    ) -> Result<Arc<Resolved>, RegistryError> {
        for _ in 1..MAX_TRIES {
            self.has_read = false;
            let resolved = self.resolve_once(wanted, task).await;
            if !self.has_read {
                return resolved;
            }
            let generation = self.registry.store.registry_generation().await?;
            if std::mem::replace(&mut self.generation, generation) == generation {
                return resolved;
            }
        }
        self.resolve_once(wanted, task).await
    }

    async fn resolve_once(
        &mut self,
        wanted: &Wanted,
        task: TaskId,
    ) -> Result<Arc<Resolved>, RegistryError> {
        let pins = self.pins(&wanted.namespace).await?;
        let template = self.template(wanted, &pins, task).await?;
        let ramps = pins.ramps_with(&template.definition.components, task);
        self.lock(&template, &pins, ramps).await
    }

    /// The lock of a task of this template version that is on these ramps.
    async fn lock(
        &mut self,
        template: &ChosenTemplate,
        pins: &NamespacePins,
        ramps: Vec<String>,
    ) -> Result<Arc<Resolved>, RegistryError> {
        let template_version_id = template.version.template_version_id;
        let key = LockKey {
            template_version_id,
            ramps: ramps.iter().chain(&template.ramp).cloned().collect(),
        };
        let kept = &self.registry.resolved.resolved;
        if let Some(resolved) = kept.get(&key, self.generation) {
            return Ok(resolved);
        }
        let definition = template.definition.clone();
        let seen = pins.seen_on(&ramps);
        let (entries, taken) = self
            .choose(
                &definition.template,
                &definition.components,
                &seen,
                &pins.policy,
            )
            .await?;
        let name = |target: &QualifiedName| pins.components[target].name.clone();
        let ramped: Vec<String> = taken
            .iter()
            .map(name)
            .chain(template.ramp.clone())
            .collect();
        let engine = self.registry.store.engine();
        let lock_id = engine
            .intern_lock(template_version_id, &entries, &ramped)
            .await?;
        let resolved = Arc::new(Resolved {
            namespace_id: template.version.namespace_id,
            template_id: template.version.template_id,
            template_version_id,
            lock_id,
            definition,
        });
        kept.keep(key, self.generation, resolved.clone());
        Ok(resolved)
    }

    /// Refuses what the template's namespace may not use of these components.
    async fn check_use(
        &mut self,
        template: &Template,
        components: &BTreeSet<QualifiedName>,
    ) -> Result<(), RegistryError> {
        let home = &template.namespace;
        if components.iter().all(|it| it.namespace == *home) {
            return Ok(());
        }
        self.has_read = true;
        let usable = self.registry.usable(home, components).await?;
        check_use(template, components, &usable)
    }

    /// The lock's entries in the order of the steps, and the components that a ramp chose.
    async fn choose(
        &mut self,
        template: &Template,
        components: &BTreeSet<QualifiedName>,
        pins: &Pins,
        policy: &SigningPolicy,
    ) -> Result<(Vec<LockEntry>, BTreeSet<QualifiedName>), RegistryError> {
        let home = &template.namespace;
        let steps = template.ordered();
        self.check_use(template, components).await?;
        let versions = self.versions_of(components, policy).await?;
        let named = steps
            .iter()
            .map(|ordered| (&ordered.step.name, &ordered.step.handler));
        let chosen =
            choose_components(home, named, &versions, pins).map_err(RegistryError::Unresolved)?;
        let ids = chosen.iter().map(|candidate| candidate.id).collect();
        let descriptors = self.descriptors(ids).await?;
        let mut entries = Vec::with_capacity(steps.len());
        let mut taken = BTreeSet::new();
        for (ordered, candidate) in steps.iter().zip(chosen) {
            let target = ordered.step.handler.component.qualified(home);
            let descriptor = descriptors.get(&candidate.id);
            entries.push(lock_entry(&target, ordered, candidate, descriptor)?);
            let pin = pins.get(&target);
            if pin.is_some_and(|pin| pin.is_ramped_to(&candidate.version)) {
                taken.insert(target);
            }
        }
        Ok((entries, taken))
    }
}

/// The entry of one step, whose handler the chosen component has to have.
fn lock_entry(
    target: &QualifiedName,
    ordered: &OrderedStep<'_>,
    candidate: &Candidate<i32>,
    descriptor: Option<&Arc<Descriptor>>,
) -> Result<LockEntry, RegistryError> {
    let handler = &ordered.step.handler.handler;
    let lacking = descriptor.filter(|descriptor| !descriptor.may_have(handler.as_str()));
    if let Some(descriptor) = lacking {
        let handlers = descriptor.handlers.iter().flatten();
        return Err(RegistryError::UnknownHandler {
            step: ordered.step.name.clone(),
            handler: handler.clone(),
            release: Box::new(Release {
                kind: Kind::Component,
                target: target.clone(),
                version: candidate.version.clone(),
            }),
            existing: handlers.map(|handler| handler.name.to_string()).collect(),
        });
    }
    Ok(LockEntry {
        step_no: ordered.no,
        component_version_id: candidate.id,
        handler: handler.to_string(),
    })
}
