//! What is done now and then, so that nothing grows without end.

use tasker_archive::Archive;
use tasker_domain::error_chain::ErrorChain;
use tasker_engine::Engine;
use tasker_tasks::retention::Retention;
use tokio_util::sync::CancellationToken;

/// Begins what is done now and then: the uses of versions, partitions of the log, deleting finished tasks and old recordings.
pub(super) fn keep_in_bounds(
    engine: &Engine,
    archive: Option<Archive>,
    draining: &CancellationToken,
) {
    tokio::spawn(engine.clone().keep_uses(draining.clone()));
    tokio::spawn(engine.clone().keep_recordings_in_bounds(draining.clone()));
    let database = engine.database().clone();
    tokio::spawn(database.keep_partitions(archive.is_some(), draining.clone()));
    if let Some(archive) = archive.clone() {
        tokio::spawn(warn_without(archive));
    }
    tokio::spawn(Retention::new(engine.clone(), archive).run(draining.clone()));
}

/// A store that is away for a while does not keep a host from starting: nothing is deleted until it is back.
async fn warn_without(archive: Archive) {
    if let Err(error) = archive.check().await {
        tracing::warn!(error = %ErrorChain(&error), "finished tasks are not deleted until they can be archived");
    }
}
