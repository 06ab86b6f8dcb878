//! What subscribers ask of the database while they run, asked on the host's threads.

use futures::future::BoxFuture;
use tasker_domain::kv::KvValue;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;
use tasker_engine::Engine;
use tasker_sandbox::{HostThreads, KvEntries, KvUnavailable, SecretUnavailable, SecretValues};

/// The host's threads, and its database. What the database does not answer ends the attempt, which is repeated.
pub(super) struct HostSide {
    threads: HostThreads,
    engine: Engine,
}

impl HostSide {
    /// To be called on the host's threads.
    pub(super) fn here(engine: Engine) -> Self {
        Self {
            threads: HostThreads::here(),
            engine,
        }
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
        let ask = async move { engine.secret_value(&namespace, &name).await };
        Box::pin(async move {
            self.threads
                .run(ask)
                .await
                .map_err(|error| match error.is_of_host() {
                    true => SecretUnavailable::NoKey(Box::new(error)),
                    false => SecretUnavailable::Unreadable(Box::new(error)),
                })
        })
    }
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
        let ask = async move { engine.kv_entry(&namespace, &bucket, &key).await };
        Box::pin(async move {
            let found = self.threads.run(ask).await;
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
        let ask = async move { engine.kv_keys(&namespace, &bucket, &prefix, limit).await };
        Box::pin(async move {
            let found = self.threads.run(ask).await;
            found.map_err(|error| KvUnavailable(Box::new(error)))
        })
    }
}
