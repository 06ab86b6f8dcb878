//! Which version of a component takes an event of a subscription, and under which rules.

use super::catalog::Selection;
use super::error::SubscriptionRefused;
use super::share::require_use;
use super::{Registry, RegistryError, Release};
use semver::Version;
use std::collections::BTreeSet;
use std::sync::Arc;
use tasker_domain::attempt_rules::AttemptRules;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::digest::Digest;
use tasker_domain::ids::TaskId;
use tasker_domain::name::Name;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{HandlerRef, QualifiedName};
use tasker_domain::resolve::{Candidate, Existing, ResolveError, choose_components};

/// What runs for an event.
#[derive(Clone, Debug)]
pub struct ResolvedSubscriber {
    pub component_version_id: i32,
    pub version: Version,
    pub digest: Digest,
    /// Names of the pins whose rollouts the event is on.
    pub rollouts: Vec<String>,
    /// What the namespace grants and limits.
    pub rules: Arc<AttemptRules>,
}

impl Registry {
    /// The version of the component that takes an event of a subscription of this namespace now: as a new task would
    /// take it for a step, with the pins of the namespace and their rollouts. Events of one task are on the same side
    /// of a rollout as the task is.
    pub async fn resolve_subscriber(
        &self,
        home: &Name,
        subscriber: &HandlerRef,
        task: TaskId,
    ) -> Result<ResolvedSubscriber, RegistryError> {
        let component = subscriber.component.qualified(home);
        let components = BTreeSet::from([component.clone()]);
        let selection = Selection {
            components: components.clone(),
            ..Selection::default()
        };
        let selection = selection.with([home]).with_attempts(home);
        let catalog = self.catalog(&selection).await?;
        require_use(&catalog, home, &component)?;
        let rules = catalog.rules.get(home).cloned().unwrap_or_default();
        let rollouts = rules.rollouts_with(&components, task);
        let pins = rules.seen_on(&rollouts);
        let versions = catalog.components_for(home, &components);
        let named = [(&subscriber.handler, subscriber)];
        let chosen = choose_components(home, named, &versions, &pins);
        let chosen = chosen.map_err(|errors| no_version(&errors))?;
        let Some(chosen) = chosen.first() else {
            return Err(no_version(&[]));
        };
        self.require_subscriber(&component, chosen, subscriber)
            .await?;
        Ok(ResolvedSubscriber {
            component_version_id: chosen.id,
            version: chosen.version.clone(),
            digest: self.digest_of(chosen.id).await?,
            rollouts,
            rules: catalog.attempts.get(home).cloned().unwrap_or_default(),
        })
    }

    async fn require_subscriber(
        &self,
        component: &QualifiedName,
        chosen: &Candidate<i32>,
        subscriber: &HandlerRef,
    ) -> Result<(), RegistryError> {
        let descriptors = self.descriptors(BTreeSet::from([chosen.id])).await?;
        let lacking = descriptors
            .get(&chosen.id)
            .filter(|it| !it.may_have_subscriber(subscriber.handler.as_str()));
        match lacking {
            None => Ok(()),
            Some(descriptor) => Err(unknown(component, chosen, subscriber, descriptor)),
        }
    }

    async fn digest_of(&self, component_version_id: i32) -> Result<Digest, RegistryError> {
        let kept = &self.resolved.digests;
        if let Some(digest) = kept.get(&component_version_id) {
            return Ok(digest);
        }
        let digest = self.store.component_digest(component_version_id).await?;
        kept.keep(component_version_id, digest);
        Ok(digest)
    }
}

fn unknown(
    component: &QualifiedName,
    chosen: &Candidate<i32>,
    subscriber: &HandlerRef,
    descriptor: &Descriptor,
) -> RegistryError {
    let existing = descriptor.subscribers.iter().flatten();
    SubscriptionRefused::UnknownSubscriber {
        subscriber: subscriber.handler.clone(),
        release: Box::new(Release::new(PinKind::Component, component, &chosen.version)),
        existing: existing.map(|it| it.name.to_string()).collect(),
    }
    .into()
}

/// In words about a subscription, which has no steps.
fn no_version(errors: &[ResolveError]) -> RegistryError {
    let has = |target: &QualifiedName, existing: &Existing| format!("{target} has {existing}");
    let words = errors.iter().map(|error| match error {
        ResolveError::NoComponent { target, .. } => {
            format!("there is no component {target}; publish it or correct the target")
        }
        ResolveError::Requirement(unmet) => format!(
            "{}; none satisfies {}; publish one or change the requirement{}",
            has(&unmet.target, &unmet.existing),
            unmet.requirement,
            unmet.existing.remedy()
        ),
        ResolveError::Pin { pin, unmet } => format!(
            "{}; none satisfies the namespace's pin {pin}; publish one or change the pin{}",
            has(&unmet.target, &unmet.existing),
            unmet.existing.remedy()
        ),
        ResolveError::Conflict { pin, unmet } => format!(
            "{}; the namespace's pin {pin} and the requirement {} have no version in common; change one of them{}",
            has(&unmet.target, &unmet.existing),
            unmet.requirement,
            unmet.existing.remedy()
        ),
        other => other.to_string(),
    });
    let words: Vec<String> = words.collect();
    SubscriptionRefused::NoVersion(words.join("; ")).into()
}
