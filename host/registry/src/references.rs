//! What keeps a version in use.

use super::discover::parse_version;
use super::pin_sides::{Side, Sides};
use super::rollback::PinHistories;
use super::uses::MAX_USES;
use super::{Registry, RegistryError};
use crate::store::references::{ComponentPinRow, LastUse, OpenTasks};
use crate::store::uses::UseRow;
use semver::Version;
use std::borrow::Cow;
use std::collections::BTreeMap;
use tasker_domain::hidden::{Hidden, keep};
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{HandlerRef, QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Ineligible, VersionStatus, highest};

/// What keeps a version in use. It is drained when nothing does.
#[derive(Debug)]
pub struct References {
    /// Tasks under way that have it in their lock.
    pub open_tasks: i64,
    /// The oldest of them, the oldest first.
    pub oldest_tasks: Vec<TaskId>,
    pub pins: Vec<PinReference>,
    /// Steps of templates that take it in a new task; none hold a template.
    pub steps: Vec<StepReference>,
    /// New tasks take it where nobody says which version; a component's is never collected.
    pub is_default: bool,
    pub last_use: LastUse,
    /// Why new tasks may not take it, if so.
    pub bar: Option<Ineligible>,
    /// What its reader may not see of steps and pins; it holds the version all the same.
    pub hidden: Hidden,
    is_template: bool,
}

/// A pin that has new tasks take the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinReference {
    pub namespace: String,
    /// `name` of that namespace, or `other/name`.
    pub target: String,
    pub requirement: String,
    pub side: Side,
}

/// A step of a template that takes the version in a new task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReference {
    pub namespace: String,
    pub template: String,
    pub version: String,
    pub step: String,
    pub requirement: String,
    /// No other version will do.
    pub is_only: bool,
}

impl References {
    /// True where nothing keeps it in use.
    pub fn is_drained(&self) -> bool {
        let is_taken = self.is_template && self.is_default && self.bar.is_none();
        let is_held = !self.pins.is_empty() || !self.steps.is_empty() || !self.hidden.is_empty();
        self.open_tasks == 0 && !is_held && !is_taken
    }

    /// The same as one reads it who may read these namespaces.
    pub fn seen_by(mut self, may_read: impl Fn(&str) -> bool) -> Self {
        self.hidden = Hidden {
            steps: keep(&mut self.steps, |it| may_read(&it.namespace)),
            pins: keep(&mut self.pins, |it| may_read(&it.namespace)),
        };
        self
    }
}

/// What new tasks take at a step under each side of a pin, or without one.
pub(crate) fn taken<'c, Id>(
    candidates: &'c [Candidate<Id>],
    asked: &Requirement,
    pin: Option<&Sides>,
) -> Vec<&'c Candidate<Id>> {
    let Some(pin) = pin else {
        return highest(candidates, &[asked]).into_iter().collect();
    };
    let sides = pin.iter();
    sides
        .filter_map(|(_, requirement)| highest(candidates, &[asked, requirement]))
        .collect()
}

/// What new tasks take where nobody says which: the highest stable version, else none.
pub(crate) fn by_default<Id>(candidates: &[Candidate<Id>]) -> Option<&Candidate<Id>> {
    highest(candidates, &[&Requirement::any()])
}

/// The same versions as if nobody had barred any of them; what was collected stays so.
pub(crate) fn unbarred<Id: Clone>(candidates: &[Candidate<Id>]) -> Vec<Candidate<Id>> {
    let mut all = candidates.to_vec();
    for candidate in &mut all {
        candidate.bar = candidate.bar.filter(|bar| *bar == Ineligible::Collected);
    }
    all
}

impl Registry {
    /// What keeps this version of a component in use. Of the open tasks those of the readable
    /// namespaces are named; without any of these, all.
    pub async fn component_holders(
        &self,
        target: &QualifiedName,
        version: &Version,
        readable: Option<&[&str]>,
    ) -> Result<References, RegistryError> {
        let id = self
            .component_version(target, version)
            .await?
            .component_version_id;
        let candidates = self.candidates_of(target).await?;
        let taking = self.taking(Some(target)).await?;
        let audience = self.audience(target).await?;
        let seen_by = |namespace: &str| taking.seen_by(namespace, &candidates);
        let pins = self.store.component_pins(Some(target)).await?;
        let QualifiedName { namespace, name } = target;
        let rows = self
            .store
            .steps_that_name(namespace, name, MAX_USES)
            .await?;
        let sides = sides_by_namespace(&pins)?;
        let steps = rows
            .into_iter()
            .filter(|row| row.status != VersionStatus::Yanked)
            .filter(|row| audience.includes(&row.namespace))
            .filter_map(|row| {
                let seen = seen_by(&row.namespace);
                step_hold(row, target, version, &seen, &sides)
            });
        let open = self.store.open_tasks_of_component(id, readable).await?;
        let (open_tasks, oldest_tasks) = named(open);
        let mut held_by = pin_holds(&pins, version, seen_by)?;
        let pasts = self.pasts(Some(target)).await?;
        held_by.extend(rollback_holds(&pins, version, &pasts, seen_by)?);
        Ok(References {
            open_tasks,
            oldest_tasks,
            steps: steps.collect(),
            pins: held_by,
            is_default: is_version(by_default(&candidates), version),
            last_use: self.store.last_use_of_component(id).await?,
            bar: bar_of(&candidates, version),
            hidden: Hidden::default(),
            is_template: false,
        })
    }

