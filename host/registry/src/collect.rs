//! Removing what nothing needs any more.

use super::discover::parse_version;
use super::pin_sides::Sides;
use super::references::{by_default, taken, unbarred};
use super::{Registry, RegistryError};
use crate::store::collect::{Collectable, Collected, CollectedRow};
use crate::store::references::ComponentPinRow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tasker_domain::actor::Actor;
use tasker_domain::name::{Name, NameError};
use tasker_domain::requirement::{ComponentRef, HandlerRef, QualifiedName, Requirement};
use tasker_domain::resolve::{Candidate, highest};

/// How often a collection begins anew because the registry changed under it, or it was delayed.
const MAX_TRIES: u32 = 16;

/// After a delay, so many times as long as there were tries.
const PAUSE: Duration = Duration::from_millis(20);

/// All versions of components, by component.
type Everything = BTreeMap<QualifiedName, Vec<Candidate<i32>>>;

/// The pins of components: by namespace, and there by component.
type Pinned = BTreeMap<(String, QualifiedName), Sides>;

impl Registry {
    /// What a collection would remove now, by number.
    pub async fn collectable(
        &self,
        older_than: Duration,
    ) -> Result<Vec<CollectedRow>, RegistryError> {
        self.store.engine().write_uses().await?;
        let wanted = self.wanted_versions().await?;
        let which = Collectable {
            wanted: &wanted,
            older_than,
        };
        Ok(self.store.collectable(which).await?)
    }

    /// Removes the bytes of all versions that nothing needs and that were published, resolved and run
    /// longer ago than `older_than`; tells which. What they were stays on record, and new tasks don't
    /// take them. Batch by batch: whoever publishes or creates tasks meanwhile waits for one at most.
    pub async fn collect(
        &self,
        older_than: Duration,
        actor: &Actor,
    ) -> Result<Vec<CollectedRow>, RegistryError> {
        let mut collected = Vec::new();
        let mut after = 0;
        let mut tries = 0;
        self.store.engine().write_uses().await?;
        self.store.clear_collected().await?;
        while tries < MAX_TRIES {
            let generation = self.store.registry_generation().await?;
            let wanted = self.wanted_versions().await?;
            let which = Collectable {
                wanted: &wanted,
                older_than,
            };
            let candidates = self.store.collect_candidates(which, after).await?;
            let Some(last) = candidates.last() else {
                return Ok(collected);
            };
            match self
                .store
                .collect(generation, which, &candidates, actor)
                .await?
            {
                Collected::Versions(rows) => {
                    after = *last;
                    collected.extend(rows);
                }
                Collected::Moved => tries += 1,
                Collected::Delayed => {
                    tries += 1;
                    tokio::time::sleep(PAUSE * tries).await;
                }
                Collected::Busy => return Err(RegistryError::Collecting),
            }
        }
        Err(RegistryError::Collecting)
    }

    /// The versions that resolution would take for some new task, or a pin leads or goes back to: see the SQL
    /// function `tasker.collectable_versions`, which has the whole rule.
    async fn wanted_versions(&self) -> Result<Vec<i32>, RegistryError> {
        let everything = self.everything().await?;
        let pins = self.store.component_pins(None).await?;
        let pinned = pinned(&pins)?;
        let pasts = self.pasts(None).await?;
        let taking = self.taking(None).await?;
        let mut wanted = BTreeSet::new();
        for candidates in everything.values() {
            wanted.extend(
                by_default(candidates)
                    .or_else(|| newest(candidates))
                    .map(id),
            );
        }
        for (namespace, handler) in self.store.every_handler().await? {
            let handler: HandlerRef = handler.parse()?;
            let target = handler.component.qualified(&stored_name(&namespace)?);
            if let Some(candidates) = everything.get(&target) {
                let asked = &handler.requirement;
                let seen = taking.seen_by(&namespace, candidates);
                let pin = pinned.get(&(namespace, target));
                // Also what it would take without the pin and the signing policy, which may be removed
                // at any time.
                for candidates in [&seen[..], candidates] {
                    wanted.extend(taken(candidates, asked, pin).into_iter().map(id));
                    wanted.extend(taken(candidates, asked, None).into_iter().map(id));
                }
            }
        }
        for pin in &pins {
            if let Some(candidates) = everything.get(&pinned_component(pin)?) {
                let seen = taking.seen_by(&pin.namespace, candidates);
                wanted.extend(led_to(&seen, &Sides::of(pin)?));
                let back = pasts.leads_back(pin, &seen)?;
                wanted.extend(back.into_iter().map(|(_, candidate)| id(candidate)));
            }
        }
        Ok(wanted.into_iter().collect())
    }

    async fn everything(&self) -> Result<Everything, RegistryError> {
        let mut everything = Everything::new();
        for row in self.store.every_component_version().await? {
            let target = QualifiedName {
                namespace: stored_name(&row.namespace)?,
                name: stored_name(&row.component)?,
            };
            everything.entry(target).or_default().push(Candidate {
                version: parse_version(&row.version)?,
                bar: row.bar(),
                id: row.component_version_id,
            });
        }
        Ok(everything)
    }
}

fn pinned(pins: &[ComponentPinRow]) -> Result<Pinned, RegistryError> {
    let sides = pins.iter().map(|pin| {
        let key = (pin.namespace.clone(), pinned_component(pin)?);
        Ok((key, Sides::of(pin)?))
    });
    sides.collect()
}

fn pinned_component(pin: &ComponentPinRow) -> Result<QualifiedName, RegistryError> {
    let target: ComponentRef = pin.target.parse()?;
    Ok(target.qualified(&stored_name(&pin.namespace)?))
}

fn id(candidate: &Candidate<i32>) -> i32 {
    candidate.id
}

/// Where nothing is stable, the newest is what its author works on.
fn newest(candidates: &[Candidate<i32>]) -> Option<&Candidate<i32>> {
    let usable = candidates.iter().filter(|it| it.bar.is_none());
    usable.max_by(|a, b| a.version.cmp(&b.version))
}

/// What the sides of a pin lead to, and would lead to if nothing were barred.
fn led_to(candidates: &[Candidate<i32>], sides: &Sides) -> Vec<i32> {
    let given_again = unbarred(candidates);
    let requirements = sides.iter().map(|(_, requirement)| requirement);
    let led = requirements.flat_map(|requirement: &Requirement| {
        [
            highest(candidates, &[requirement]).map(id),
            highest(&given_again, &[requirement]).map(id),
        ]
    });
    led.flatten().collect()
}

fn stored_name(text: &str) -> Result<Name, RegistryError> {
    text.parse()
        .map_err(|error: NameError| RegistryError::Stored {
            what: format!("the name `{text}`"),
            reason: error.to_string(),
        })
}
