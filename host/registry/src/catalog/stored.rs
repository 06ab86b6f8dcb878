//! The parts of a catalog as they are stored.

use super::cache::KeptFamily;
use super::{Catalog, Family, FamilyVersion, NamedPin, NamespaceRules, Subscriber, TemplateStep};
use crate::RegistryError;
use crate::store::catalog::{FamilyVersionRow, NamespaceRulesRow};
use crate::store::pin::RolloutColumns;
use crate::store::uses::{SubscriberRow, UseRow};
use crate::version::parse_version;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tasker_domain::name::{Name, NameError};
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::{ComponentRef, QualifiedName};
use tasker_domain::share::Shares;
use tasker_domain::signature::PublicKey;

/// A pin as its row says it.
#[derive(Deserialize)]
struct StoredPin {
    kind: PinKind,
    target: ComponentRef,
    requirement: String,
    rollout_requirement: Option<String>,
    rollout_percent: Option<f32>,
    guard: Option<Value>,
    paused_because: Option<String>,
}

/// These rules, and the components or templates of these versions.
pub(crate) fn catalog(
    rules_rows: Vec<NamespaceRulesRow>,
    kind: PinKind,
    versions: Vec<FamilyVersionRow>,
) -> Result<Catalog, RegistryError> {
    let rules = rules_rows.into_iter().map(|row| {
        let (name, rules) = rules(row)?;
        Ok((name, Arc::new(rules)))
    });
    let mut catalog = Catalog {
        rules: rules.collect::<Result<_, RegistryError>>()?,
        ..Catalog::default()
    };
    let families = families(versions)?.into_iter();
    *catalog.families_mut(kind) = families.map(|(name, kept)| (name, kept.family)).collect();
    Ok(catalog)
}

/// The rules of a namespace.
pub(crate) fn rules(row: NamespaceRulesRow) -> Result<(Name, NamespaceRules), RegistryError> {
    let home = row.namespace;
    let unreadable =
        |what: &str, reason: String| RegistryError::stored(format!("{what} of {home}"), reason);
    let shares = row
        .shared
        .iter()
        .zip(&row.shared_with)
        .map(|(scope, with)| {
            let scope = scope.parse();
            let scope = scope.map_err(|why| unreadable("a share", format!("{why}")))?;
            let with = with.parse();
            Ok((
                scope,
                with.map_err(|why| unreadable("a share", format!("{why}")))?,
            ))
        });
    let mut rules = NamespaceRules {
        policy: keys(row.keys)?.into_iter().collect(),
        shares: shares.collect::<Result<Shares, RegistryError>>()?,
        ..NamespaceRules::default()
    };
    let pins = Vec::<StoredPin>::deserialize(row.pins);
    for pin in pins.map_err(|why| unreadable("a pin", why.to_string()))? {
        let target = pin.target.qualified(&home);
        let pin = NamedPin {
            kind: pin.kind,
            target: pin.target.to_string(),
            pinned: RolloutColumns {
                rollout_requirement: pin.rollout_requirement,
                rollout_percent: pin.rollout_percent,
                guard: pin.guard,
                rollout_started_at: None,
                paused_because: pin.paused_because,
            }
            .pinned(&pin.requirement)?,
        };
        rules.pins_mut(pin.kind).insert(target, pin);
    }
    Ok((home, rules))
}

/// The families of these rows, whole, with their revisions.
pub(crate) fn families(
    rows: Vec<FamilyVersionRow>,
) -> Result<BTreeMap<QualifiedName, KeptFamily>, RegistryError> {
    let mut grouped: BTreeMap<_, (FamilyVersionRow, Vec<FamilyVersion>)> = BTreeMap::new();
    for mut row in rows {
        let version = FamilyVersion {
            id: row.version_id,
            version: parse_version(&row.version)?,
            state: row.state(),
            signers: keys(std::mem::take(&mut row.signers))?,
        };
        let target = QualifiedName::of(&row.namespace, &row.family);
        let (_, versions) = grouped.entry(target).or_insert_with(|| (row, Vec::new()));
        versions.push(version);
    }
    let families = grouped.into_iter().map(|(target, (row, versions))| {
        let revision = row.revision.unwrap_or_default();
        let whole = Family::new(row.namespace_id, row.family_id, revision);
        let kept = KeptFamily {
            families_revision: row.families_revision,
            revision: row.revision,
            family: Arc::new(whole.of(versions)),
        };
        (target, kept)
    });
    Ok(families.collect())
}

/// `None` if it delivers to what this host cannot read.
pub(crate) fn subscriber(row: SubscriberRow) -> Option<Subscriber> {
    Some(Subscriber {
        namespace: row.namespace.parse().ok()?,
        subscription: row.subscription,
        handler: row.handler.parse().ok()?,
    })
}

/// `None` if the step runs what this host cannot read.
pub(crate) fn step_use(row: UseRow) -> Option<TemplateStep> {
    Some(TemplateStep {
        namespace: row.namespace.parse().ok()?,
        template: row.template,
        version: row.version,
        status: row.status,
        step: row.step,
        handler: row.handler.parse().ok()?,
    })
}

pub(crate) fn qualified(namespace: &str, family: &str) -> Result<QualifiedName, RegistryError> {
    Ok(QualifiedName {
        namespace: name(namespace)?,
        name: name(family)?,
    })
}

pub(crate) fn name(text: &str) -> Result<Name, RegistryError> {
    text.parse()
        .map_err(|error: NameError| RegistryError::stored(format!("the name `{text}`"), error))
}

fn keys(stored: Vec<Vec<u8>>) -> Result<Vec<PublicKey>, RegistryError> {
    let key = |bytes| {
        PublicKey::try_from(bytes).map_err(|error| RegistryError::stored("a signing key", error))
    };
    stored.into_iter().map(key).collect()
}
