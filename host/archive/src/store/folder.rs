//! An archive in a folder. Files are written under another name, flushed to the disk and then renamed.

use super::super::{blocking, names};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use tasker_domain::ids::TaskId;

/// Inputs and results are in it: for nobody but the account of the host.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

#[derive(Clone, Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

/// A file that is not there under its name yet.
pub(crate) struct PartialFile {
    temporary: PathBuf,
    path: PathBuf,
    file: File,
}

impl Folder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    pub(super) fn make(&self) -> io::Result<()> {
        make_folder(&self.root)
    }

    pub(super) async fn check(&self) -> io::Result<()> {
        let root = self.root.clone();
        blocking(move || std::fs::read_dir(root).map(drop)).await
    }

    pub(super) async fn create(&self, path: &str) -> io::Result<PartialFile> {
        let (root, path) = (self.root.clone(), self.root.join(path));
        blocking(move || PartialFile::create(&root, path)).await
    }

    pub(super) async fn list(
        &self,
        first_day: Option<&str>,
        id: TaskId,
    ) -> io::Result<Vec<String>> {
        let (root, first_day) = (self.root.clone(), first_day.map(str::to_owned));
        blocking(move || list(&root, &first_day.unwrap_or_default(), id)).await
    }

    pub(super) async fn read(&self, path: &str) -> io::Result<Box<dyn Read + Send>> {
        let path = self.root.join(path);
        let file = blocking(move || File::open(path)).await?;
        Ok(Box::new(file))
    }
}

fn list(root: &Path, first_day: &str, id: TaskId) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root)? {
        let folder = folder?;
        let day = folder.file_name().to_string_lossy().into_owned();
        if day.as_str() < first_day || !folder.path().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder.path())? {
            let path = format!("{day}/{}", file?.file_name().to_string_lossy());
            if names::may_have(&path, id) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

impl PartialFile {
    fn create(root: &Path, path: PathBuf) -> io::Result<Self> {
        make_folder(path.parent().unwrap_or(root))?;
        // The folder of the day is there after a crash, too.
        File::open(root)?.sync_all()?;
        let temporary = path.with_extension("partial");
        let mut options = OpenOptions::new();
        let options = options.write(true).create(true).truncate(true);
        let file = options.mode(FILE_MODE).open(&temporary)?;
        Ok(Self {
            temporary,
            path,
            file,
        })
    }

    pub(super) async fn write(mut self, bytes: Vec<u8>) -> io::Result<Self> {
        blocking(move || {
            self.file.write_all(&bytes)?;
            Ok(self)
        })
        .await
    }

    pub(super) async fn finish(self) -> io::Result<()> {
        blocking(move || {
            self.file.sync_all()?;
            std::fs::rename(&self.temporary, &self.path)?;
            match self.path.parent() {
                Some(folder) => File::open(folder)?.sync_all(),
                None => Ok(()),
            }
        })
        .await
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(FOLDER_MODE).create(folder)
}
