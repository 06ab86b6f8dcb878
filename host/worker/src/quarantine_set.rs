//! Code that this host does not start: what was quarantined when the database was last asked.

use super::answers::retry_transient;
use std::collections::HashSet;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_database::notifications::Notifications;
use tasker_domain::digest::Digest;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tokio::sync::watch;

/// The digests in quarantine; clones see the same set.
#[derive(Clone)]
pub(super) struct QuarantineSet {
    digests: watch::Sender<HashSet<Digest>>,
}

impl QuarantineSet {
    /// As the database has them now. Waits for a database that does not answer: a host that does not
    /// know them must start nothing.
    pub(super) async fn read(engine: &Engine) -> Result<Self, DatabaseError> {
        let digests = retry_transient(|| engine.quarantined_digests()).await?;
        Ok(Self {
            digests: watch::Sender::new(digests.into_iter().collect()),
        })
    }

    pub(super) fn contains(&self, digest: &Digest) -> bool {
        self.digests.borrow().contains(digest)
    }

    /// Changes when the set does.
    pub(super) fn changes(&self) -> watch::Receiver<HashSet<Digest>> {
        self.digests.subscribe()
    }

    /// Adds what was found in quarantine elsewhere.
    pub(super) fn add(&self, digests: impl IntoIterator<Item = Digest>) {
        self.digests.send_if_modified(|known| {
            let before = known.len();
            known.extend(digests);
            known.len() > before
        });
    }

    /// Asks again with every hint, and each `interval` without one, for as long as it is polled.
    pub(super) async fn maintain(
        self,
        engine: Engine,
        notifications: Notifications,
        interval: Duration,
    ) {
        let mut hints = notifications.registry();
        loop {
            tokio::select! {
                Ok(()) = hints.changed() => {}
                () = tokio::time::sleep(interval) => {}
            }
            if let Err(error) = self.refresh(&engine).await {
                tracing::warn!(error = %ErrorChain(&error), "the quarantines could not be read; the known ones stay in force");
            }
        }
    }

    async fn refresh(&self, engine: &Engine) -> Result<(), DatabaseError> {
        let before = self.digests.borrow().clone();
        let found: HashSet<Digest> = engine.quarantined_digests().await?.into_iter().collect();
        self.digests.send_if_modified(|known| {
            // What was added while the question was under way is newer than the answer.
            let added = known.difference(&before).copied();
            let next: HashSet<Digest> = found.iter().copied().chain(added).collect();
            let is_new = next != *known;
            *known = next;
            is_new
        });
        Ok(())
    }
}
