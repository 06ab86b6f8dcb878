//! What attempts of a task ask for: results and entries of the database, secrets of the case.

use crate::fakes::Stored;
use futures::future::BoxFuture;
use tasker_domain::invocation::Lease;
use tasker_domain::kv::KvValue;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;
use tasker_engine::Engine;
use tasker_sandbox::{
    AncestorError, AncestorResult, AncestorResults, KvEntries, KvUnavailable, SecretUnavailable,
    SecretValues,
};

/// The database of a case.
pub(super) struct OfDatabase {
    pub(super) engine: Engine,
    pub(super) stored: Stored,
}

impl AncestorResults for OfDatabase {
    fn result<'a>(
        &'a self,
        lease: Lease,
        step: &'a str,
        bytes_max: u64,
    ) -> BoxFuture<'a, Result<Option<AncestorResult>, AncestorError>> {
        Box::pin(async move {
            let (task, of) = (lease.task_id, lease.step_no);
            let found = self.engine.ancestor_result(task, of, step, bytes_max).await;
            let found = found.map_err(|error| AncestorError(Box::new(error)))?;
            Ok(found.map(|found| AncestorResult {
                text: found.result,
                bytes: found.bytes.unsigned_abs(),
            }))
        })
    }
}

impl SecretValues for OfDatabase {
    fn value<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        self.stored.value(namespace, name)
    }
}

impl KvEntries for OfDatabase {
    fn entry<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>> {
        Box::pin(async move {
            let found = self.engine.kv_entry(namespace, bucket, key).await;
            found.map_err(|error| KvUnavailable(Box::new(error)))
        })
    }

    fn keys<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        prefix: &'a str,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<String>, KvUnavailable>> {
        Box::pin(async move {
            let found = self.engine.kv_keys(namespace, bucket, prefix, limit).await;
            found.map_err(|error| KvUnavailable(Box::new(error)))
        })
    }
}
