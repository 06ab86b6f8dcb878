//! Removing what nothing needs any more.

use super::catalog::stored;
use super::{Registry, RegistryError};
use crate::store::collect::{Collectable, Collected, CollectedRow};
use std::time::Duration;
use tasker_domain::actor::Actor;
use tasker_domain::pin::PinKind;
use tasker_domain::requirement::HandlerRef;

/// How often a collection begins anew because the registry changed under it, or it was delayed.
const MAX_TRIES: u32 = 16;

/// After a delay, so many times as long as there were tries.
const PAUSE: Duration = Duration::from_millis(20);

impl Registry {
    /// What a collection would remove now, by number.
    pub async fn collectable(
        &self,
        older_than: Duration,
    ) -> Result<Vec<CollectedRow>, RegistryError> {
        self.store.engine().write_uses().await?;
        let needed = self.needed_versions().await?;
        let which = Collectable {
            wanted: &needed,
            older_than,
        };
        Ok(self.store.collectable(which).await?)
    }

    /// Removes the bytes of all versions that nothing references and that were published, resolved and run
    /// longer ago than `older_than`; returns these versions. Their metadata is kept, and new tasks do not use
    /// them. Works in batches: concurrent publications and task creations wait for one batch at most.
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
            let needed = self.needed_versions().await?;
            let which = Collectable {
                wanted: &needed,
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
    /// function `tasker.collectable_versions`, which has the rest of the rule.
    async fn needed_versions(&self) -> Result<Vec<i32>, RegistryError> {
        let versions = self.store.every_component_version().await?;
        let rules = self.store.every_namespace_rules().await?;
        let mut catalog = stored::catalog(rules, PinKind::Component, versions)?;
        catalog.histories = self.histories(None).await?;
        let handlers = self.store.every_handler().await?.into_iter();
        let handlers = handlers.map(|(home, handler)| {
            let handler: HandlerRef = handler.parse()?;
            Ok((stored::name(&home)?, handler))
        });
        let handlers = handlers.collect::<Result<Vec<_>, RegistryError>>()?;
        Ok(catalog.needed(&handlers).into_iter().collect())
    }
}
