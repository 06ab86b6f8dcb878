//! What an open task would run if it were resolved now.

use super::super::RegistryError;
use super::super::discover::parse_version;
use super::{Resolver, lock_entry};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Pin, Pins, ResolveError, choose_components};
use tasker_engine::lock::LockEntry;
use tasker_engine::upgrade::StandingEntry;

/// Which components of open tasks move, and where to.
#[derive(Clone, Debug, Default)]
pub struct UpgradeRule {
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
    /// The pins whose ramps lead to it.
    pub ramped: Vec<String>,
    /// What is different, with the numbers of its steps; empty where the lock would be the same.
    pub swaps: BTreeMap<Swap, Vec<i16>>,
}

/// A lock as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub template_version_id: i32,
    pub entries: Vec<StandingEntry>,
    pub ramped: Vec<String>,
}

impl Resolver<'_> {
    /// True where the registry has not changed since it was asked for its generation.
    pub async fn still_stands(&self) -> Result<bool, RegistryError> {
        Ok(self.registry.store.registry_generation().await? == self.generation)
    }

    /// The ramps that a task of this template version is on.
    pub async fn ramps_of(
        &mut self,
        namespace: &Name,
        template_version_id: i32,
        task: TaskId,
    ) -> Result<Vec<String>, RegistryError> {
        let definition = self.definition(template_version_id).await?;
        let pins = self.pins(namespace).await?;
        Ok(pins.ramps_with(&definition.components, task))
    }

    /// What the lock of a task that is on these ramps would be. The steps that the rule does not name
    /// keep what they have.
    pub async fn again(
        &mut self,
        standing: &Standing,
        rule: &UpgradeRule,
        ramps: &[String],
    ) -> Result<Reresolution, RegistryError> {
        let definition = self.definition(standing.template_version_id).await?;
        let template = &definition.template;
        let home = &template.namespace;
        let pins = self.pins(home).await?;
        let mut seen = pins.seen_on(ramps);
        direct(&mut seen, rule);
        let moves = |target: &QualifiedName| rule.component.as_ref().is_none_or(|it| it == target);
        let components: BTreeSet<QualifiedName> = definition
            .components
            .iter()
            .filter(|target| moves(target))
            .cloned()
            .collect();
        self.check_use(template, &components).await?;
        let versions = self.versions_of(&components, &pins.policy).await?;
        let ordered = template.ordered();
        let moving: Vec<_> = ordered
            .iter()
            .filter(|it| components.contains(&it.step.handler.component.qualified(home)))
            .collect();
        let named = moving.iter().map(|it| (&it.step.name, &it.step.handler));
        let chosen = choose_components(home, named, &versions, &seen)
            .map_err(|errors| unresolved(errors, rule))?;
        let ids = chosen.iter().map(|candidate| candidate.id).collect();
        let descriptors = self.descriptors(ids).await?;
        let mut again = Reresolution {
            entries: standing.entries.iter().map(kept).collect(),
            ramped: kept_ramps(&standing.ramped, |name| {
                pins.components
                    .iter()
                    .any(|(target, pin)| pin.name == name && !components.contains(target))
            }),
            swaps: BTreeMap::new(),
        };
        for (ordered, candidate) in moving.iter().zip(chosen) {
            let target = ordered.step.handler.component.qualified(home);
            let entry = lock_entry(&target, ordered, candidate, descriptors.get(&candidate.id))?;
            if seen
                .get(&target)
                .is_some_and(|pin| pin.is_ramped_to(&candidate.version))
                && let Some(pin) = pins.components.get(&target)
                && !again.ramped.contains(&pin.name)
            {
                again.ramped.push(pin.name.clone());
            }
            again.put(&standing.entries, entry, target, &candidate.version)?;
        }
        // As a new task's lock has them, so that it is the same one.
        again.ramped.sort();
        Ok(again)
    }
}

impl Reresolution {
    fn put(
        &mut self,
        standing: &[StandingEntry],
        entry: LockEntry,
        component: QualifiedName,
        to: &Version,
    ) -> Result<(), RegistryError> {
        let before = standing.iter().find(|it| it.step_no == entry.step_no);
        let Some(before) = before else {
            return Err(RegistryError::Stored {
                what: "a lock".to_owned(),
                reason: format!("it has no step {}", entry.step_no),
            });
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
            *stands.expect("it stands in the lock, as was just found") = entry;
        }
        Ok(())
    }
}

/// What stands in the way of where the operator says to go is not told as a pin.
fn unresolved(errors: Vec<ResolveError>, rule: &UpgradeRule) -> RegistryError {
    let unmet = errors.iter().find_map(|error| match error {
        ResolveError::Pin { unmet, .. } | ResolveError::Conflict { unmet, .. } => Some(unmet),
        ResolveError::NoTemplate { .. }
        | ResolveError::TemplateAsked { .. }
        | ResolveError::TemplatePin { .. }
        | ResolveError::TemplateUnstable { .. }
        | ResolveError::NoComponent { .. }
        | ResolveError::Requirement(_) => None,
    });
    match (&rule.to, unmet) {
        (Some(to), Some(unmet)) => RegistryError::UpgradeTarget {
            to: to.clone(),
            unmet: unmet.clone(),
        },
        (Some(_) | None, Some(_) | None) => RegistryError::Unresolved(errors),
    }
}

/// Where the operator says where to, no pin is asked.
fn direct(seen: &mut Pins, rule: &UpgradeRule) {
    if let (Some(component), Some(to)) = (&rule.component, &rule.to) {
        seen.insert(component.clone(), Pin::at(to.clone()));
    }
}

fn kept(entry: &StandingEntry) -> LockEntry {
    LockEntry {
        step_no: entry.step_no,
        component_version_id: entry.component_version_id,
        handler: entry.handler.clone(),
    }
}

/// The ramps that still lead to the lock: those of the template, and of components that stay.
fn kept_ramps(ramped: &[String], stays: impl Fn(&str) -> bool) -> Vec<String> {
    let template = PinKind::Template.pin_name("");
    let kept = ramped
        .iter()
        .filter(|name| name.starts_with(&template) || stays(name));
    kept.cloned().collect()
}
