//! What a template is planned with besides what is there: versions and pins that are to come before it.

use super::pins::{NamedPin, NamespacePins};
use std::collections::BTreeMap;
use std::sync::Arc;
use tasker_domain::descriptor::Descriptor;
use tasker_domain::name::Name;
use tasker_domain::pin::{PinKind, Pinned};
use tasker_domain::plan::Assumed;
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::{Candidate, Components};

/// Adds the versions. Their ids are negative, which no stored version's is.
pub(super) fn add_versions(assumed: &Assumed, versions: &mut Components<i32>) {
    let mut added: BTreeMap<QualifiedName, Vec<Candidate<i32>>> = BTreeMap::new();
    for (place, one) in assumed.components.iter().enumerate() {
        let target = QualifiedName {
            namespace: one.namespace.clone(),
            name: one.component.clone(),
        };
        added.entry(target).or_default().push(Candidate {
            version: one.version.clone(),
            bar: None,
            id: id_of(place),
        });
    }
    for (target, mut all) in added {
        let others = versions.get(&target).map_or(&[][..], AsRef::as_ref);
        let is_new = |other: &&Candidate<i32>| !all.iter().any(|it| it.version == other.version);
        let others: Vec<_> = others.iter().filter(is_new).cloned().collect();
        all.extend(others);
        all.sort_by(|a, b| b.version.cmp(&a.version));
        versions.insert(target, all.into());
    }
}

/// What the assumed version of this id is.
pub(super) fn descriptor(assumed: &Assumed, id: i32) -> Option<(i32, Arc<Descriptor>)> {
    let place = usize::try_from(-(id + 1)).ok()?;
    let one = assumed.components.get(place)?;
    Some((id, Arc::new(one.descriptor.clone())))
}

/// Changes the pins.
pub(super) fn repin(assumed: &Assumed, home: &Name, pins: &mut NamespacePins) {
    for (target, requirement) in &assumed.pins {
        let qualified = target.qualified(home);
        let Some(requirement) = requirement else {
            pins.components.remove(&qualified);
            continue;
        };
        let pin = NamedPin {
            name: PinKind::Component.pin_name(&target.to_string()),
            pinned: Pinned::at(requirement.clone()),
        };
        pins.components.insert(qualified, pin);
    }
}

fn id_of(place: usize) -> i32 {
    -i32::try_from(place + 1).expect("as many are assumed as a request may name")
}
