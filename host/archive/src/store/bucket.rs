//! An archive in an object store. An object appears when all of it is there; a large one is sent in parts.

use super::super::names;
use futures::TryStreamExt as _;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::buffered::BufWriter;
use object_store::path::Path;
use object_store::{ClientConfigKey, ObjectStore, ObjectStoreExt as _, RetryConfig};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;
use tasker_domain::ids::TaskId;
use tokio::io::AsyncWriteExt as _;
use tokio_util::io::{StreamReader, SyncIoBridge};

/// How long one request may take.
const TIMEOUT: AmazonS3ConfigKey = AmazonS3ConfigKey::Client(ClientConfigKey::Timeout);
const REQUEST_TIMEOUT: &str = "15 seconds";

/// How often and how long a request is repeated. Whoever archives holds a transaction, which the database ends
/// after 30 s without a statement.
const RETRIES: usize = 4;
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    store: Arc<dyn ObjectStore>,
    prefix: String,
}

/// An object that is not there yet.
pub(crate) struct NewObject(BufWriter);

impl Bucket {
    /// With the credentials, the region and the endpoint that the environment names, as for other tools of AWS.
    pub(super) fn open(bucket: &str, prefix: &str) -> io::Result<Self> {
        // Fails only where a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let environment = AmazonS3Builder::from_env();
        let store = environment
            .with_bucket_name(bucket)
            .with_config(TIMEOUT, REQUEST_TIMEOUT)
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: RETRY_TIMEOUT,
                ..RetryConfig::default()
            })
            .build()?;
        Ok(Self {
            store: Arc::new(store),
            prefix: prefix.to_owned(),
        })
    }

    #[cfg(test)]
    pub(super) fn in_memory(prefix: &str) -> Self {
        Self {
            store: Arc::new(object_store::memory::InMemory::new()),
            prefix: prefix.to_owned(),
        }
    }

    fn path(&self, path: &str) -> Path {
        match self.prefix.is_empty() {
            true => Path::from(path),
            false => Path::from(format!("{}/{path}", self.prefix)),
        }
    }

    fn root(&self) -> Option<Path> {
        (!self.prefix.is_empty()).then(|| Path::from(self.prefix.as_str()))
    }

    pub(super) async fn check(&self) -> io::Result<()> {
        let mut listed = self.store.list(self.root().as_ref());
        listed.try_next().await?;
        Ok(())
    }

    pub(super) fn create(&self, path: &str) -> NewObject {
        NewObject(BufWriter::new(self.store.clone(), self.path(path)))
    }

    pub(super) async fn list(
        &self,
        first_day: Option<&str>,
        id: TaskId,
    ) -> io::Result<Vec<String>> {
        let root = self.root();
        let mut listed = match first_day {
            Some(day) => self.store.list_with_offset(root.as_ref(), &self.path(day)),
            None => self.store.list(root.as_ref()),
        };
        let mut found = Vec::new();
        while let Some(object) = listed.try_next().await? {
            let path = object.location.as_ref();
            let path = path.strip_prefix(&self.prefix).unwrap_or(path);
            let path = path.trim_start_matches('/');
            if names::may_have(path, id) {
                found.push(path.to_owned());
            }
        }
        found.sort();
        Ok(found)
    }

    pub(super) async fn read(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        let object = self.store.get(&self.path(path)).await?;
        let bytes = object.into_stream().map_err(io::Error::from);
        Ok(Box::new(SyncIoBridge::new(StreamReader::new(bytes))))
    }
}

impl NewObject {
    pub(super) async fn write(mut self, bytes: Vec<u8>) -> io::Result<Self> {
        match self.0.put(bytes.into()).await {
            Ok(()) => Ok(self),
            Err(error) => Err(self.given_up(error.into()).await),
        }
    }

    pub(super) async fn finish(mut self) -> io::Result<()> {
        match self.0.shutdown().await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.given_up(error).await),
        }
    }

    /// Removes the parts that were sent, as far as the store answers.
    async fn given_up(mut self, error: io::Error) -> io::Error {
        let _ = self.0.abort().await;
        error
    }
}
