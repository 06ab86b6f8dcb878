//! The archive: finished tasks as compressed JSON lines, in a folder or in an object store.
//!
//! `DAY/FIRST_LAST.jsonl.gz` has tasks that ended on that day, in the order of their ids, of which the first and
//! the last are in its name. A file appears under its name when it is whole and durable. A batch that was archived
//! and not deleted is archived again, mostly under the same name, so a task may be there twice and is never
//! missing.

mod file;
mod lines;
mod location;
mod names;
mod store;

pub use file::NewFile;
pub use lines::Part;
pub use location::{Location, LocationError};

use flate2::read::MultiGzDecoder;
use std::io::{self, BufRead as _, BufReader, Read};
use store::Store;
use tasker_domain::ids::TaskId;

/// Why an archive cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the archive {0} cannot be opened")]
    Open(String, #[source] io::Error),
    #[error("the archive cannot be written at {0}")]
    Write(String, #[source] io::Error),
    #[error("cannot read {0}")]
    Read(String, #[source] io::Error),
}

/// An archive; cheap to clone.
#[derive(Clone, Debug)]
pub struct Archive {
    location: Location,
    store: Store,
}

impl Archive {
    /// The archive there. Finds out nothing about it yet.
    pub fn open(location: Location) -> Result<Self, ArchiveError> {
        match Store::open(&location) {
            Ok(store) => Ok(Self { location, store }),
            Err(error) => Err(ArchiveError::Open(location.to_string(), error)),
        }
    }

    /// The same to be written: a folder is made if it is missing.
    pub fn create(location: Location) -> Result<Self, ArchiveError> {
        let archive = Self::open(location)?;
        let made = archive.store.make_root();
        made.map_err(|error| ArchiveError::Write(archive.location.to_string(), error))?;
        Ok(archive)
    }

    /// Fails unless the archive can be read.
    pub async fn check(&self) -> Result<(), ArchiveError> {
        let checked = self.store.check().await;
        checked.map_err(|error| ArchiveError::Read(self.location.to_string(), error))
    }

    /// A new file for tasks that ended on this day, such as `2026-11-28`. They are written in the order of their
    /// ids, from the first to the last.
    pub async fn file(
        &self,
        day: &str,
        first: TaskId,
        last: TaskId,
    ) -> Result<NewFile, ArchiveError> {
        let path = format!("{day}/{}", names::of(first, last));
        NewFile::create(&self.store, self.location.join(&path), &path).await
    }

    /// The line of a task; `None` if the archive does not have it.
    pub async fn find(&self, id: TaskId) -> Result<Option<String>, ArchiveError> {
        let listed = self.store.list(names::first_day(id).as_deref(), id).await;
        let unreadable = |path: &str, error| ArchiveError::Read(self.location.join(path), error);
        for path in listed.map_err(|error| unreadable("", error))? {
            let read = async || {
                let file = self.store.read(&path).await?;
                blocking(move || line_of(file, id)).await
            };
            let line = read().await.map_err(|error| unreadable(&path, error))?;
            if line.is_some() {
                return Ok(line);
            }
        }
        Ok(None)
    }
}

fn line_of(file: impl Read, id: TaskId) -> io::Result<Option<String>> {
    let begins = lines::beginning(id);
    for line in BufReader::new(MultiGzDecoder::new(file)).lines() {
        let line = line?;
        if line.starts_with(&begins) {
            return Ok(Some(line));
        }
    }
    Ok(None)
}

/// Does it where it keeps nobody waiting.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn task(no: u8) -> TaskId {
        let id = format!("0190aaaa-0000-7000-8000-0000000000{no:02x}");
        TaskId(id.parse::<Uuid>().unwrap())
    }

    async fn write(archive: &Archive, tasks: &[TaskId], day: &str) {
        let (first, last) = (tasks[0], tasks[tasks.len() - 1]);
        let mut file = archive.file(day, first, last).await.unwrap();
        for id in tasks {
            let json = format!("{{\"id\" : \"{id}\"}}");
            let parts = vec![Part::Task(json), Part::Step("1".to_owned())];
            file = file.append(parts).await.unwrap();
        }
        file.finish().await.unwrap();
    }

    async fn finds_what_was_written(archive: Archive) {
        archive.check().await.unwrap();
        assert_eq!(archive.find(task(1)).await.unwrap(), None);
        write(&archive, &[task(1), task(5)], "2024-07-13").await;
        write(&archive, &[task(3), task(9)], "2025-01-01").await;
        // Once more, as after a crash.
        write(&archive, &[task(3), task(9)], "2025-01-01").await;
        for no in [1, 3, 5, 9] {
            let line = archive.find(task(no)).await.unwrap().unwrap();
            let id = task(no);
            assert_eq!(
                line,
                format!(
                    "{{\"task\":{{\"id\" : \"{id}\"}},\"steps\":[1],\"log\":[],\"attempt_logs\":[]}}"
                )
            );
        }
        assert_eq!(archive.find(task(4)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_folder_has_what_was_written_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Folder(folder.path().join("a/b"));
        finds_what_was_written(Archive::create(location).unwrap()).await;
    }

    #[tokio::test]
    async fn an_object_store_has_what_was_written_to_it_with_and_without_a_prefix() {
        for prefix in ["", "tasker/archive"] {
            let location = Location::S3 {
                bucket: "bucket".to_owned(),
                prefix: prefix.to_owned(),
            };
            let store = Store::in_memory(prefix);
            finds_what_was_written(Archive { location, store }).await;
        }
    }

    #[tokio::test]
    async fn what_is_not_finished_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Archive::create(Location::Folder(folder.path().to_owned())).unwrap();
        let location = folder.location.clone();
        let store = Store::in_memory("x");
        for archive in [folder, Archive { location, store }] {
            let file = archive.file("2025-01-01", task(1), task(1)).await.unwrap();
            let json = format!("{{\"id\" : \"{}\"}}", task(1));
            let file = file.append(vec![Part::Task(json)]).await.unwrap();
            assert_eq!(archive.find(task(1)).await.unwrap(), None);
            file.finish().await.unwrap();
            assert!(archive.find(task(1)).await.unwrap().is_some());
        }
    }
}
