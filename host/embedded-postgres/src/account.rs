use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use super::error::{EmbeddedError, io_error};

/// The accounts that root hands PostgreSQL to, the first that exists.
const UNPRIVILEGED: [&str; 2] = ["postgres", "nobody"];

/// The account that PostgreSQL runs under when its program runs as root, which PostgreSQL refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    name: String,
    uid: u32,
    gid: u32,
}

impl Account {
    /// The account to change to; `None` where that of the program will do.
    pub(super) fn to_change_to() -> Result<Option<Self>, EmbeddedError> {
        if !is_root() {
            return Ok(None);
        }
        let passwd = fs::read_to_string("/etc/passwd")
            .map_err(io_error("cannot read the accounts in", "/etc/passwd"))?;
        UNPRIVILEGED
            .iter()
            .find_map(|name| parse_account(&passwd, name))
            .map(Some)
            .ok_or_else(|| EmbeddedError::NoAccount {
                tried: UNPRIVILEGED.join(", "),
            })
    }

    fn may_enter(&self, directory: &Metadata) -> bool {
        let execute = match directory {
            owned if owned.uid() == self.uid => 0o100,
            grouped if grouped.gid() == self.gid => 0o010,
            _ => 0o001,
        };
        directory.permissions().mode() & execute != 0
    }
}

pub(super) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Makes a directory that only the account may enter, or takes the one that is there.
pub(super) fn private_directory(
    path: &Path,
    account: Option<&Account>,
) -> Result<(), EmbeddedError> {
    fs::create_dir_all(path).map_err(io_error("cannot make the directory", path))?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .map_err(io_error("cannot make private", path))?;
    match account {
        None => Ok(()),
        Some(Account { uid, gid, .. }) => chown(path, Some(*uid), Some(*gid))
            .map_err(io_error("cannot hand to the account of PostgreSQL", path)),
    }
}

/// Says so if the account cannot get at `path` because of a directory on the way.
pub(super) fn check_reachable(path: &Path, account: Option<&Account>) -> Result<(), EmbeddedError> {
    let Some(account) = account else {
        return Ok(());
    };
    for ancestor in path.ancestors().skip(1) {
        let found = fs::metadata(ancestor).map_err(io_error("cannot look at", ancestor))?;
        if !account.may_enter(&found) {
            return Err(EmbeddedError::NotTraversable {
                account: account.name.clone(),
                ancestor: ancestor.to_owned(),
                cluster: path.to_owned(),
            });
        }
    }
    Ok(())
}

/// A command under the account, out of reach of the caller's `PG…` settings and of what is hidden from it.
pub(super) fn command(
    program: &Path,
    directory: &Path,
    account: Option<&Account>,
    hidden_variables: &[&str],
) -> Command {
    let mut command = Command::new(program);
    for name in hidden_variables {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| is_postgres_setting(name)) {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").current_dir(directory);
    if let Some(Account { uid, gid, .. }) = account {
        command.uid(*uid).gid(*gid);
    }
    command
}

fn is_postgres_setting(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b"PG")
}

fn parse_account(passwd: &str, wanted: &str) -> Option<Account> {
    let line = passwd
        .lines()
        .find(|line| line.split(':').next() == Some(wanted))?;
    let mut numbers = line.split(':').skip(2);
    Some(Account {
        name: wanted.to_owned(),
        uid: numbers.next()?.parse().ok()?,
        gid: numbers.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_by_its_whole_name() {
        let passwd = "postgres-x:x:7:7::/:/bin/sh\npostgres:x:101:104:admin:/var:/bin/bash\n";
        let account = parse_account(passwd, "postgres").unwrap();
        assert_eq!((account.uid, account.gid), (101, 104));
        assert_eq!(parse_account(passwd, "nobody"), None);
    }

    #[test]
    fn a_private_directory_on_the_way_is_named() {
        let outer = tempfile::tempdir().unwrap();
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let path = outer.path().join("cluster");
        let stranger = Account {
            name: "stranger".into(),
            uid: u32::MAX - 1,
            gid: u32::MAX - 1,
        };
        let message = check_reachable(&path, Some(&stranger))
            .unwrap_err()
            .to_string();
        let advice = format!("chmod o+x {}", outer.path().display());
        assert!(message.contains(&advice), "{message}");
    }
}
