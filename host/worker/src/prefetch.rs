//! Compiles what is published, so that the first attempt need not wait for it.

use super::Worker;
use super::prepare::prepare;
use super::quarantine_set::QuarantineSet;
use tasker_domain::digest::Digest;
use tasker_domain::error_chain::ErrorChain;

/// How many versions that were published meanwhile are compiled; older ones are when they are needed.
const MAX_BEHIND: i64 = 32;

/// The newest version that was looked at, by its number.
struct Seen(i32);

/// Prepares new versions, the newest first and one at a time, for as long as it is polled. A version
/// that becomes visible after a newer one is left to its first attempt.
pub(super) async fn run(worker: Worker, quarantine: QuarantineSet) {
    let mut hints = worker.notifications.registry();
    let mut seen = None;
    let mut behind: Vec<Digest> = Vec::new();
    loop {
        match look(&worker, &mut seen).await {
            Ok(mut newest) => {
                newest.extend(behind);
                newest.truncate(MAX_BEHIND as usize);
                behind = newest;
            }
            Err(error) => {
                tracing::debug!(error = %ErrorChain(&error), "cannot look for new versions; retrying at the next interval");
            }
        }
        if behind.is_empty() {
            tokio::select! {
                Ok(()) = hints.changed() => {}
                () = tokio::time::sleep(worker.config.heartbeat_interval) => {}
            }
            continue;
        }
        let digest = behind.remove(0);
        if !quarantine.contains(&digest)
            && let Err(error) = prepare(&worker, digest).await
        {
            tracing::warn!(%digest, error = %ErrorChain(&error), "a new version could not be prepared");
        }
    }
}

/// The digests of versions that are new since the last look, the newest first. The first look only
/// finds out where to begin.
async fn look(
    worker: &Worker,
    seen: &mut Option<Seen>,
) -> Result<Vec<Digest>, tasker_database::DatabaseError> {
    let Some(Seen(newest)) = seen else {
        *seen = Some(Seen(worker.engine.newest_component_version().await?));
        return Ok(Vec::new());
    };
    let found = worker.engine.components_after(*newest, MAX_BEHIND).await?;
    if let Some((number, _)) = found.first() {
        *newest = *number;
    }
    Ok(found.into_iter().map(|(_, digest)| digest).collect())
}
