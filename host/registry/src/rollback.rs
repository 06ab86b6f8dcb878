//! What a pin would go back to, by a rollback or because its version is barred.

use super::pin_sides::Sides;
use super::{Registry, RegistryError};
use crate::store::references::ComponentPinRow;
use std::collections::BTreeMap;
use tasker_domain::pin::{PastChange, standing};
use tasker_domain::requirement::{QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, highest};

/// The changes of pins of components, by namespace and target, the newest first.
pub(crate) struct PinHistories(BTreeMap<(String, String), Vec<PastChange>>);

impl Registry {
    /// The changes of the pins that stand, of one component or of all.
    pub(crate) async fn pasts(
        &self,
        component: Option<&QualifiedName>,
    ) -> Result<PinHistories, RegistryError> {
        let mut pasts = BTreeMap::<_, Vec<PastChange>>::new();
        for row in self.store.pin_pasts(component).await? {
            let pin = (row.namespace.clone(), row.target.clone());
            pasts.entry(pin).or_default().push(row.change());
        }
        Ok(PinHistories(pasts))
    }
}

impl PinHistories {
    /// The versions that the pin would lead to if it were rolled back now, or if what it leads to
    /// were barred, with the requirements that lead there. Nothing that is barred: whoever yanks a
    /// version does not go back to it.
    pub(crate) fn leads_back<'c, Id: Clone>(
        &self,
        pin: &ComponentPinRow,
        candidates: &'c [Candidate<Id>],
    ) -> Result<Vec<(Requirement, &'c Candidate<Id>)>, RegistryError> {
        let key = (pin.namespace.clone(), pin.target.clone());
        let Some(changes) = self.0.get(&key) else {
            return Ok(Vec::new());
        };
        let sides = Sides::of(pin)?;
        let leads = |candidate: &Candidate<Id>| {
            sides.iter().any(|(_, requirement)| {
                let led = highest(candidates, &[requirement]);
                led.is_some_and(|led| led.version == candidate.version)
            })
        };
        let is_other = |candidate: &&Candidate<Id>| !leads(candidate);
        let before: Vec<Requirement> = standing(changes)
            .filter_map(|(_, text)| text.parse().ok())
            .collect();
        let rolled = first_met(&before, |it| highest(candidates, &[it]));
        let fallen = first_met(&before, |it| {
            let others = candidates.iter().filter(is_other);
            let usable = others.filter(|other| other.bar.is_none() && it.matches(&other.version));
            usable.max_by(|a, b| a.version.cmp(&b.version))
        });
        Ok(rolled.into_iter().chain(fallen).collect())
    }
}

/// The newest of these that something satisfies.
fn first_met<'c, Id>(
    newest_first: &[Requirement],
    met_by: impl Fn(&Requirement) -> Option<&'c Candidate<Id>>,
) -> Option<(Requirement, &'c Candidate<Id>)> {
    newest_first
        .iter()
        .find_map(|requirement| Some((requirement.clone(), met_by(requirement)?)))
}
