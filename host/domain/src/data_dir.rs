//! Where a host keeps its files, for the host and for commands on the same machine.

use std::env;
use std::path::PathBuf;

/// The key that a host makes at its first start, in its data directory.
pub const ADMIN_KEY_FILE: &str = "admin.key";

/// Where root keeps the data: PostgreSQL runs as another account, which may not enter root's home.
const OF_ROOT: &str = "/var/lib/tasker";

/// There is no place for the data directory.
#[derive(Debug, thiserror::Error)]
#[error(
    "no default data directory, because HOME is not set; set TASKER_DATA_DIR or give --data-dir"
)]
pub struct NoHome;

/// The default data directory: `TASKER_DATA_DIR`, else `/var/lib/tasker` for
/// root, else `$XDG_DATA_HOME/tasker`, else `~/.local/share/tasker`.
pub fn default_data_dir() -> Result<PathBuf, NoHome> {
    choose(rustix::process::geteuid().is_root(), |name| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    })
    .ok_or(NoHome)
}

fn choose(root: bool, variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let chosen = variable("TASKER_DATA_DIR");
    let of_root = || root.then(|| PathBuf::from(OF_ROOT));
    let of_xdg = || variable("XDG_DATA_HOME").map(|dir| dir.join("tasker"));
    let of_home = || variable("HOME").map(|home| home.join(".local/share/tasker"));
    chosen.or_else(of_root).or_else(of_xdg).or_else(of_home)
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
