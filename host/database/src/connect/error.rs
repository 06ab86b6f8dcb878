//! Why there is no connection, in words that lead to a remedy.

use sqlx::Error;
use sqlx::postgres::PgConnectOptions;
use std::fmt;
use std::io::ErrorKind;

/// A database that cannot be connected to.
#[derive(Debug)]
pub struct ConnectError {
    pub(super) refusal: ConnectFailure,
    /// Host and port, or the socket.
    address: String,
    user: String,
    database: String,
    source: Error,
}

/// In what way it was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConnectFailure {
    NotListening,
    UnknownHost,
    /// No answer within the time that a connection may take.
    Silent,
    Starting,
    TooManyConnections,
    Login,
    UnknownDatabase,
    /// A pooler that lends a session for one statement only.
    StatementPooling,
    /// A pooler, or a server, that takes no settings with the login.
    NoSettings,
    Other,
}

impl ConnectError {
    pub(super) fn new(options: &PgConnectOptions, source: Error) -> Self {
        let port = options.get_port();
        let address = match options.get_socket() {
            Some(socket) => format!("{}/.s.PGSQL.{port}", socket.display()),
            None => format!("{}:{port}", options.get_host()),
        };
        let user = options.get_username().to_owned();
        Self {
            refusal: ConnectFailure::of(&source),
            address,
            database: options.get_database().unwrap_or(&user).to_owned(),
            user,
            source,
        }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.refusal {
            ConnectFailure::NotListening => "start PostgreSQL there, or correct --database-url",
            ConnectFailure::UnknownHost => {
                "correct the host in --database-url, or the name service"
            }
            ConnectFailure::Silent => {
                "check the network and the firewalls, or correct --database-url"
            }
            ConnectFailure::Starting => "retry when it has started",
            ConnectFailure::TooManyConnections => {
                "raise max_connections or the role's connection limit, or end other clients"
            }
            ConnectFailure::Login => {
                "correct user and password in --database-url, or allow the user in pg_hba.conf"
            }
            ConnectFailure::UnknownDatabase => "create it with createdb, or correct --database-url",
            ConnectFailure::StatementPooling => {
                "use session mode (pool_mode = session) or transaction mode"
            }
            ConnectFailure::NoSettings => {
                "use session mode (pool_mode = session), or PostgreSQL itself"
            }
            ConnectFailure::Other => "correct --database-url",
        }
    }

    /// True if the same may succeed later.
    pub fn is_passing(&self) -> bool {
        matches!(
            self.refusal,
            ConnectFailure::NotListening
                | ConnectFailure::Silent
                | ConnectFailure::Starting
                | ConnectFailure::TooManyConnections
                | ConnectFailure::UnknownHost
        )
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            address,
            user,
            database,
            source,
            ..
        } = self;
        let what = match self.refusal {
            ConnectFailure::NotListening => format!("no PostgreSQL listens at {address}"),
            ConnectFailure::UnknownHost => format!("the host of {address} is unknown"),
            ConnectFailure::Silent => format!("PostgreSQL at {address} does not answer"),
            ConnectFailure::Starting => format!("PostgreSQL at {address} is not ready"),
            ConnectFailure::TooManyConnections => {
                format!("PostgreSQL at {address} has no connection left")
            }
            ConnectFailure::Login => format!("PostgreSQL at {address} refuses the user {user}"),
            ConnectFailure::UnknownDatabase => {
                return write!(f, "PostgreSQL at {address} has no database {database}");
            }
            ConnectFailure::StatementPooling => {
                format!("the pooler at {address} lends connections for one statement only")
            }
            ConnectFailure::NoSettings | ConnectFailure::Other => {
                format!("cannot connect to PostgreSQL at {address}")
            }
        };
        write!(f, "{what}: {}", said(source))
    }
}

impl std::error::Error for ConnectError {}

/// What it was, without the driver's words around it.
fn said(error: &Error) -> String {
    match error {
        Error::Database(error) => error.message().to_owned(),
        Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

impl ConnectFailure {
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::Io(error) => match error.kind() {
                ErrorKind::ConnectionRefused | ErrorKind::NotFound => Self::NotListening,
                ErrorKind::TimedOut => Self::Silent,
                _ if error.to_string().contains("failed to lookup address") => Self::UnknownHost,
                // The server, or what is on the way, hung up.
                ErrorKind::ConnectionReset | ErrorKind::UnexpectedEof => Self::Silent,
                _ => Self::Other,
            },
            Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                Self::of_code(&code, error.message())
            }
            _ => Self::Other,
        }
    }

    fn of_code(code: &str, message: &str) -> Self {
        match code {
            "57P03" => Self::Starting,
            "53300" => Self::TooManyConnections,
            "28000" | "28P01" => Self::Login,
            "3D000" => Self::UnknownDatabase,
            "08P01" if message.contains("statement pooling") => Self::StatementPooling,
            // PgBouncer has one code for all that it refuses.
            "08P01" if message.contains("no such database") => Self::UnknownDatabase,
            "08P01" if message.contains("no more connections") => Self::TooManyConnections,
            "08P01" if message.contains("auth") || message.contains("such user") => Self::Login,
            "08P01" if message.contains("startup parameter") => Self::NoSettings,
            // A setting that this server does not know, or does not take.
            "42704" | "22023" | "0A000" | "55P02" => Self::NoSettings,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_io(error: std::io::Error) -> ConnectError {
        let options: PgConnectOptions = "postgres://ada@db.example:6543/orders".parse().unwrap();
        ConnectError::new(&options, Error::Io(error))
    }

    #[test]
    fn a_refused_connection_is_reported_with_its_address_and_a_remedy() {
        let error = of_io(ErrorKind::ConnectionRefused.into());
        let text = error.to_string();
        assert!(
            text.contains("db.example:6543") && text.contains("connection refused"),
            "{text}"
        );
        assert!(
            error.help().contains("start PostgreSQL"),
            "{}",
            error.help()
        );
        assert!(error.is_passing());
    }

    #[test]
    fn an_unknown_host_is_distinguished() {
        let unknown = "failed to lookup address information: Name or service not known";
        let error = of_io(std::io::Error::other(unknown));
        assert_eq!(error.refusal, ConnectFailure::UnknownHost);
    }

    #[test]
    fn a_wrong_password_and_an_unknown_database_do_not_pass() {
        for code in ["28P01", "3D000"] {
            let refusal = ConnectFailure::of_code(code, "");
            let error = ConnectError {
                refusal,
                ..of_io(ErrorKind::Other.into())
            };
            assert!(!error.is_passing(), "{code}");
        }
    }
}
