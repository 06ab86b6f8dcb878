//! Components, made ready to run.

use super::Worker;
use super::answers::retry_briefly;
use tasker_database::DatabaseError;
use tasker_domain::digest::Digest;
use tasker_sandbox::{Prepared, SandboxError};

/// The component, ready to run: from memory, from disk, or compiled from the database's bytes. These may
/// take minutes over a slow line, and must not take the connections of what attempts ask meanwhile.
pub(super) async fn prepare(worker: &Worker, digest: Digest) -> Result<Prepared, SandboxError> {
    let engine = worker.engine.for_maintenance();
    worker
        .sandbox
        .prepare(digest, async move || {
            let bytes = retry_briefly(|| engine.component_bytes(digest)).await?;
            bytes.ok_or_else(|| {
                DatabaseError::Corrupt(format!("no component with the digest {digest}"))
            })
        })
        .await
}
