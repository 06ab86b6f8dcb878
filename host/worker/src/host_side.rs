//! What attempts ask of the host while they run, done on the host's threads: a connection to the
//! database belongs to the threads that opened it, and must not wait for guests that compute.

use super::Worker;
use super::answers::{Answered, answered};
use super::prepare::prepare;
use super::watchdog::OutageClock;
use futures::future::BoxFuture;
use tasker_domain::digest::Digest;
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::invocation::Lease;
use tasker_domain::kv::KvValue;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;
use tasker_engine::Engine;
use tasker_engine::secret::SecretError;
use tasker_sandbox::{
    AncestorError, AncestorResult, AncestorResults, HostThreads, KvEntries, KvUnavailable,
    Prepared, SandboxError, SecretUnavailable, SecretValues,
};

/// The host's threads, and its database.
#[derive(Clone)]
pub(super) struct HostSide {
    threads: HostThreads,
    engine: Engine,
    outage: OutageClock,
}

impl HostSide {
    /// To be called on the host's threads.
    pub(super) fn here(engine: Engine, outage: OutageClock) -> Self {
        Self {
            threads: HostThreads::here(),
            engine,
            outage,
        }
    }

    /// The component, ready to run; where it is not in memory, the host's threads see to it.
    pub(super) async fn prepare(
        &self,
        worker: &Worker,
        digest: Digest,
    ) -> Result<Prepared, SandboxError> {
        if let Some(prepared) = worker.sandbox.prepared(digest) {
            return Ok(prepared);
        }
        let worker = worker.clone();
        let preparing = async move { prepare(&worker, digest).await };
        self.threads.run(preparing).await
    }

    /// Asks the database on the host's threads. Its outages are nobody's time; they are counted here,
    /// where the attempt ends, and not where the question is dropped some time later.
    async fn ask<T: Send + 'static, E: Send + 'static>(
        &self,
        question: impl Future<Output = Answered<T, E>> + Send + 'static,
    ) -> Result<T, E> {
        self.outage.during(self.threads.run(question)).await
    }
}

impl AncestorResults for HostSide {
    fn result<'a>(
        &'a self,
        lease: Lease,
        step: &'a str,
        bytes_max: u64,
    ) -> BoxFuture<'a, Result<Option<AncestorResult>, AncestorError>> {
        let (engine, step) = (self.engine.clone(), step.to_owned());
        Box::pin(async move {
            let (task, of) = (lease.task_id, lease.step_no);
            let question = async move {
                answered(|| engine.ancestor_result(task, of, &step, bytes_max)).await
            };
            let found = self.ask(question).await;
            let found = found.map_err(|error| AncestorError(Box::new(error)))?;
            Ok(found.map(|found| AncestorResult {
                text: found.result,
                bytes: found.bytes.unsigned_abs(),
            }))
        })
    }
}

impl SecretValues for HostSide {
    fn value<'a>(
        &'a self,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<SecretValue>, SecretUnavailable>> {
        let engine = self.engine.clone();
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        Box::pin(async move {
            let question = async move { answered(|| engine.secret_value(&namespace, &name)).await };
            self.ask(question).await.map_err(unavailable)
        })
    }
}

fn unavailable(error: SecretError) -> SecretUnavailable {
    if !error.is_of_host() {
        return SecretUnavailable::Unreadable(Box::new(error));
    }
    tracing::error!(error = %ErrorChain(&error), "the step that asked for a secret is given back");
    SecretUnavailable::NoKey(Box::new(error))
}

impl KvEntries for HostSide {
    fn entry<'a>(
        &'a self,
        namespace: &'a str,
        bucket: &'a Name,
        key: &'a str,
    ) -> BoxFuture<'a, Result<Option<KvValue>, KvUnavailable>> {
        let engine = self.engine.clone();
        let (namespace, bucket, key) = (namespace.to_owned(), bucket.clone(), key.to_owned());
        Box::pin(async move {
            let question =
                async move { answered(|| engine.kv_entry(&namespace, &bucket, &key)).await };
            let found = self.ask(question).await;
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
        let engine = self.engine.clone();
        let (namespace, bucket, prefix) = (namespace.to_owned(), bucket.clone(), prefix.to_owned());
        Box::pin(async move {
            let question = async move {
                answered(|| engine.kv_keys(&namespace, &bucket, &prefix, limit)).await
            };
            let found = self.ask(question).await;
            found.map_err(|error| KvUnavailable(Box::new(error)))
        })
    }
}
