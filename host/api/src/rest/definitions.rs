//! What requests for components and templates have in common.

use super::super::Api;
use super::super::access::Access;
use semver::Version;
use std::marker::PhantomData;
use tasker_domain::hidden::keep;
use tasker_domain::name::Name;
use tasker_domain::permission::Action;
use tasker_domain::requirement::QualifiedName;
use tasker_registry::RegistryError;
use tasker_registry::listed::ListedFamily;
use tasker_registry::store::pin::{self, RolledBack, Unresolvable};
use tasker_registry::version::parse_version;
use tasker_wire::definition::{AffectedPins, DiffQuery, RolledBackPin, Summary, UnresolvablePin};

pub fn between(query: &DiffQuery) -> Result<(Version, Version), RegistryError> {
    Ok((parse_version(&query.from)?, parse_version(&query.to)?))
}

/// Refuses to list what is in a namespace that does not exist, unless the caller's permissions name it.
pub async fn check_listed(
    api: &Api,
    access: &Access,
    namespaces: &[Name],
) -> Result<(), RegistryError> {
    let named = access.permissions().namespaces(Action::Read);
    for namespace in namespaces.iter().filter(|it| !named.contains(it.as_str())) {
        let may_read = |other: &str| access.may_read(other);
        let required = api.namespaces.require(&api.store, namespace, may_read);
        required.await?;
    }
    Ok(())
}

pub fn summary<K>(row: ListedFamily) -> Summary<K> {
    Summary {
        kind: PhantomData,
        latest: row.latest,
        ineligible: row.ineligible,
        versions: row.versions.len(),
        namespace: row.namespace.to_string(),
        name: row.name.to_string(),
        created_at: row.created_at,
    }
}

/// The pins that are affected by the withdrawal of a version of `target`; those are named that are of its
/// namespace or of one that the caller may read.
pub fn readable_pins(
    target: &QualifiedName,
    pins: pin::AffectedPins,
    access: &Access,
) -> AffectedPins {
    affected_pins(pins, |namespace| {
        target.namespace.as_str() == namespace || access.may_read(namespace)
    })
}

pub fn affected_pins(pins: pin::AffectedPins, may_read: impl Fn(&str) -> bool) -> AffectedPins {
    let pin::AffectedPins {
        mut rolled_back,
        mut unresolvable,
        ..
    } = pins;
    let hidden = keep(&mut rolled_back, |it| may_read(it.pin.namespace.as_str()))
        + keep(&mut unresolvable, |it| may_read(it.namespace.as_str()));
    AffectedPins {
        hidden_pins: Some(hidden).filter(|count| *count > 0),
        pins: rolled_back.into_iter().map(rolled_back_pin).collect(),
        unresolvable_pins: unresolvable.into_iter().map(unresolvable_pin).collect(),
    }
}

fn rolled_back_pin(RolledBack { from, pin }: RolledBack) -> RolledBackPin {
    RolledBackPin {
        namespace: pin.namespace.to_string(),
        kind: pin.kind,
        target: pin.target.to_string(),
        from: from.to_string(),
        to: pin.requirement,
    }
}

fn unresolvable_pin(pin: Unresolvable) -> UnresolvablePin {
    UnresolvablePin {
        namespace: pin.namespace.to_string(),
        kind: pin.kind,
        target: pin.target.to_string(),
        requirement: pin.requirement.to_string(),
    }
}
