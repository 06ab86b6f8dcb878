//! What an open task would run if it were resolved now.

use super::super::RegistryError;
use super::super::version::parse_version;
use super::Resolver;
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Pin, Pins, ResolveError};
use tasker_engine::lock::LockEntry;
use tasker_engine::migration::CurrentLockEntry;

/// Which components of open tasks move, and where to.
#[derive(Clone, Debug, Default)]
pub struct MigrationRule {
    /// None: all that the template runs.
    pub component: Option<QualifiedName>,
    /// None: what the pins say, else the highest that the step's requirement allows.
    pub to: Option<Requirement>,
}

/// A component that takes another version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Swap {
    pub component: QualifiedName,
    pub from: Version,
    pub to: Version,
}

/// What a lock would be.
#[derive(Clone, Debug)]
pub struct Reresolution {
    pub entries: Vec<LockEntry>,
    /// The pins whose rollouts lead to it.
    pub rollouts: Vec<String>,
    /// What is different, with the numbers of its steps; empty where the lock would be the same.
    pub swaps: BTreeMap<Swap, Vec<i16>>,
}

/// The lock that an open task has.
#[derive(Clone, Debug)]
pub struct CurrentLock {
    pub template_version_id: i32,
    pub entries: Vec<CurrentLockEntry>,
    pub rollouts: Vec<String>,
}

impl Resolver<'_> {
    /// True if none of the namespaces that were asked about has changed since.
    pub async fn is_unchanged(&mut self) -> Result<bool, RegistryError> {
        self.loader.is_unchanged().await
    }

    /// The rollouts that a task of this template version is on.
    pub async fn rollouts_of(
        &mut self,
        namespace: &Name,
        template_version_id: i32,
        task: TaskId,
    ) -> Result<Vec<String>, RegistryError> {
        let definition = self.definition(template_version_id).await?;
        let rules = self.rules(namespace).await?;
        Ok(rules.rollouts_with(&definition.components, task))
    }

    /// What the lock of a task that is on these rollouts would be. The steps that the rule does not name
    /// keep what they have.
    pub async fn reresolve(
        &mut self,
        current: &CurrentLock,
        rule: &MigrationRule,
        rollouts: &[String],
    ) -> Result<Reresolution, RegistryError> {
        let definition = self.definition(current.template_version_id).await?;
        let template = &definition.template;
        let home = &template.namespace;
        let rules = self.rules(home).await?;
        let mut seen = rules.seen_on(rollouts);
        direct(&mut seen, rule);
        let moves = |target: &QualifiedName| rule.component.as_ref().is_none_or(|it| it == target);
        let moving = definition.components.iter().filter(|it| moves(it));
        let components: BTreeSet<QualifiedName> = moving.cloned().collect();
        let mut steps = template.ordered();
        steps.retain(|it| components.contains(&it.step.handler.component.qualified(home)));
        let chosen = self.choose(&definition, &components, &steps, &seen).await;
        let chosen = chosen.map_err(|error| directed(error, rule))?;
        let mut rollouts = kept_rollouts(&current.rollouts, |name| {
            let mut pins = rules.components.iter();
            pins.any(|(target, pin)| pin.name() == name && !components.contains(target))
        });
        let led = chosen.rollouts.iter();
        rollouts.extend(led.filter_map(|it| Some(rules.components.get(it)?.name())));
        // As a new task's lock has them, so that it is the same one.
        rollouts.sort();
        rollouts.dedup();
        let mut reresolution = Reresolution {
            entries: current.entries.iter().map(kept).collect(),
            rollouts,
            swaps: BTreeMap::new(),
        };
        for (ordered, (entry, version)) in steps.iter().zip(chosen.entries) {
            let target = ordered.step.handler.component.qualified(home);
            reresolution.put(&current.entries, entry, target, &version)?;
        }
        Ok(reresolution)
    }
}

impl Reresolution {
    fn put(
        &mut self,
        current: &[CurrentLockEntry],
        entry: LockEntry,
        component: QualifiedName,
        to: &Version,
    ) -> Result<(), RegistryError> {
        let before = current.iter().find(|it| it.step_no == entry.step_no);
        let Some(before) = before else {
            return Err(RegistryError::stored(
                "a lock",
                format!("it has no step {}", entry.step_no),
            ));
        };
        if before.component_version_id != entry.component_version_id {
            let swap = Swap {
                component,
                from: parse_version(&before.version)?,
                to: to.clone(),
            };
            self.swaps.entry(swap).or_default().push(entry.step_no);
            let stands = self
                .entries
                .iter_mut()
                .find(|it| it.step_no == entry.step_no);
            *stands.expect("it is in the lock, as was just found") = entry;
        }
        Ok(())
    }
}

/// A conflict with the operator's own target is not reported as a pin.
fn directed(error: RegistryError, rule: &MigrationRule) -> RegistryError {
    let (RegistryError::Unresolved(errors), Some(to)) = (&error, &rule.to) else {
        return error;
    };
    let unmet = errors.iter().find_map(|error| match error {
        ResolveError::Pin { unmet, .. } | ResolveError::Conflict { unmet, .. } => Some(unmet),
        ResolveError::NoTemplate { .. }
        | ResolveError::TemplateAsked { .. }
        | ResolveError::TemplatePin { .. }
        | ResolveError::TemplateUnstable { .. }
        | ResolveError::NoComponent { .. }
        | ResolveError::Requirement(_) => None,
    });
    match unmet {
        Some(unmet) => RegistryError::MigrationTarget {
            to: to.clone(),
            unmet: unmet.clone(),
        },
        None => error,
    }
}

/// If the operator names the target version, pins are ignored.
fn direct(seen: &mut Pins, rule: &MigrationRule) {
    if let (Some(component), Some(to)) = (&rule.component, &rule.to) {
        seen.insert(component.clone(), Pin::at(to.clone()));
    }
}

fn kept(entry: &CurrentLockEntry) -> LockEntry {
    LockEntry {
        step_no: entry.step_no,
        component_version_id: entry.component_version_id,
        handler: entry.handler.clone(),
    }
}

/// The rollouts that still lead to the lock: those of the template, and of components that stay.
fn kept_rollouts(rollouts: &[String], stays: impl Fn(&str) -> bool) -> Vec<String> {
    let template = PinKind::Template.pin_name("");
    let kept = rollouts
        .iter()
        .filter(|name| name.starts_with(&template) || stays(name));
    kept.cloned().collect()
}
