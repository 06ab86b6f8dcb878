//! The archive: finished tasks as compressed JSON lines in a folder, written before they are deleted.
//!
//! `DIR/2026-11-28/FIRST_LAST.jsonl.gz` has tasks that ended on that day, in the order of their ids, of which
//! the first and the last are in its name. Such a file is whole: it is written under another name, flushed to
//! the disk and then renamed. A batch that was archived and not deleted is archived again, mostly under the
//! same name, so a task may be there twice and is never missing.

mod lines;

use flate2::Compression;
use flate2::write::GzEncoder;
use lines::Lines;
use std::collections::BTreeMap;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use tasker_database::DatabaseError;
use tasker_engine::archived::{ArchivedPart, EndedOn};
use tasker_engine::retention::DueTasks;
use uuid::Uuid;

/// Inputs and results are in it: for nobody but the account of the host.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Tasks of which the parts are put in order at once.
const SLICE_TASKS: usize = 32;

/// Why tasks were not archived.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the archive cannot be written at {}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("what is to be archived was not read")]
    Database(#[from] DatabaseError),
}

/// A folder with archived tasks.
#[derive(Clone, Debug)]
pub struct Archive {
    folder: PathBuf,
}

impl Archive {
    /// In this folder, which is made if it is missing.
    pub fn open(folder: PathBuf) -> Result<Self, ArchiveError> {
        let failed = |source| ArchiveError::File {
            path: folder.clone(),
            source,
        };
        make_folder(&folder).map_err(failed)?;
        Ok(Self { folder })
    }

    /// Writes these tasks, one file for each day on which some of them ended. When it returns, they are on
    /// the disk.
    pub async fn write(&self, due: &mut DueTasks) -> Result<(), ArchiveError> {
        let mut days: BTreeMap<String, Vec<Uuid>> = BTreeMap::new();
        for EndedOn { task_id, day } in due.ended_on().await? {
            days.entry(day).or_default().push(task_id);
        }
        for (day, tasks) in days {
            let path = self.folder.join(day).join(file_name(&tasks));
            self.write_file(due, &tasks, path).await?;
        }
        Ok(())
    }

    async fn write_file(
        &self,
        due: &mut DueTasks,
        tasks: &[Uuid],
        path: PathBuf,
    ) -> Result<(), ArchiveError> {
        let failed = |source| ArchiveError::File {
            path: path.clone(),
            source,
        };
        let (root, target) = (self.folder.clone(), path.clone());
        let mut file = blocking(move || PartialFile::create(&root, target)).await;
        for slice in tasks.chunks(SLICE_TASKS) {
            let mut after: Option<ArchivedPart> = None;
            loop {
                let parts = due.parts(slice, after.as_ref()).await?;
                let Some(last) = parts.last() else {
                    break;
                };
                after = Some(ArchivedPart {
                    json: String::new(),
                    ..last.clone()
                });
                let opened = file.map_err(failed)?;
                file = blocking(move || opened.append(&parts)).await;
            }
        }
        let written = file.map_err(failed)?;
        blocking(move || written.finish()).await.map_err(failed)
    }
}

/// Tasks of one day in the order of their ids; at least one.
fn file_name(tasks: &[Uuid]) -> String {
    let first = tasks.first().copied().unwrap_or_default();
    let last = tasks.last().copied().unwrap_or_default();
    format!("{first}_{last}.jsonl.gz")
}

/// A file that is not there under its name yet.
struct PartialFile {
    temporary: PathBuf,
    path: PathBuf,
    lines: Lines<GzEncoder<BufWriter<File>>>,
}

impl PartialFile {
    fn create(root: &Path, path: PathBuf) -> io::Result<Self> {
        let folder = path.parent().unwrap_or(root);
        make_folder(folder)?;
        // The folder of the day is there after a crash, too.
        File::open(root)?.sync_all()?;
        let temporary = path.with_extension("partial");
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(FILE_MODE)
            .open(&temporary)?;
        let encoder = GzEncoder::new(BufWriter::new(file), Compression::default());
        Ok(Self {
            temporary,
            path,
            lines: Lines::new(encoder),
        })
    }

    fn append(mut self, parts: &[ArchivedPart]) -> io::Result<Self> {
        for part in parts {
            self.lines.add(part)?;
        }
        Ok(self)
    }

    fn finish(self) -> io::Result<()> {
        let mut buffered = self.lines.finish()?.finish()?;
        buffered.flush()?;
        buffered.get_ref().sync_all()?;
        std::fs::rename(&self.temporary, &self.path)?;
        match self.path.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(FOLDER_MODE).create(folder)
}

/// Does it where it keeps nobody waiting.
async fn blocking<T: Send + 'static>(
    write: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let written = tokio::task::spawn_blocking(write).await;
    written.unwrap_or_else(|error| Err(io::Error::other(error)))
}
