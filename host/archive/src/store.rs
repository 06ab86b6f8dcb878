//! What an archive asks of where it is: to create a file, to list files, to read one.
//!
//! Paths are `DAY/NAME`, with names that need no escaping anywhere.

mod bucket;
mod folder;

use super::location::Location;
use bucket::{Bucket, NewObject};
use folder::{Folder, PartialFile};
use std::io::{self, Read};
use tasker_domain::ids::TaskId;

/// A folder or a bucket; cheap to clone.
#[derive(Clone, Debug)]
pub(super) enum Store {
    Folder(Folder),
    Bucket(Bucket),
}

/// A file that is being written. It is there when it is finished, and not before.
pub(super) enum Sink {
    File(PartialFile),
    Object(Box<NewObject>),
}

impl Store {
    pub(super) fn open(location: &Location) -> io::Result<Self> {
        Ok(match location {
            Location::Folder(folder) => Self::Folder(Folder::new(folder.clone())),
            Location::S3 { bucket, prefix } => Self::Bucket(Bucket::open(bucket, prefix)?),
        })
    }

    #[cfg(test)]
    pub(super) fn in_memory(prefix: &str) -> Self {
        Self::Bucket(Bucket::in_memory(prefix))
    }

    /// Makes a folder that is missing. Buckets are made by others.
    pub(super) fn make_root(&self) -> io::Result<()> {
        match self {
            Self::Folder(folder) => folder.make(),
            Self::Bucket(_) => Ok(()),
        }
    }

    pub(super) async fn check(&self) -> io::Result<()> {
        match self {
            Self::Folder(folder) => folder.check().await,
            Self::Bucket(bucket) => bucket.check().await,
        }
    }

    pub(super) async fn create(&self, path: &str) -> io::Result<Sink> {
        Ok(match self {
            Self::Folder(folder) => Sink::File(folder.create(path).await?),
            Self::Bucket(bucket) => Sink::Object(Box::new(bucket.create(path))),
        })
    }

    /// Paths of files that may have the task, from this day on.
    pub(super) async fn list(
        &self,
        first_day: Option<&str>,
        id: TaskId,
    ) -> io::Result<Vec<String>> {
        match self {
            Self::Folder(folder) => folder.list(first_day, id).await,
            Self::Bucket(bucket) => bucket.list(first_day, id).await,
        }
    }

    /// To be read where blocking keeps nobody waiting.
    pub(super) async fn read(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::Folder(folder) => folder.read(path).await,
            Self::Bucket(bucket) => bucket.read(path).await,
        }
    }
}

impl Sink {
    pub(super) async fn write(self, bytes: Vec<u8>) -> io::Result<Self> {
        Ok(match self {
            Self::File(file) => Self::File(file.write(bytes).await?),
            Self::Object(object) => Self::Object(Box::new(object.write(bytes).await?)),
        })
    }

    /// When it returns, the file is durable.
    pub(super) async fn finish(self) -> io::Result<()> {
        match self {
            Self::File(file) => file.finish().await,
            Self::Object(object) => object.finish().await,
        }
    }
}
