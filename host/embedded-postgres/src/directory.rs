use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::error::{EmbeddedError, io_error};

/// Makes the data directory where it is missing, and returns its real path. Others may pass
/// through one that is made here, as the account of PostgreSQL must, but may not list it.
pub(super) fn open(data_dir: &Path) -> Result<PathBuf, EmbeddedError> {
    if !data_dir.exists() {
        fs::create_dir_all(data_dir)
            .and_then(|()| fs::set_permissions(data_dir, fs::Permissions::from_mode(0o711)))
            .map_err(io_error("cannot make the data directory", data_dir))?;
    }
    fs::canonicalize(data_dir).map_err(io_error("cannot open the data directory", data_dir))
}
