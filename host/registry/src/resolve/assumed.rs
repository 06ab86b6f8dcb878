//! What a template is planned with besides what is there: versions and pins that are to come before it.

use super::super::catalog::{Catalog, FamilyVersion, NamedPin, NamespaceRules};
use std::collections::BTreeMap;
use std::sync::Arc;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::name::Name;
use tasker_domain::pin::{PinKind, Pinned};
use tasker_domain::plan::Assumed;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionState;

/// The catalog as if all of it were there, for tasks of this namespace. The ids of the versions are
/// negative, which no stored version's is.
pub(super) fn add_to(assumed: &Assumed, catalog: Catalog, home: &Name) -> Catalog {
    let mut catalog = catalog;
    let rules = catalog.rules.get(home);
    let signers = rules.map_or_else(Vec::new, |rules| rules.policy.keys().to_vec());
    let mut added: BTreeMap<QualifiedName, Vec<FamilyVersion>> = BTreeMap::new();
    for (place, one) in assumed.components.iter().enumerate() {
        let target = QualifiedName::of(&one.namespace, &one.component);
        added.entry(target).or_default().push(FamilyVersion {
            id: id_of(place),
            version: one.version.clone(),
            state: VersionState::ACTIVE,
            signers: signers.clone(),
        });
    }
    for (target, versions) in added {
        catalog = catalog.with_versions(PinKind::Component, &target, versions);
    }
    catalog.with_rules(home, |rules| repin(assumed, home, rules))
}

/// What the assumed version of this id is.
pub(super) fn descriptor(assumed: &Assumed, id: i32) -> Option<(i32, Arc<Descriptor>)> {
    let place = usize::try_from(-(id + 1)).ok()?;
    let one = assumed.components.get(place)?;
    Some((id, Arc::new(one.descriptor.clone())))
}

fn repin(assumed: &Assumed, home: &Name, rules: &mut NamespaceRules) {
    for (target, requirement) in &assumed.pins {
        let qualified = target.qualified(home);
        let Some(requirement) = requirement else {
            rules.components.remove(&qualified);
            continue;
        };
        let pin = NamedPin {
            kind: PinKind::Component,
            target: target.to_string(),
            pinned: Pinned::at(requirement.clone()),
        };
        rules.components.insert(qualified, pin);
    }
}

fn id_of(place: usize) -> i32 {
    -i32::try_from(place + 1).expect("as many are assumed as a request may name")
}
