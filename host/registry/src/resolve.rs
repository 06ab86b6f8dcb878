//! From what a caller asks for to the lock of a new task.

mod assumed;
mod cache;
mod definition;
mod descriptors;
pub mod preview;
mod reresolve;
pub(crate) mod template;

pub(crate) use cache::ResolvedCache;
pub use definition::Definition;
pub use reresolve::{CurrentLock, MigrationRule, Reresolution, Swap};

use super::catalog::load::MAX_TRIES;
use super::catalog::{Loader, NamespaceRules, Selection};
use super::share::check_use;
use super::{Registry, RegistryError, Release};
use cache::{LockKey, TemplateKey};
use definition::ChosenTemplate;
use semver::Version;
use std::collections::BTreeSet;
use std::sync::Arc;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::ids::{LockId, TaskId};
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Pins, choose_components};
use tasker_domain::template::OrderedStep;
use tasker_engine::lock::LockEntry;

/// Namespaces of which it is remembered that the templates of one namespace run their components.
const MAX_OWNERS: usize = 64;

/// What a caller asks for. The task's namespace is the template's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ResolveRequest {
    pub namespace: Name,
    pub template: Name,
    /// None: the namespace's pin, else the highest stable version.
    pub version: Option<Requirement>,
}

impl ResolveRequest {
    fn target(&self) -> QualifiedName {
        QualifiedName::of(&self.namespace, &self.template)
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
/// long as the namespaces that it depends on have not changed since, whichever host changed them.
pub struct Resolver<'r> {
    loader: Loader<'r>,
    new_template: Option<(TemplateKey, i64, Arc<ChosenTemplate>)>,
    new_lock: Option<(LockKey, Vec<i64>, Arc<Resolved>)>,
}

impl Registry {
    /// The registry as it is now, for tasks of these namespaces.
    pub async fn resolver(
        &self,
        homes: impl IntoIterator<Item = &Name>,
    ) -> Result<Resolver<'_>, RegistryError> {
        let mut namespaces = BTreeSet::new();
        for home in homes {
            if namespaces.insert(home.clone())
                && let Some(owners) = self.resolved.owners.get(home)
            {
                namespaces.extend(owners.iter().cloned());
            }
        }
        let mut loader = Loader::new(self);
        loader.see(&namespaces).await?;
        Ok(Resolver {
            loader,
            new_template: None,
            new_lock: None,
        })
    }
}

