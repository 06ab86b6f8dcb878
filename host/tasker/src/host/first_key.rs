//! The first key: it is needed to create others.

use super::HostError;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use tasker_api::auth::keyring::random_key;
use tasker_domain::actor::Actor;
use tasker_domain::api_key::ApiKey;
use tasker_domain::data_dir::ADMIN_KEY_FILE;
use tasker_domain::permission::Permissions;
use tasker_registry::store::Store;
use tasker_registry::store::api_key::NewKey;

/// What the audit and `key ls` call it.
const NAME: &str = "admin";

/// Only its owner may read it.
const MODE: u32 = 0o600;

/// A key that this start of the host made.
#[derive(Debug)]
pub struct FirstKey {
    pub key: ApiKey,
    /// Where it is kept for the command line of this machine.
    pub path: PathBuf,
}

/// Makes an admin key where the database has none in force: the given one, or a random one that is
/// kept in the data directory. Of several hosts that start together one does it.
pub(super) async fn ensure(
    store: &Store,
    data_dir: &Path,
    given: Option<&ApiKey>,
) -> Result<Option<FirstKey>, HostError> {
    let path = data_dir.join(ADMIN_KEY_FILE);
    match given {
        Some(key) => {
            make(store, key, || Ok(())).await?;
            Ok(None)
        }
        None => {
            let key = random_key()?;
            let is_made = make(store, &key, || keep(&key, &path)).await?;
            Ok(is_made.then_some(FirstKey { key, path }))
        }
    }
}

async fn make(
    store: &Store,
    key: &ApiKey,
    keep: impl FnOnce() -> Result<(), HostError>,
) -> Result<bool, HostError> {
    let new = NewKey {
        key,
        name: NAME,
        permissions: &Permissions::all(),
        expires_in: None,
        rate: None,
        actor: &Actor::host(),
    };
    store.make_first_key(&new, keep).await
}

/// Whoever reads the file finds a whole key, and never one that others could read for a moment.
fn keep(key: &ApiKey, path: &Path) -> Result<(), HostError> {
    let temporary = path.with_extension("key.new");
    let written = match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => create(&temporary)
            .and_then(|mut file| writeln!(file, "{}", key.reveal()).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&temporary, path)),
    };
    written.map_err(|source| HostError::AdminKey {
        path: path.to_owned(),
        source,
    })
}

fn create(path: &Path) -> io::Result<File> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true).mode(MODE).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn the_key_is_kept_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("of-host/admin.key");
        for _ in 0..2 {
            let key = random_key().unwrap();
            keep(&key, &path).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap().trim().parse(), Ok(key));
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, MODE);
        }
    }
}
