//! Which steps a version reaches, as the namespaces of their templates take components.

use crate::signing_policy_filter::SigningPolicyFilter;
use crate::store::uses::UseRow;
use crate::{Registry, RegistryError};
use semver::Version;
use std::collections::{BTreeMap, BTreeSet};
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::pin::Pinned;
use tasker_domain::plan::StepReach;
use tasker_domain::reach::{Arrival, Reached};
use tasker_domain::requirement::{HandlerRef, QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, VersionStatus};
use tasker_domain::signature::Signature;

/// A component as namespaces with signing policies find it.
pub(super) struct Held {
    candidates: Vec<Candidate<i32>>,
    taking: SigningPolicyFilter,
    /// Namespaces whose policies do not take the version that arrives.
    refusing: BTreeSet<String>,
}

impl Registry {
    /// How the namespaces that use a component take its versions and these bytes, as if these
    /// signatures were kept too.
    pub(super) async fn as_taken(
        &self,
        target: &QualifiedName,
        digest: Digest,
        signatures: &[Signature],
        uses: &[UseRow],
    ) -> Result<Held, RegistryError> {
        let taking = self.taking(Some(target)).await?;
        let using: BTreeSet<&String> = uses.iter().map(|row| &row.namespace).collect();
        let keys: Vec<_> = signatures.iter().map(Signature::key).collect();
        let mut refusing = BTreeSet::new();
        for namespace in using.into_iter().filter(|it| taking.is_held(it)) {
            let met = self.store.signing_keys_met(namespace, digest, &keys);
            if met.await?.1 == 0 {
                refusing.insert(namespace.clone());
            }
        }
        Ok(Held {
            candidates: self.existing_candidates(target).await?,
            taking,
            refusing,
        })
    }
}

impl Held {
    /// How far the version reaches at one step.
    fn reach(
        &self,
        version: &Version,
        namespace: &str,
        asked: &Requirement,
        pin: Option<&Pinned>,
    ) -> Reached {
        let seen = self.taking.seen_by(namespace, &self.candidates);
        let arrival = Arrival::new(version, &seen);
        match self.refusing.contains(namespace) {
            true => arrival.unsigned(Some(asked), pin),
            false => arrival.reach(Some(asked), pin),
        }
    }
}

/// The steps of templates that run the component, but for those of templates that were taken back.
pub(super) fn reached_steps(
    target: &QualifiedName,
    version: &Version,
    uses: Vec<UseRow>,
    held: &Held,
    pins: &BTreeMap<String, Pinned>,
) -> Vec<StepReach> {
    let active = uses
        .into_iter()
        .filter(|row| row.status == VersionStatus::Active);
    let reached = active.filter_map(|row| {
        let handler: HandlerRef = row.handler.parse().ok()?;
        let home: Name = row.namespace.parse().ok()?;
        let is_meant = handler.component.qualified(&home) == *target;
        let pin = pins.get(&row.namespace);
        let reach = held.reach(version, &row.namespace, &handler.requirement, pin);
        is_meant.then_some(StepReach {
            namespace: row.namespace,
            template: row.template,
            template_version: row.version,
            is_default: false,
            step: row.step,
            handler: handler.handler,
            requirement: handler.requirement,
            reached: reach,
            lacks_handler: false,
        })
    });
    reached.collect()
}
