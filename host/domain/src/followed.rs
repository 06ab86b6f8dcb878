//! Links in watched and synced folders: followed within the folder, and not out of it.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

/// Why a path is not followed.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("it is a link to a missing file")]
    Dangling,
    #[error("it is a link that leads out of the folder")]
    Outside,
    #[error("it is not a regular file")]
    NoFile,
    #[error("it cannot be inspected: {0}")]
    Io(#[from] io::Error),
}

/// What the path leads to, links followed, as long as that lies within `root`, which has no links in it.
pub fn followed(root: &Path, path: &Path) -> Result<(PathBuf, Metadata), LinkError> {
    let real = path.canonicalize().map_err(|error| {
        let is_link = path.is_symlink();
        match error.kind() {
            io::ErrorKind::NotFound if is_link => LinkError::Dangling,
            _ => LinkError::Io(error),
        }
    })?;
    if !real.starts_with(root) {
        return Err(LinkError::Outside);
    }
    let metadata = real.metadata()?;
    Ok((real, metadata))
}
