//! Versions that are taken out of use: yanked by their owner, or quarantined in an emergency.

use super::catalog::stored;
use super::until_unmoved::until_unmoved;
use super::{Registry, RegistryError, Release};
use crate::store::catalog::PinFacts;
use crate::store::component::ComponentVersionRow;
use crate::store::pin::{AffectedPins, Decided};
use crate::store::quarantine::{NamedVersion, QuarantineRow, Quarantined, Released};
use crate::store::yank::{WithdrawalRow, Yank};
use chrono::{DateTime, Utc};
use semver::Version;
use tasker_database::DatabaseError;
use tasker_domain::actor::Actor;
use tasker_domain::digest::Digest;
use tasker_domain::name::Name;
use tasker_domain::order::Seek;
use tasker_domain::pin::{PastChange, PinKind, Pinned};
use tasker_domain::requirement::QualifiedName;
use tasker_domain::resolve::VersionStatus;

impl Registry {
    /// Excludes a version of a component or template from new tasks, or with `is_yanked` false admits it
    /// again; existing tasks keep it. Pins that only it satisfied are rolled back; where they cannot be,
    /// they stay, and refuse new tasks. Repeatable.
    pub async fn set_yanked(
        &self,
        (kind, target, version): (PinKind, &QualifiedName, &Version),
        is_yanked: bool,
        actor: &Actor,
        reason: &str,
    ) -> Result<AffectedPins, RegistryError> {
        let yank = Yank {
            kind,
            target,
            version,
            is_yanked,
            actor,
            reason,
        };
        until_unmoved(|| self.store.set_yanked(&yank, after_ineligible)).await
    }

    /// Stops the code of this version everywhere, under all of its names: no host starts it, what
    /// runs of it is ended, and steps that would run it are suspended. Repeatable.
    pub async fn quarantine(
        &self,
        target: &QualifiedName,
        version: &Version,
        actor: &Actor,
        reason: &str,
    ) -> Result<Quarantined, RegistryError> {
        let row = self.component_version(target, version).await?;
        let store = &self.store;
        let change = || store.quarantine(row.digest, actor, reason, after_ineligible);
        until_unmoved(change).await
    }

    /// Lifts the quarantine and resumes the suspended steps.
    pub async fn release(
        &self,
        target: &QualifiedName,
        version: &Version,
        actor: &Actor,
        reason: &str,
    ) -> Result<Released, RegistryError> {
        let row = self.component_version(target, version).await?;
        let released = self.store.release_quarantine(row.digest, actor, reason);
        released
            .await?
            .ok_or_else(|| RegistryError::NotQuarantined {
                release: Box::new(Release::new(PinKind::Component, target, version)),
            })
    }

    /// The yank or quarantine of a version; `None` if there is none.
    pub async fn withdrawal(
        &self,
        (target, version): (&QualifiedName, &Version),
        row: &ComponentVersionRow,
    ) -> Result<Option<WithdrawalRow>, RegistryError> {
        if let Some(quarantine) = self.store.quarantine_of(row.digest).await? {
            return Ok(Some(WithdrawalRow {
                at: quarantine.at,
                actor: quarantine.actor,
                reason: quarantine.reason,
            }));
        }
        if row.status != VersionStatus::Yanked {
            return Ok(None);
        }
        Ok(self.store.yank_of_component(target, version).await?)
    }

    /// Code in quarantine by time and digest, with the names that it goes by.
    pub async fn list_quarantine(
        &self,
        seek: Seek<(DateTime<Utc>, Digest)>,
    ) -> Result<Vec<(QuarantineRow, Vec<NamedVersion>)>, RegistryError> {
        Ok(self.store.list_quarantine(seek).await?)
    }
}

/// The new state of a pin after a version of its target became ineligible.
pub fn after_ineligible(
    (home, kind, target): (&Name, PinKind, &QualifiedName),
    facts: PinFacts,
    pinned: &Pinned,
    past: &[PastChange],
) -> Result<Decided, DatabaseError> {
    let catalog = stored::catalog(facts.rules, kind, facts.versions);
    let catalog = catalog.map_err(|error| DatabaseError::Corrupt(error.to_string()))?;
    Ok(catalog.auto_rollback((home, kind, target), pinned, past))
}
