use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::account::is_root;
use super::error::{EmbeddedError, io_error};

/// Where root keeps the data: PostgreSQL runs as another account, which may not enter root's home.
const OF_ROOT: &str = "/var/lib/tasker";

/// The data directory of a host that was told none: `TASKER_DATA_DIR`, else `/var/lib/tasker` for
/// root, else `$XDG_DATA_HOME/tasker`, else `~/.local/share/tasker`.
pub fn default_data_dir() -> Result<PathBuf, EmbeddedError> {
    choose(is_root(), |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    })
    .ok_or(EmbeddedError::NoHome)
}

fn choose(root: bool, variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let chosen = variable("TASKER_DATA_DIR");
    let of_root = || root.then(|| PathBuf::from(OF_ROOT));
    let of_xdg = || variable("XDG_DATA_HOME").map(|dir| dir.join("tasker"));
    let of_home = || variable("HOME").map(|home| home.join(".local/share/tasker"));
    chosen.or_else(of_root).or_else(of_xdg).or_else(of_home)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_comes_before_what_is_usual() {
        let variables = |name: &str| Some(PathBuf::from(format!("/{name}")));
        let home_only = |name: &str| (name == "HOME").then(|| PathBuf::from("/home/ada"));
        let chosen = |root, of: &dyn Fn(&str) -> Option<PathBuf>| choose(root, of);
        assert_eq!(chosen(true, &variables), Some("/TASKER_DATA_DIR".into()));
        assert_eq!(chosen(true, &home_only), Some(OF_ROOT.into()));
        assert_eq!(
            chosen(false, &home_only),
            Some("/home/ada/.local/share/tasker".into())
        );
        assert_eq!(chosen(false, &|_| None), None);
    }
}
