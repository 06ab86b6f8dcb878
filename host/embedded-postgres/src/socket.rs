use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::account::{self, Account};
use super::address::ServerAddress;
use super::error::{EmbeddedError, io_error};

/// The number in the socket's name.
pub(super) const PORT: u16 = 5432;

/// What the kernel allows for the path of a socket, less the byte that ends it.
const LONGEST_SOCKET_PATH: usize = 107;
const NAME: &str = "/.s.PGSQL.5432";

/// How the names of socket directories outside the data directory begin.
const PREFIX: &str = "postgres-socket-";

/// The directory of the server's socket: inside the data directory where its path can be used,
/// else a temporary one, which is removed with this value.
#[derive(Debug)]
pub(super) struct SocketDir {
    pub(super) path: PathBuf,
    temporary: Option<TempDir>,
}

impl SocketDir {
    pub(super) fn make(data_dir: &Path, account: Option<&Account>) -> Result<Self, EmbeddedError> {
        remove_leftover(data_dir);
        let inside = data_dir.join("socket");
        let (path, temporary) = if is_usable(&inside) {
            (inside, None)
        } else {
            let made = temporary_directory()?;
            (made.path().to_owned(), Some(made))
        };
        account::private_directory(&path, account)?;
        Ok(Self { path, temporary })
    }

    /// Removes a temporary one before this value goes, once no server uses it.
    pub(super) fn remove(&self) {
        if self.temporary.is_some() {
            // Tried again when this value goes.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

/// Removes the socket and its lock file, which a killed server leaves behind. Its process number may
/// belong to another program since, which PostgreSQL would take for a running server. Only where
/// nothing runs on the cluster any more.
pub(super) fn remove_stale(directory: &Path) {
    for name in [".s.PGSQL.5432.lock", ".s.PGSQL.5432"] {
        // Where it is not there, or cannot be removed, PostgreSQL says so itself.
        let _ = std::fs::remove_file(directory.join(name));
    }
}

/// The path is short enough, and has nothing that divides lists of directories or of hosts.
fn is_usable(directory: &Path) -> bool {
    let is_divider = |byte: &u8| matches!(byte, b',' | b'"') || byte.is_ascii_control();
    let bytes = directory.as_os_str().as_encoded_bytes();
    fits(directory) && !bytes.iter().any(is_divider)
}

fn fits(directory: &Path) -> bool {
    directory.as_os_str().len() + NAME.len() <= LONGEST_SOCKET_PATH
}

fn temporary_directory() -> Result<TempDir, EmbeddedError> {
    let preferred = std::env::temp_dir();
    let parent = if is_usable(&preferred.join(PREFIX).join("random")) {
        preferred
    } else {
        PathBuf::from("/tmp")
    };
    tempfile::Builder::new()
        .prefix(PREFIX)
        .tempdir_in(&parent)
        .map_err(io_error(
            "cannot make a directory for the socket in",
            parent,
        ))
}

/// A process that was killed could not remove its temporary directory; its address names it.
fn remove_leftover(data_dir: &Path) {
    let Ok(Some(address)) = ServerAddress::read(data_dir) else {
        return;
    };
    let name = address.socket_dir.file_name().unwrap_or_default();
    if name.as_encoded_bytes().starts_with(PREFIX.as_bytes()) {
        // Worth no failure: at worst an empty directory stays behind.
        let _ = std::fs::remove_dir_all(&address.socket_dir);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_directory_that_is_deep_or_has_a_comma_gets_its_socket_elsewhere() {
        let root = tempfile::tempdir().unwrap();
        let shallow = SocketDir::make(root.path(), None).unwrap();
        assert!(shallow.path.starts_with(root.path()));

        for name in ["a,b", "a\"b"] {
            let divided = SocketDir::make(&root.path().join(name), None).unwrap();
            assert!(!divided.path.starts_with(root.path()), "{:?}", divided.path);
        }

        let deep = root.path().join("d".repeat(LONGEST_SOCKET_PATH));
        let socket = SocketDir::make(&deep, None).unwrap();
        assert!(fits(&socket.path), "{:?}", socket.path);
        let path = socket.path.clone();
        drop(socket);
        assert!(!path.exists());
    }
}
