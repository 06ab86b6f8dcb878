//! Who uses a component: templates, pins, open tasks.

use super::discover::parse_version;
use super::{Registry, RegistryError};
use crate::store::uses::{PinUseRow, UseRow};
use semver::Version;
use std::borrow::Cow;
use std::collections::BTreeMap;
use tasker_domain::hidden::{Hidden, keep};
use tasker_domain::name::Name;
use tasker_domain::requirement::{HandlerRef, QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, Ineligible, VersionStatus, highest};
use tasker_domain::signing_policy::SigningPolicy;

/// The most steps and pins that are told of one component.
pub(crate) const MAX_USES: i64 = 2_000;

/// Who uses a component.
pub struct Uses {
    /// The highest first.
    pub versions: Vec<UsedVersion>,
    pub steps: Vec<StepUse>,
    pub pins: Vec<PinUseRow>,
    /// There are more steps or pins than are told.
    pub is_cut: bool,
    /// What its reader may not see of steps and pins.
    pub hidden: Hidden,
}

impl Uses {
    /// The same as one reads it who may read these namespaces.
    pub fn seen_by(mut self, may_read: impl Fn(&str) -> bool) -> Self {
        self.hidden = Hidden {
            steps: keep(&mut self.steps, |it| may_read(&it.row.namespace)),
            pins: keep(&mut self.pins, |it| may_read(&it.namespace)),
        };
        self
    }
}

/// A version of it.
pub struct UsedVersion {
    pub version: Version,
    /// `active`, or why new tasks may not take it.
    pub status: &'static str,
    /// Tasks under way whose lock names it.
    pub open_tasks: i64,
    /// Steps of templates that would take it for a new task.
    pub steps: usize,
}

/// A step of a template version that runs it.
pub struct StepUse {
    pub row: UseRow,
    pub handler: HandlerRef,
    /// What a new task would take at this step; none where no version will do.
    pub takes: Option<Version>,
}

impl Registry {
    /// Who uses a component.
    pub async fn uses(&self, target: &QualifiedName) -> Result<Uses, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let candidates = self.candidates_of(target).await?;
        let taking = self.taking(Some(target)).await?;
        let audience = self.audience(target).await?;
        let pins = self.store.pins_of_component(namespace, name, MAX_USES);
        let pins = pins.await?;
        let rows = self
            .store
            .steps_that_name(namespace, name, MAX_USES)
            .await?;
        let is_cut = [rows.len(), pins.len()].contains(&(MAX_USES as usize));
        let pinned = pin_ranges(&pins);
        let steps = rows.into_iter().filter_map(|row| {
            let seen = match audience.includes(&row.namespace) {
                true => taking.seen_by(&row.namespace, &candidates),
                false => Cow::default(),
            };
            step_use(row, target, &seen, &pinned)
        });
        let steps: Vec<StepUse> = steps.collect();
        let open = self.store.open_tasks_by_version(namespace, name).await?;
        let open: BTreeMap<String, i64> = open
            .into_iter()
            .map(|row| (row.version, row.open_tasks))
            .collect();
        Ok(Uses {
            versions: used_versions(&candidates, &steps, &open),
            steps,
            pins,
            is_cut,
            hidden: Hidden::default(),
        })
    }

    /// All versions of a component that exists, barred ones too.
    pub(crate) async fn candidates_of(
        &self,
        target: &QualifiedName,
    ) -> Result<Vec<Candidate<i32>>, RegistryError> {
        let candidates = self.existing_candidates(target).await?;
        match candidates.is_empty() {
            false => Ok(candidates),
            true => Err(RegistryError::Unknown {
                kind: super::Kind::Component,
                target: target.clone(),
            }),
        }
    }

    /// All versions of a component, barred ones too; empty where there is no such component. Held to
    /// nobody's signing policy.
    pub(crate) async fn existing_candidates(
        &self,
        target: &QualifiedName,
    ) -> Result<Vec<Candidate<i32>>, RegistryError> {
        let named = std::slice::from_ref(target);
        let policy = SigningPolicy::default();
        let rows = self.store.component_candidates(named, &policy);
        let candidates = rows.await?.into_iter().map(|row| {
            Ok::<_, RegistryError>(Candidate {
                version: parse_version(&row.version)?,
                bar: row.bar,
                id: row.component_version_id,
            })
        });
        let mut candidates = candidates.collect::<Result<Vec<_>, _>>()?;
        candidates.sort_by(|a, b| b.version.cmp(&a.version));
        Ok(candidates)
    }
}

fn pin_ranges(pins: &[PinUseRow]) -> BTreeMap<String, Requirement> {
    let parsed = pins.iter().filter_map(|pin| {
        let requirement = pin.requirement.parse().ok()?;
        Some((pin.namespace.clone(), requirement))
    });
    parsed.collect()
}

/// None where the step runs another component after all.
fn step_use(
    row: UseRow,
    target: &QualifiedName,
    candidates: &[Candidate<i32>],
    pins: &BTreeMap<String, Requirement>,
) -> Option<StepUse> {
    let handler: HandlerRef = row.handler.parse().ok()?;
    let home: Name = row.namespace.parse().ok()?;
    if handler.component.qualified(&home) != *target {
        return None;
    }
    let pin = pins.get(&row.namespace);
    let ranges: Vec<&Requirement> = std::iter::once(&handler.requirement).chain(pin).collect();
    let takes = highest(candidates, &ranges).map(|chosen| chosen.version.clone());
    Some(StepUse {
        row,
        handler,
        takes,
    })
}

fn used_versions(
    candidates: &[Candidate<i32>],
    steps: &[StepUse],
    open: &BTreeMap<String, i64>,
) -> Vec<UsedVersion> {
    let used = candidates.iter().map(|candidate| {
        let version = &candidate.version;
        let takers = steps
            .iter()
            .filter(|step| step.row.status == VersionStatus::Active)
            .filter(|step| step.takes.as_ref() == Some(version));
        UsedVersion {
            version: version.clone(),
            status: candidate.bar.map_or("active", Ineligible::as_str),
            open_tasks: open.get(&version.to_string()).copied().unwrap_or(0),
            steps: takers.count(),
        }
    });
    used.collect()
}
