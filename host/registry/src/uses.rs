//! Who uses a component: templates, pins, open tasks.

use super::catalog::{self, Catalog, Selection, stored};
use super::{Kind, Registry, RegistryError};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::hidden::{Hidden, keep};
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{HandlerRef, QualifiedName};
use tasker_domain::resolve::{Candidate, VersionStatus, status_name};

/// The most steps and pins that are told of one component.
pub(crate) const MAX_USES: usize = 2_000;

/// Who uses a component.
pub struct Uses {
    /// The highest first.
    pub versions: Vec<UsedVersion>,
    pub steps: Vec<StepUse>,
    pub pins: Vec<PinUse>,
    /// There are more steps or pins than are told.
    pub is_cut: bool,
    /// What its reader may not see of steps and pins.
    pub hidden: Hidden,
}

impl Uses {
    /// The same as one reads it who may read these namespaces.
    pub fn seen_by(mut self, may_read: impl Fn(&str) -> bool) -> Self {
        self.hidden = Hidden {
            steps: keep(&mut self.steps, |it| may_read(it.namespace.as_str())),
            pins: keep(&mut self.pins, |it| may_read(it.namespace.as_str())),
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
    pub namespace: Name,
    pub template: String,
    pub version: String,
    pub status: VersionStatus,
    pub step: String,
    pub handler: HandlerRef,
    /// What a new task would take at this step; none where no version will do.
    pub takes: Option<Version>,
}

/// A pin of it.
pub struct PinUse {
    pub namespace: Name,
    pub requirement: String,
}

impl Registry {
    /// Who uses a component.
    pub async fn uses(&self, target: &QualifiedName) -> Result<Uses, RegistryError> {
        let (catalog, is_cut) = self.component_users(target).await?;
        let steps: Vec<StepUse> = catalog
            .steps
            .iter()
            .map(|it| step_use(&catalog, it))
            .collect();
        let pins = catalog.pins_of(PinKind::Component, target);
        let pins = pins.take(MAX_USES).map(|(namespace, pin)| PinUse {
            namespace: namespace.clone(),
            requirement: pin.pinned.requirement.to_string(),
        });
        let QualifiedName { namespace, name } = target;
        let open = self.store.open_tasks_by_version(namespace, name).await?;
        let open: BTreeMap<String, i64> = open
            .into_iter()
            .map(|row| (row.version, row.open_tasks))
            .collect();
        Ok(Uses {
            versions: used_versions(catalog.existing(target)?, &steps, &open),
            pins: pins.collect(),
            steps,
            is_cut,
            hidden: Hidden::default(),
        })
    }

    /// A component with the steps and pins that name it, and what their namespaces say; true where there
    /// are more steps or pins than are told.
    pub(crate) async fn component_users(
        &self,
        target: &QualifiedName,
    ) -> Result<(Catalog, bool), RegistryError> {
        let QualifiedName { namespace, name } = target;
        let rows = self
            .store
            .steps_that_name(namespace, name, MAX_USES as i64)
            .await?;
        let pinned = self.store.namespaces_that_pin(target).await?;
        let is_cut = rows.len() >= MAX_USES || pinned.len() > MAX_USES;
        let mut steps: Vec<_> = rows.into_iter().filter_map(stored::step_use).collect();
        steps.retain(|step| step.component() == *target);
        let pinned = pinned.iter().map(|name| stored::name(name));
        let mut namespaces = pinned.collect::<Result<BTreeSet<Name>, _>>()?;
        namespaces.extend(steps.iter().map(|step| step.namespace.clone()));
        let selection = Selection::of(PinKind::Component, target).with(&namespaces);
        let catalog = self.catalog(&selection).await?;
        Ok((Catalog { steps, ..catalog }, is_cut))
    }
}

impl Catalog {
    /// All versions of a component that exists, held to nobody's signing policy.
    pub(crate) fn existing(
        &self,
        target: &QualifiedName,
    ) -> Result<&[Candidate<i32>], RegistryError> {
        let family = self.components.get(target);
        let family = family.ok_or_else(|| RegistryError::Unknown {
            kind: Kind::Component,
            target: target.clone(),
        })?;
        Ok(family.versions())
    }
}

fn step_use(catalog: &Catalog, step: &catalog::StepUse) -> StepUse {
    StepUse {
        namespace: step.namespace.clone(),
        template: step.template.clone(),
        version: step.version.clone(),
        status: step.status,
        step: step.step.clone(),
        handler: step.handler.clone(),
        takes: catalog.step_takes(step),
    }
}

fn used_versions(
    versions: &[Candidate<i32>],
    steps: &[StepUse],
    open: &BTreeMap<String, i64>,
) -> Vec<UsedVersion> {
    let used = versions.iter().map(|candidate| {
        let version = &candidate.version;
        let takers = steps
            .iter()
            .filter(|step| step.status == VersionStatus::Active)
            .filter(|step| step.takes.as_ref() == Some(version));
        UsedVersion {
            version: version.clone(),
            status: status_name(candidate.ineligible),
            open_tasks: open.get(&version.to_string()).copied().unwrap_or(0),
            steps: takers.count(),
        }
    });
    used.collect()
}
