//! What publishing a version of a component would change.

use super::open_tasks;
use crate::catalog::{FamilyVersion, Selection, stored};
use crate::discover::descriptor;
use crate::sign::check_signatures;
use crate::storable;

use crate::compat_report::Uploaded;
use crate::store::component::ComponentVersionRow;
use crate::uses::MAX_USES;
use crate::{Registry, RegistryError, Release};
use bytes::Bytes;
use semver::Version;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::hidden::Hidden;
use tasker_domain::impact::Impact;
use tasker_domain::name::Name;
use tasker_domain::pin::{PinKind, Pinned};
use tasker_domain::plan::{Admits, ComponentPlan, PinImpact, StepImpact};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Availability, VersionState, VersionStatus};
use tasker_domain::signature::Signature;

/// The version that is not there yet; no stored one has this number.
pub(super) const PROPOSED_ID: i32 = -1;

impl Registry {
    /// What publishing these bytes under this version, with these signatures, would change. Nothing
    /// is stored but their compiled code.
    ///
    /// # Errors
    /// Where they are no component that could be published, or the version has other bytes.
    pub async fn plan_component(
        &self,
        target: &QualifiedName,
        version: &Version,
        bytes: Bytes,
        signatures: &[Signature],
    ) -> Result<ComponentPlan, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let given = Digest::of(&bytes);
        check_signatures(given, signatures)?;
        let stored = self.store.component_version(namespace, name, version);
        if let Some(row) = stored.await? {
            if given != row.digest {
                return Err(RegistryError::VersionExists {
                    release: Box::new(release(target, version)),
                    existing: row.digest,
                    given,
                });
            }
            let is_collected = row.collected_at.is_some();
            let plan = self.plan_of_stored(target, version, row, signatures);
            let mut plan = plan.await?;
            if is_collected {
                plan.obstacles = self.obstacles(target, version, given, signatures).await?;
            }
            return Ok(plan);
        }
        let uploaded = self.inspected(bytes).await?;
        let described = serde_json::to_value(&uploaded.descriptor);
        if let Ok(described) = described {
            storable::check(&described, "the component's descriptor")?;
        }
        let obstacles = self.obstacles(target, version, given, signatures);
        let obstacles = obstacles.await?;
        let wanted = self.unapproved(target, version, &uploaded.descriptor);
        let unapproved = wanted.await?;
        let plan = self.plan_of(target, version, uploaded, None, signatures);
        let plan = plan.await?;
        Ok(ComponentPlan {
            unapproved,
            obstacles,
            ..plan
        })
    }

    /// What it would change if a version that is published were given to new tasks.
    pub async fn plan_component_version(
        &self,
        target: &QualifiedName,
        version: &Version,
    ) -> Result<ComponentPlan, RegistryError> {
        let row = self.component_version(target, version).await?;
        self.plan_of_stored(target, version, row, &[]).await
    }

    async fn plan_of_stored(
        &self,
        target: &QualifiedName,
        version: &Version,
        row: ComponentVersionRow,
        signatures: &[Signature],
    ) -> Result<ComponentPlan, RegistryError> {
        let bytes = self.store.engine().component_bytes(row.digest).await?;
        let uploaded = Uploaded {
            digest: row.digest,
            descriptor: descriptor(&row)?,
            bytes: bytes.unwrap_or_default().into(),
        };
        let status = Availability(row.state().ineligible());
        let plan = self.plan_of(target, version, uploaded, Some(status), signatures);
        let plan = plan.await?;
        Ok(ComponentPlan {
            unapproved: row.unapproved,
            ..plan
        })
    }

    async fn plan_of(
        &self,
        target: &QualifiedName,
        version: &Version,
        uploaded: Uploaded,
        status: Option<Availability>,
        signatures: &[Signature],
    ) -> Result<ComponentPlan, RegistryError> {
        let QualifiedName { namespace, name } = target;
        let compat_report = self.assess_component(target, version, &uploaded).await?;
        let number = self.numbered(PinKind::Component, target, version, compat_report);
        let number = number.await?;
        let (mut catalog, is_cut) = self.component_users(target).await?;
        let steps = std::mem::take(&mut catalog.steps);
        let mut signers = self.store.signers(uploaded.digest).await?;
        signers.extend(signatures.iter().map(|signature| *signature.key()));
        let proposed = FamilyVersion {
            id: PROPOSED_ID,
            version: version.clone(),
            state: VersionState::ACTIVE,
            signers,
        };
        let kind = PinKind::Component;
        let after = catalog.with_versions(kind, target, vec![proposed]);
        let steps = steps.into_iter();
        let steps = steps
            .filter(|it| it.status == VersionStatus::Active)
            .filter(|it| catalog.may_use(&it.namespace, target));
        let mut steps: Vec<StepImpact> = steps
            .map(|step| StepImpact {
                report: catalog.step_impact(&after, &step, version),
                namespace: step.namespace.to_string(),
                template: step.template,
                template_version: step.version,
                is_default: false,
                step: step.step,
                handler: step.handler.handler,
                requirement: step.handler.requirement,
                lacks_handler: false,
            })
            .collect();
        mark_lacking(&mut steps, &uploaded.descriptor);
        self.mark_defaults(&mut steps).await?;
        let all = steps.len();
        steps.retain(|step| step.report.impact != Impact::Unmatched);
        steps.sort_by_key(|step| (step.report.impact, !step.is_default));
        let open = self.store.open_tasks_by_version(namespace, name).await?;
        Ok(ComponentPlan {
            namespace: namespace.clone(),
            name: name.clone(),
            version: version.clone(),
            digest: uploaded.digest,
            descriptor: uploaded.descriptor,
            status,
            number,
            unapproved: Vec::new(),
            obstacles: Vec::new(),
            unmatched_steps: all - steps.len(),
            steps,
            pins: catalog
                .pins_of(kind, target)
                .take(MAX_USES)
                .map(|(namespace, pin)| pin_impact(namespace, &pin.pinned, version))
                .collect(),
            open_tasks: open_tasks(open)?,
            is_cut,
            hidden: Hidden::default(),
        })
    }
}

