use std::fs;
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::error::{EmbeddedError, io_error};

/// The file in the data directory that says where the server listens.
const FILE: &str = "postgres.json";

/// Where a private PostgreSQL listens: only on a socket, in a directory closed to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAddress {
    /// The directory of the socket.
    pub socket_dir: PathBuf,
    /// The number in the socket's name; no TCP port is open.
    pub port: u16,
    /// The role that the program connects as.
    pub user: String,
    /// The database that the program connects to.
    pub database: String,
}

impl ServerAddress {
    /// The address that the last process to start on `data_dir` wrote there; `None` if none ever did.
    /// The server need not be running: see [`ServerAddress::answers`].
    pub fn read(data_dir: &Path) -> Result<Option<Self>, EmbeddedError> {
        let path = data_dir.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|source| EmbeddedError::Address { path, source }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("cannot read", path)(error)),
        }
    }

    pub(super) fn write(&self, data_dir: &Path) -> Result<(), EmbeddedError> {
        let path = data_dir.join(FILE);
        let bytes = serde_json::to_vec_pretty(self).map_err(|source| EmbeddedError::Address {
            path: path.clone(),
            source,
        })?;
        fs::write(&path, bytes).map_err(io_error("cannot write", path))
    }

    /// Whether a server listens there now.
    pub fn answers(&self) -> bool {
        let socket = format!(".s.PGSQL.{}", self.port);
        UnixStream::connect(self.socket_dir.join(socket)).is_ok()
    }

    /// The address as a URL that both sqlx and PostgreSQL's own programs take.
    pub fn url(&self) -> String {
        format!(
            "postgres:///{}?host={}&port={}&user={}&sslmode=disable",
            self.database,
            percent_encoded(&self.socket_dir),
            self.port,
            self.user,
        )
    }

    /// The address as sqlx takes it; no `PG…` variable of the environment changes where it leads.
    pub fn connect_options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_dir)
            .port(self.port)
            .username(&self.user)
            .database(&self.database)
            .ssl_mode(PgSslMode::Disable)
    }
}

fn percent_encoded(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' => {
                text.push(char::from(*byte));
            }
            other => text.push_str(&format!("%{other:02X}")),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn address() -> ServerAddress {
        ServerAddress {
            socket_dir: "/var/lib/a directory & more/socket".into(),
            port: 5432,
            user: "app".into(),
            database: "app".into(),
        }
    }

    #[test]
    fn the_url_leads_where_the_options_lead() {
        let parsed = PgConnectOptions::from_str(&address().url()).unwrap();
        let direct = address().connect_options();
        assert_eq!(parsed.get_socket(), direct.get_socket());
        assert_eq!(parsed.get_port(), direct.get_port());
        assert_eq!(parsed.get_username(), direct.get_username());
        assert_eq!(parsed.get_database(), direct.get_database());
    }

    #[test]
    fn an_address_survives_its_file() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(ServerAddress::read(dir.path()).unwrap(), None);
        address().write(dir.path()).unwrap();
        assert_eq!(ServerAddress::read(dir.path()).unwrap(), Some(address()));
        assert!(!address().answers());
    }
}
