//! Who uses a component: templates, pins, open tasks.

use super::catalog::{self, Catalog, Selection, stored};
use super::{Registry, RegistryError};
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::hidden::Hidden;
use tasker_domain::inventory::{PinUse, StepUse, UsedVersion, Uses};
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::references::SubscriptionReference;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Availability, Candidate, VersionStatus};

/// The most steps and pins that are listed for one component.
pub(crate) const MAX_USES: usize = 2_000;

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
            requirement: pin.pinned.requirement.clone(),
        });
        let QualifiedName { namespace, name } = target;
        let open = self.store.open_tasks_by_version(namespace, name).await?;
        let open: BTreeMap<String, i64> = open
            .into_iter()
            .map(|row| (row.version, row.open_tasks))
            .collect();
        Ok(Uses {
            namespace: namespace.clone(),
            component: name.clone(),
            versions: used_versions(catalog.existing(target)?, &steps, &open),
            pins: pins.collect(),
            subscriptions: catalog.subscriptions.iter().map(subscription).collect(),
            steps,
            is_cut,
            hidden: Hidden::default(),
        })
    }

    /// A component with the steps, pins and subscriptions that name it, and what their namespaces say; true if there
    /// are more steps or pins than are listed.
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
        let subscriptions = self.store.subscribers_that_name(namespace, name).await?;
        let subscriptions = subscriptions.into_iter().filter_map(stored::subscriber);
        let mut subscriptions: Vec<_> = subscriptions.collect();
        subscriptions.retain(|it| it.component() == *target);
        let pinned = pinned.iter().map(|name| stored::name(name));
        let mut namespaces = pinned.collect::<Result<BTreeSet<Name>, _>>()?;
        namespaces.extend(steps.iter().map(|step| step.namespace.clone()));
        namespaces.extend(subscriptions.iter().map(|it| it.namespace.clone()));
        let selection = Selection::of(PinKind::Component, target).with(&namespaces);
        let catalog = self.catalog(&selection).await?;
        let catalog = Catalog {
            steps,
            subscriptions,
            ..catalog
        };
        Ok((catalog, is_cut))
    }
}

impl Catalog {
    /// All versions of an existing component, without a signing policy.
    pub(crate) fn existing(
        &self,
        target: &QualifiedName,
    ) -> Result<&[Candidate<i32>], RegistryError> {
        let family = self.components.get(target);
        let family = family.ok_or_else(|| RegistryError::Unknown {
            kind: PinKind::Component,
            target: target.clone(),
        })?;
        Ok(family.versions())
    }
}

fn subscription(it: &catalog::Subscriber) -> SubscriptionReference {
    SubscriptionReference {
        namespace: it.namespace.to_string(),
        subscription: it.subscription.clone(),
        requirement: it.handler.requirement.to_string(),
    }
}

fn step_use(catalog: &Catalog, step: &catalog::TemplateStep) -> StepUse {
    StepUse {
        namespace: step.namespace.clone(),
        template: step.template.clone(),
        version: step.version.clone(),
        status: step.status,
        step: step.step.clone(),
        handler: step.handler.handler.clone(),
        requirement: step.handler.requirement.clone(),
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
            status: Availability(candidate.ineligible),
            open_tasks: open.get(&version.to_string()).copied().unwrap_or(0),
            steps: takers.count(),
        }
    });
    used.collect()
}
