//! Where a host has its keys from.

use super::SecretError;
use super::key_ring::{KEY_BYTES, KeyId, KeyRing};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

/// Bits of a file's mode that let others than its owner and group in.
const OPEN_TO_ALL: u32 = 0o007;

/// The keys of one host. Cheap to clone.
#[derive(Clone, Debug)]
pub struct SecretKeys(Arc<Source>);

#[derive(Debug)]
enum Source {
    Given(Arc<KeyRing>),
    File {
        path: PathBuf,
        /// Made at the first use where it is missing.
        may_make: bool,
        read: Mutex<Option<Arc<KeyRing>>>,
    },
}

impl SecretKeys {
    /// These keys, as long as the host runs.
    pub fn given(ring: KeyRing) -> Self {
        Self(Arc::new(Source::Given(Arc::new(ring))))
    }

    /// The keys in a file. It is read again whenever a key is missing and before something is
    /// encrypted, so that a new key needs no restart.
    pub fn in_file(path: PathBuf) -> Self {
        Self::file(path, false)
    }

    /// The same, but a first key is made where the file is missing when the first secret is set.
    pub fn made_in_file(path: PathBuf) -> Self {
        Self::file(path, true)
    }

    fn file(path: PathBuf, may_make: bool) -> Self {
        Self(Arc::new(Source::File {
            path,
            may_make,
            read: Mutex::default(),
        }))
    }

    /// Ok where what is named can be used; a file that is still to be made can.
    pub fn check(&self) -> Result<(), SecretError> {
        match &*self.0 {
            Source::Given(_) => Ok(()),
            Source::File { path, may_make, .. } if *may_make && !path.exists() => Ok(()),
            Source::File { path, read, .. } => keep(read, load(path)?).map(drop),
        }
    }

    /// Keys to encrypt with: the newest.
    pub fn to_seal(&self) -> Result<Arc<KeyRing>, SecretError> {
        match &*self.0 {
            Source::Given(ring) => Ok(ring.clone()),
            Source::File {
                path,
                may_make,
                read,
            } => {
                if *may_make && !path.exists() {
                    make(path)?;
                }
                keep(read, load(path)?)
            }
        }
    }

    /// Keys among which this one is, if the host has it; else those that it has.
    pub(crate) fn to_open(&self, key_id: KeyId) -> Result<Arc<KeyRing>, SecretError> {
        match &*self.0 {
            Source::Given(ring) => Ok(ring.clone()),
            Source::File { path, read, .. } => {
                let known = read.lock().expect("no holder panics").clone();
                match known.filter(|ring| ring.has(key_id)) {
                    Some(ring) => Ok(ring),
                    None => keep(read, load(path)?),
                }
            }
        }
    }
}

fn keep(read: &Mutex<Option<Arc<KeyRing>>>, ring: KeyRing) -> Result<Arc<KeyRing>, SecretError> {
    let ring = Arc::new(ring);
    *read.lock().expect("no holder panics") = Some(ring.clone());
    Ok(ring)
}

fn load(path: &Path) -> Result<KeyRing, SecretError> {
    let unreadable = |source| SecretError::KeyFile {
        path: path.to_owned(),
        source,
    };
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(unreadable)?);
    let mode = path.metadata().map_err(unreadable)?.permissions().mode();
    if mode & OPEN_TO_ALL != 0 {
        return Err(SecretError::KeyFileOpen {
            path: path.to_owned(),
        });
    }
    KeyRing::parse(&text).map_err(|source| SecretError::KeyFileText {
        path: path.to_owned(),
        source,
    })
}

/// Makes the file with one key, readable to its owner only. Where another process made one in the
/// same moment, that one stays.
fn make(path: &Path) -> Result<(), SecretError> {
    let failed = |source| SecretError::KeyFile {
        path: path.to_owned(),
        source,
    };
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    getrandom::fill(&mut *key).map_err(SecretError::Random)?;
    let line = Zeroizing::new(data_encoding::BASE64.encode(&*key) + "\n");
    let directory = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(directory).map_err(failed)?;
    // Files of this kind have the mode 0600 from the start.
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
    file.write_all(line.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            tracing::info!(path = %path.display(), "made a key for secrets; without it they cannot be read, so keep a copy of it");
            Ok(())
        }
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(failed(error.error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("data/secret.key");
        let made = SecretKeys::made_in_file(path.clone())
            .to_seal()
            .unwrap()
            .first();
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = SecretKeys::made_in_file(path).to_seal().unwrap().first();
        assert_eq!(made, again);
    }

    #[test]
    fn a_file_that_was_named_is_never_made() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret.key");
        let error = SecretKeys::in_file(path.clone()).to_seal().unwrap_err();
        assert!(matches!(error, SecretError::KeyFile { .. }), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret.key");
        std::fs::write(&path, "ab".repeat(32)).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = SecretKeys::in_file(path.clone())
            .to_seal()
            .unwrap_err()
            .to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_key_that_was_added_is_found_without_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("secret.key");
        let keys = SecretKeys::made_in_file(path.clone());
        let old = keys.to_seal().unwrap().first();
        let more = format!(
            "{}\n{}",
            "cd".repeat(32),
            std::fs::read_to_string(&path).unwrap()
        );
        std::fs::write(&path, more).unwrap();
        let new = keys.to_seal().unwrap().first();
        assert_ne!(new, old);
        assert!(keys.to_open(old).unwrap().has(new));
    }
}