impl<'r> Resolver<'r> {
    fn registry(&self) -> &'r Registry {
        self.loader.registry
    }

    /// Template version, component versions and lock for the new task of this id: all as they were
    /// together at one moment. Tasks that are on the same rollouts and ask for the same get the same.
    pub async fn resolve(
        &mut self,
        wanted: &ResolveRequest,
        task: TaskId,
    ) -> Result<Arc<Resolved>, RegistryError> {
        for _ in 1..MAX_TRIES {
            let resolved = self.resolve_once(wanted, task).await;
            if self.loader.is_current().await? {
                self.keep();
                return resolved;
            }
        }
        self.resolve_once(wanted, task).await
    }

    /// A resolution is valid as long as the revisions are the same.
    fn keep(&mut self) {
        let kept = &self.registry().resolved;
        if let Some((key, revision, chosen)) = self.new_template.take() {
            kept.templates.keep(key, revision, chosen);
        }
        if let Some((key, revisions, resolved)) = self.new_lock.take() {
            kept.locks.keep(key, revisions, resolved);
        }
    }

    async fn resolve_once(
        &mut self,
        wanted: &ResolveRequest,
        task: TaskId,
    ) -> Result<Arc<Resolved>, RegistryError> {
        (self.new_template, self.new_lock) = (None, None);
        let home = &wanted.namespace;
        let rules = self.rules(home).await?;
        let template = self.template(wanted, &rules, task).await?;
        let rollouts = rules.rollouts_with(&template.definition.components, task);
        let namespaces = template.definition.namespaces();
        self.remember_owners(home, &namespaces);
        self.loader.see(&namespaces).await?;
        let revisions = namespaces.iter().map(|it| self.loader.revision(it));
        let revisions: Vec<i64> = revisions.collect();
        let key = LockKey {
            template_version_id: template.template_version_id,
            rollouts: rollouts.iter().chain(&template.rollout).cloned().collect(),
        };
        if let Some(resolved) = self.registry().resolved.locks.get(&key, &revisions) {
            return Ok(resolved);
        }
        let resolved = Arc::new(self.lock(&template, &rules, &rollouts).await?);
        self.new_lock = Some((key, revisions, resolved.clone()));
        Ok(resolved)
    }

    async fn rules(&mut self, home: &Name) -> Result<Arc<NamespaceRules>, RegistryError> {
        let mut rules = self.loader.rules(&BTreeSet::from([home.clone()])).await?;
        Ok(rules.remove(home).unwrap_or_default())
    }

    /// Next time their revisions are read together with that of the namespace.
    fn remember_owners(&self, home: &Name, namespaces: &BTreeSet<Name>) {
        let kept = &self.registry().resolved.owners;
        let known = kept.get(home).unwrap_or_default();
        if !namespaces.is_subset(&known) && known.len() < MAX_OWNERS {
            let all = known.union(namespaces).cloned().collect();
            kept.keep(home.clone(), Arc::new(all));
        }
    }

    /// The lock of a task of this template version that is on these rollouts.
    async fn lock(
        &mut self,
        template: &ChosenTemplate,
        rules: &NamespaceRules,
        rollouts: &[String],
    ) -> Result<Resolved, RegistryError> {
        let definition = &template.definition;
        let seen = rules.seen_on(rollouts);
        let steps: Vec<_> = definition.template.ordered();
        let chosen = self.choose(definition, &definition.components, &steps, &seen);
        let Chosen { entries, rollouts } = chosen.await?;
        let names = rollouts
            .iter()
            .map(|target| rules.components[target].name());
        let rollouts: Vec<String> = names.chain(template.rollout.clone()).collect();
        let entries: Vec<LockEntry> = entries.into_iter().map(|(entry, _)| entry).collect();
        let engine = self.registry().store.engine();
        let lock_id = engine
            .intern_lock(template.template_version_id, &entries, &rollouts)
            .await?;
        Ok(Resolved {
            namespace_id: template.namespace_id,
            template_id: template.template_id,
            template_version_id: template.template_version_id,
            lock_id,
            definition: definition.clone(),
        })
    }

    /// The entries of these steps, which run these components, in their order.
    async fn choose(
        &mut self,
        definition: &Definition,
        components: &BTreeSet<QualifiedName>,
        steps: &[OrderedStep<'_>],
        pins: &Pins,
    ) -> Result<Chosen, RegistryError> {
        let template = &definition.template;
        let home = &template.namespace;
        let selection = Selection {
            components: components.clone(),
            ..Selection::default()
        };
        let catalog = self.loader.catalog(&selection.with([home])).await?;
        check_use(template, components, &catalog)?;
        let versions = catalog.components_for(home, components);
        let named = steps
            .iter()
            .map(|ordered| (&ordered.step.name, &ordered.step.handler));
        let chosen =
            choose_components(home, named, &versions, pins).map_err(RegistryError::Unresolved)?;
        let ids = chosen.iter().map(|candidate| candidate.id).collect();
        let descriptors = self.registry().descriptors(ids).await?;
        let mut entries = Vec::with_capacity(steps.len());
        let mut rollouts = BTreeSet::new();
        for (ordered, candidate) in steps.iter().zip(chosen) {
            let target = ordered.step.handler.component.qualified(home);
            let descriptor = descriptors.get(&candidate.id);
            let entry = lock_entry(&target, ordered, candidate, descriptor)?;
            let pin = pins.get(&target);
            if pin.is_some_and(|pin| pin.is_rollout_to(&candidate.version)) {
                rollouts.insert(target);
            }
            entries.push((entry, candidate.version.clone()));
        }
        Ok(Chosen { entries, rollouts })
    }
}

/// What steps take.
struct Chosen {
    /// In the order of the steps, each with the version of its component.
    entries: Vec<(LockEntry, Version)>,
    /// The components that a rollout chose.
    rollouts: BTreeSet<QualifiedName>,
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
            release: Box::new(Release::new(PinKind::Component, target, &candidate.version)),
            existing: handlers.map(|handler| handler.name.to_string()).collect(),
        });
    }
    Ok(LockEntry {
        step_no: ordered.no,
        component_version_id: candidate.id,
        handler: handler.to_string(),
    })
}
