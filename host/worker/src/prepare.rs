//! Components, made ready to run.

use super::Worker;
use super::answers::retry_briefly;
use tasker_domain::digest::Digest;
use tasker_sandbox::{Prepared, SandboxError};
use tasker_store::StoreError;

/// The component, ready to run: from memory, from disk, or compiled from the database's bytes. These may
/// take minutes over a slow line, and must not take the connections of what attempts ask meanwhile.
pub(super) async fn prepare(worker: &Worker, digest: Digest) -> Result<Prepared, SandboxError> {
    let store = worker.store.for_maintenance();
    worker
        .sandbox
        .prepare(digest, async move || {
            let bytes = retry_briefly(|| store.component_bytes(digest)).await?;
            bytes.ok_or_else(|| {
                StoreError::Corrupt(format!("no component with the digest {digest}"))
            })
        })
        .await
}
