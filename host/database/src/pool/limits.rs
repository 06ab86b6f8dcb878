//! How long calls may take.

use sqlx::Error;
use sqlx::postgres::PgConnectOptions;
use std::io;
use std::time::Duration;

/// How much later than the server the client gives up: an answer may still be on its way.
const CLIENT_MARGIN: Duration = Duration::from_secs(1);

/// A session that is silent in a transaction for this long is ended by the server.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(30);

/// How the server finds out that a host is gone: after this long without a word it asks, so often and
/// so many times, and data that was sent may stay unacknowledged for [`TCP_USER_TIMEOUT`].
const TCP_KEEPALIVE_IDLE: Duration = Duration::from_secs(30);
const TCP_KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const TCP_KEEPALIVE_COUNT: u32 = 3;
const TCP_USER_TIMEOUT: Duration = Duration::from_secs(30);

/// How often the server looks whether the host still waits for the statement that runs.
const CONNECTION_CHECK: Duration = Duration::from_secs(5);

/// The limits of the calls of one use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallLimits {
    /// How long a caller waits for a connection.
    pub acquire: Duration,
    /// How long a statement may run.
    pub statement: Duration,
    /// How long a statement may wait for one lock.
    pub lock: Duration,
}

impl CallLimits {
    /// After this long the client gives a statement up by itself.
    pub(crate) fn client(self) -> Duration {
        self.statement + CLIENT_MARGIN
    }

    fn of_statements(self) -> [(&'static str, Duration); 3] {
        [
            ("statement_timeout", self.statement),
            ("lock_timeout", self.lock),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
        ]
    }

    /// The options under which a session begins.
    pub(super) fn applied_to(self, options: &PgConnectOptions) -> PgConnectOptions {
        let of_statements = self.of_statements().map(|(name, limit)| (name, ms(limit)));
        let of_connection = [
            (
                "tcp_keepalives_idle",
                TCP_KEEPALIVE_IDLE.as_secs().to_string(),
            ),
            (
                "tcp_keepalives_interval",
                TCP_KEEPALIVE_INTERVAL.as_secs().to_string(),
            ),
            ("tcp_keepalives_count", TCP_KEEPALIVE_COUNT.to_string()),
            ("tcp_user_timeout", ms(TCP_USER_TIMEOUT)),
            ("client_connection_check_interval", ms(CONNECTION_CHECK)),
        ];
        options
            .clone()
            .options(of_statements)
            .options(of_connection)
    }

    /// The same for a session that has begun.
    pub(super) fn set_session(self) -> String {
        self.statements("set")
    }

    /// The same for one transaction.
    pub(super) fn set_local(self) -> String {
        self.statements("set local")
    }

    fn statements(self, set: &str) -> String {
        let settings = self.of_statements();
        let settings =
            settings.map(|(name, limit)| format!("{set} {name} = {}", limit.as_millis()));
        settings.join("; ")
    }
}

/// Milliseconds, as PostgreSQL takes them without a unit.
fn ms(limit: Duration) -> String {
    limit.as_millis().to_string()
}

/// The database did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("{what} took longer than {} s", .limit.as_secs())]
pub(crate) struct CallTimeout {
    what: &'static str,
    limit: Duration,
}

impl CallTimeout {
    pub(crate) fn error(what: &'static str, limit: Duration) -> Error {
        Error::Io(io::Error::new(
            io::ErrorKind::TimedOut,
            Self { what, limit },
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_gives_up_after_the_server() {
        let second = Duration::from_secs(1);
        let limits = CallLimits {
            acquire: second,
            statement: second,
            lock: second,
        };
        assert!(limits.client() > limits.statement);
        assert!(
            limits
                .set_local()
                .starts_with("set local statement_timeout = 1000; ")
        );
    }
}