    /// What keeps this version of a template in use.
    pub async fn template_holders(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<References, RegistryError> {
        let id = self
            .template_version(target, version)
            .await?
            .template_version_id;
        let mut candidates = Vec::new();
        for row in self.store.template_candidates(target).await? {
            candidates.push(Candidate {
                version: parse_version(&row.version)?,
                bar: row.bar,
                id: (),
            });
        }
        let pins = self.template_pins(target).await?;
        let (open_tasks, oldest_tasks) = named(self.store.open_tasks_of_template(id).await?);
        let is_default = pins.is_empty() && is_version(by_default(&candidates), version);
        Ok(References {
            open_tasks,
            oldest_tasks,
            steps: Vec::new(),
            pins: pin_holds(&pins, version, |_| Cow::Borrowed(&candidates[..]))?,
            is_default,
            last_use: self.store.last_use_of_template(id).await?,
            bar: bar_of(&candidates, version),
            hidden: Hidden::default(),
            is_template: true,
        })
    }

    /// The pin of a template, which stands in its own namespace.
    async fn template_pins(
        &self,
        target: &QualifiedName,
    ) -> Result<Vec<ComponentPinRow>, RegistryError> {
        let (_, pins) = self.store.namespace_rules(&target.namespace).await?;
        let pins = pins
            .into_iter()
            .filter(|pin| pin.kind == PinKind::Template && pin.target == target.name.as_str());
        let row = pins.map(|pin| ComponentPinRow {
            namespace: target.namespace.to_string(),
            target: pin.target,
            requirement: pin.requirement,
            ramp_requirement: pin.ramp.ramp_requirement,
        });
        Ok(row.collect())
    }
}

/// What the pins of one component say, by the namespace that they stand in.
fn sides_by_namespace(pins: &[ComponentPinRow]) -> Result<BTreeMap<String, Sides>, RegistryError> {
    let parsed = pins.iter();
    parsed
        .map(|pin| Ok((pin.namespace.clone(), Sides::of(pin)?)))
        .collect()
}

/// A pin holds what it leads to, and what it would lead to if it were given again.
fn pin_holds<'c, Id: Clone + 'c>(
    pins: &[ComponentPinRow],
    version: &Version,
    seen_by: impl Fn(&str) -> Cow<'c, [Candidate<Id>]>,
) -> Result<Vec<PinReference>, RegistryError> {
    let mut holds = Vec::new();
    for pin in pins {
        let candidates = seen_by(&pin.namespace);
        let given_again = unbarred(&candidates);
        for (side, requirement) in Sides::of(pin)?.iter() {
            let leads = [&candidates[..], &given_again[..]]
                .iter()
                .any(|versions| is_version(highest(versions, &[requirement]), version));
            if leads {
                holds.push(PinReference {
                    namespace: pin.namespace.clone(),
                    target: pin.target.clone(),
                    requirement: requirement.to_string(),
                    side,
                });
            }
        }
    }
    Ok(holds)
}

/// A pin holds what it goes back to, unless it leads there anyway.
fn rollback_holds<'c>(
    pins: &[ComponentPinRow],
    version: &Version,
    pasts: &PinHistories,
    seen_by: impl Fn(&str) -> Cow<'c, [Candidate<i32>]>,
) -> Result<Vec<PinReference>, RegistryError> {
    let mut holds = Vec::new();
    for pin in pins {
        let candidates = seen_by(&pin.namespace);
        let sides = Sides::of(pin)?;
        let leads = sides
            .iter()
            .any(|(_, it)| is_version(highest(&candidates, &[it]), version));
        let back = pasts.leads_back(pin, &candidates)?;
        let back = back.iter().find(|(_, it)| it.version == *version);
        if let Some((requirement, _)) = back.filter(|_| !leads) {
            holds.push(PinReference {
                namespace: pin.namespace.clone(),
                target: pin.target.clone(),
                requirement: requirement.to_string(),
                side: Side::Rollback,
            });
        }
    }
    Ok(holds)
}

/// None where the step runs another component after all, or takes another version of it.
fn step_hold(
    row: UseRow,
    target: &QualifiedName,
    version: &Version,
    candidates: &[Candidate<i32>],
    pins: &BTreeMap<String, Sides>,
) -> Option<StepReference> {
    let handler: HandlerRef = row.handler.parse().ok()?;
    let home: Name = row.namespace.parse().ok()?;
    if handler.component.qualified(&home) != *target {
        return None;
    }
    let asked = &handler.requirement;
    let takes = taken(candidates, asked, pins.get(&row.namespace));
    if !takes.iter().any(|taken| taken.version == *version) {
        return None;
    }
    let others = candidates
        .iter()
        .filter(|other| other.bar.is_none() && other.version != *version);
    let is_only = !others
        .into_iter()
        .any(|other| asked.matches(&other.version));
    Some(StepReference {
        namespace: row.namespace,
        template: row.template,
        version: row.version,
        step: row.step,
        requirement: asked.to_string(),
        is_only,
    })
}

fn is_version<Id>(found: Option<&Candidate<Id>>, version: &Version) -> bool {
    found.is_some_and(|found| found.version == *version)
}

fn bar_of<Id>(candidates: &[Candidate<Id>], version: &Version) -> Option<Ineligible> {
    let found = candidates.iter().find(|it| it.version == *version);
    found.and_then(|found| found.bar)
}

fn named(open: OpenTasks) -> (i64, Vec<TaskId>) {
    (open.count, open.oldest.into_iter().map(TaskId).collect())
}
