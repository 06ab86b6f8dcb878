//! When versions were last used: gathered in memory, written once a minute, so that the hot path costs
//! no write. What a host that is killed had gathered is lost: a minute of use at most.

use super::Engine;
use super::usage::VersionUsage;
use std::collections::BTreeSet;
use std::mem::take;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::error_chain::ErrorChain;
use tokio_util::sync::CancellationToken;

/// Between two writes of what was gathered.
const WRITE_INTERVAL: Duration = Duration::from_secs(60);

/// How long the last write may take when a host ends.
const LAST_WRITE_TIMEOUT: Duration = Duration::from_secs(1);

/// Versions that were used since the last write: as many as there are versions, at most.
#[derive(Debug, Default)]
pub(crate) struct LastUses(Mutex<Gathered>);

#[derive(Debug, Default)]
struct Gathered {
    component_versions: BTreeSet<i32>,
    template_versions: BTreeSet<i32>,
}

impl LastUses {
    /// Attempts of these ended.
    pub(crate) fn ran(&self, usages: impl Iterator<Item = Option<VersionUsage>>) {
        self.run_by(usages.flatten().map(|usage| usage.component_version_id));
    }

    /// Attempts of these versions of components are about to begin, or ended.
    pub(crate) fn run_by(&self, versions: impl Iterator<Item = i32>) {
        self.gathered().component_versions.extend(versions);
    }

    /// Tasks of these versions of templates were created.
    pub(crate) fn created_of(&self, versions: impl Iterator<Item = i32>) {
        self.gathered().template_versions.extend(versions);
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Writes what was gathered, every minute until `stop`. Every host does it.
    pub async fn keep_uses(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(WRITE_INTERVAL) => {}
            }
            if let Err(error) = self.write_uses().await {
                tracing::debug!(error = %ErrorChain(&error), "last uses were not written; retrying at the next interval");
            }
        }
    }

    /// Writes what was gathered since the last write; what fails is kept for the next one.
    pub async fn write_uses(&self) -> Result<(), DatabaseError> {
        let gathered = take(&mut *self.uses.gathered());
        if gathered.component_versions.is_empty() && gathered.template_versions.is_empty() {
            return Ok(());
        }
        let ids = |versions: &BTreeSet<i32>| versions.iter().copied().collect::<Vec<_>>();
        let written = sqlx::query("select tasker.record_uses($1, $2)")
            .bind(ids(&gathered.component_versions))
            .bind(ids(&gathered.template_versions))
            .execute(self.pool())
            .await;
        if let Err(error) = written {
            self.uses.run_by(gathered.component_versions.into_iter());
            self.uses.created_of(gathered.template_versions.into_iter());
            return Err(error.into());
        }
        Ok(())
    }

    /// The same when a host ends, where it does not take long.
    pub(crate) async fn write_last_uses(&self) {
        let written = tokio::time::timeout(LAST_WRITE_TIMEOUT, self.write_uses()).await;
        if !matches!(written, Ok(Ok(()))) {
            tracing::debug!("the last uses of versions were not written");
        }
    }
}