impl Registry {
    async fn mark_defaults(&self, steps: &mut [StepImpact]) -> Result<(), RegistryError> {
        let mut selection = Selection::default();
        for step in &*steps {
            let template = stored::qualified(&step.namespace, &step.template)?;
            selection.templates.insert(template);
        }
        let catalog = self.catalog(&selection).await?;
        for step in steps {
            let template = stored::qualified(&step.namespace, &step.template)?;
            let latest = catalog.latest(PinKind::Template, &template);
            step.is_default = latest.is_some_and(|it| it.to_string() == step.template_version);
        }
        Ok(())
    }
}

fn release(target: &QualifiedName, version: &Version) -> Release {
    Release::new(PinKind::Component, target, version)
}

fn mark_lacking(steps: &mut [StepImpact], descriptor: &Descriptor) {
    for step in steps {
        let would_run = step.report.impact.is_taken();
        step.lacks_handler = would_run && !descriptor.may_have(step.handler.as_str());
    }
}

fn pin_impact(namespace: &Name, pin: &Pinned, version: &Version) -> PinImpact {
    let rollout = pin.rollout.as_ref();
    let is_rolled_out = rollout.is_some_and(|rollout| rollout.requirement.matches(version));
    let admits = match (pin.requirement.matches(version), is_rolled_out) {
        (true, false) if rollout.is_some() => Admits::Rest,
        (true, _) => Admits::All,
        (false, true) => Admits::Rollout,
        (false, false) => Admits::Nobody,
    };
    PinImpact {
        namespace: namespace.to_string(),
        percent: rollout.map(|rollout| rollout.percent),
        rollout: rollout.map(|rollout| rollout.requirement.clone()),
        requirement: pin.requirement.clone(),
        admits,
    }
}
