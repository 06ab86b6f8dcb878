//! What publishing a version of a component would change.

use super::held::reached_steps;
use super::open_tasks;
use crate::default_version::ListedVersions as _;
use crate::discover::descriptor;
use crate::sign::check_signatures;
use crate::storable;
use crate::store::component::ComponentVersionRow;
use crate::store::uses::{PinUseRow, UseRow};
use crate::uses::MAX_USES;
use crate::verdict::Uploaded;
use crate::{Kind, Registry, RegistryError, Release};
use bytes::Bytes;
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::hidden::Hidden;
use tasker_domain::pin::Pinned;
use tasker_domain::plan::{Admits, ComponentPlan, PinReach, StepReach};
use tasker_domain::reach::Reach;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Availability, Ineligible};
use tasker_domain::signature::Signature;

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
        let status = match (row.is_quarantined, row.collected_at) {
            (true, _) => Some(Ineligible::Quarantined),
            (false, Some(_)) => Some(Ineligible::Collected),
            (false, None) => row.status.ineligible(),
        };
        let plan = self.plan_of(
            target,
            version,
            uploaded,
            Some(Availability(status)),
            signatures,
        );
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
        let verdict = self.judge_component(target, version, &uploaded).await?;
        let number = self.numbered(Kind::Component, target, version, verdict);
        let number = number.await?;
        let pins = self.store.pins_of_component(namespace, name, MAX_USES);
        let pins = pins.await?;
        let uses = self.store.steps_that_name(namespace, name, MAX_USES);
        let uses = uses.await?;
        let is_cut = [uses.len(), pins.len()].contains(&(MAX_USES as usize));
        let audience = self.audience(target).await?;
        let uses = uses.into_iter();
        let uses: Vec<UseRow> = uses.filter(|it| audience.includes(&it.namespace)).collect();
        let pinned = pinned(&pins)?;
        let held = self.as_taken(target, uploaded.digest, signatures, &uses);
        let held = held.await?;
        let mut steps = reached_steps(target, version, uses, &held, &pinned);
        mark_lacking(&mut steps, &uploaded.descriptor);
        self.mark_defaults(&mut steps).await?;
        let all = steps.len();
        steps.retain(|step| step.reached.reach != Reach::Unmatched);
        steps.sort_by_key(|step| (step.reached.reach, !step.is_default));
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
            pins: pinned
                .into_iter()
                .map(|(namespace, pin)| pin_reach(namespace, pin, version))
                .collect(),
            open_tasks: open_tasks(open)?,
            is_cut,
            hidden: Hidden::default(),
        })
    }
}

impl Registry {
    async fn mark_defaults(&self, steps: &mut [StepReach]) -> Result<(), RegistryError> {
        let named: BTreeSet<(&str, &str)> = steps
            .iter()
            .map(|step| (step.namespace.as_str(), step.template.as_str()))
            .collect();
        let named: Vec<_> = named.into_iter().collect();
        let rows = self.store.templates_named(&named).await?;
        let defaults: BTreeSet<(String, String, String)> = rows
            .into_iter()
            .filter_map(|row| {
                let version = row.default_version()?.to_string();
                Some((row.namespace, row.name, version))
            })
            .collect();
        for step in steps {
            let (namespace, template) = (step.namespace.clone(), step.template.clone());
            let key = (namespace, template, step.template_version.clone());
            step.is_default = defaults.contains(&key);
        }
        Ok(())
    }
}

fn release(target: &QualifiedName, version: &Version) -> Release {
    Release {
        kind: Kind::Component,
        target: target.clone(),
        version: version.clone(),
    }
}

fn pinned(rows: &[PinUseRow]) -> Result<BTreeMap<String, Pinned>, RegistryError> {
    let pinned = rows.iter().map(|row| {
        let pin = row.ramp.pinned(&row.requirement)?;
        Ok((row.namespace.clone(), pin))
    });
    pinned.collect()
}

fn mark_lacking(steps: &mut [StepReach], descriptor: &Descriptor) {
    for step in steps {
        let would_run = step.reached.reach.is_taken();
        step.lacks_handler = would_run && !descriptor.may_have(step.handler.as_str());
    }
}

fn pin_reach(namespace: String, pin: Pinned, version: &Version) -> PinReach {
    let ramp = pin.ramp.as_ref();
    let is_ramped = ramp.is_some_and(|ramp| ramp.requirement.matches(version));
    let admits = match (pin.requirement.matches(version), is_ramped) {
        (true, false) if ramp.is_some() => Admits::Rest,
        (true, _) => Admits::All,
        (false, true) => Admits::Ramp,
        (false, false) => Admits::Nobody,
    };
    PinReach {
        namespace,
        percent: ramp.map(|ramp| ramp.percent),
        ramp: pin.ramp.map(|ramp| ramp.requirement),
        requirement: pin.requirement,
        admits,
    }
}
