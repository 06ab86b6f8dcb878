//! What is known of the server: whose sessions we have, and whether it has connections left.

use crate::call_metrics::CallMetrics;
use sqlx::Error;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// "Too many connections": of the server, of the database or of the role.
const TOO_MANY_CONNECTIONS: &str = "53300";

/// The login or the database is refused, as while roles are yet to be made after a failover, or while
/// pg_hba.conf is being changed.
const NO_ENTRY: [&str; 3] = ["28000", "28P01", "3D000"];

/// For so long after a refusal no use keeps connections that it does not need.
const SHORT_FOR: Duration = Duration::from_secs(10);

/// How long a refusal is reported in the health of the host.
const TOLD_FOR: Duration = Duration::from_secs(60);

/// The least time between two lines in the log about the same shortage.
const LOG_INTERVAL: Duration = Duration::from_secs(30);

/// Whose sessions connections lead to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SessionKind {
    /// Our own; they begin with our settings.
    #[default]
    Direct,
    /// Our own, behind a pooler that does not pass settings on: they are set afterwards.
    Session,
    /// Everybody's, behind a pooler that lends one for each transaction. Nothing outlives a
    /// transaction: no setting, no prepared statement, no listening.
    Transaction,
}

/// What is known of the server; the same for all pools of a host.
#[derive(Debug, Default)]
pub(crate) struct ServerState {
    session: OnceLock<SessionKind>,
    shortage: Mutex<Option<Shortage>>,
    /// When a caller last got no connection in time.
    timeout_at: Mutex<Option<Instant>>,
    /// It took us in once.
    is_known: AtomicBool,
    calls: CallMetrics,
}

#[derive(Debug)]
struct Shortage {
    at: Instant,
    logged_at: Instant,
    /// In the server's words.
    reason: String,
}

impl ServerState {
    /// How calls go, those in transactions not included.
    pub(crate) fn calls(&self) -> &CallMetrics {
        &self.calls
    }

    pub(crate) fn session(&self) -> SessionKind {
        self.session.get().copied().unwrap_or_default()
    }

    /// The first that is found out stays.
    pub(crate) fn set_session(&self, session: SessionKind) {
        self.session.get_or_init(|| session);
    }

    /// Notes that the server took us in.
    pub(super) fn note_entry(&self) {
        self.is_known.store(true, Ordering::Relaxed);
    }

    /// The error of connecting: once the server has taken us in, its refusal is an outage, which passes.
    pub(super) fn refusal(&self, error: Error) -> Error {
        let code = error.as_database_error().and_then(|error| error.code());
        let is_refused = code.is_some_and(|code| NO_ENTRY.contains(&&*code));
        match is_refused && self.is_known.load(Ordering::Relaxed) {
            true => Error::Io(std::io::Error::other(NoEntry(error))),
            false => error,
        }
    }

    /// Remembers, and logs now and then, that the server has no connection left. False if the
    /// error is another.
    pub(super) fn note_shortage(&self, error: &Error) -> bool {
        let Some(reason) = reason(error) else {
            return false;
        };
        let at = Instant::now();
        let mut last = self.last();
        let logged_at = last.as_ref().map(|last| last.logged_at);
        let is_told = logged_at.is_some_and(|logged_at| logged_at.elapsed() < LOG_INTERVAL);
        if !is_told {
            tracing::warn!(
                reason,
                "PostgreSQL refuses further connections; the host works with those that it has. \
                 Raise max_connections or the role's limit, or lower --connections"
            );
        }
        *last = Some(Shortage {
            at,
            logged_at: logged_at.filter(|_| is_told).unwrap_or(at),
            reason,
        });
        true
    }

    pub(super) fn is_short(&self) -> bool {
        let last = self.last();
        last.as_ref()
            .is_some_and(|last| last.at.elapsed() < SHORT_FOR)
    }

    /// Why the server recently refused connections, if it did.
    pub(crate) fn shortage_reason(&self) -> Option<String> {
        let last = self.last();
        let last = last.as_ref().filter(|last| last.at.elapsed() < TOLD_FOR)?;
        Some(last.reason.clone())
    }

    /// Notes that a caller got no connection in time.
    pub(super) fn note_timeout(&self) {
        let at = self.timeout_at.lock();
        *at.unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// Whether that happened to one recently.
    pub(crate) fn has_timeouts(&self) -> bool {
        let at = self.timeout_at.lock();
        let at = *at.unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < TOLD_FOR)
    }

    /// The error of a caller that waited in vain, where the server refused connections meanwhile.
    pub(super) fn shortage(&self) -> Option<Error> {
        let reason = self.is_short().then(|| self.shortage_reason()).flatten()?;
        Some(Error::Io(std::io::Error::other(TooManyConnections(reason))))
    }

    fn last(&self) -> MutexGuard<'_, Option<Shortage>> {
        self.shortage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server has no connection left for this host.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL refuses further connections: {0}")]
pub(crate) struct TooManyConnections(String);

/// The server took us in before and does not now.
#[derive(Debug, thiserror::Error)]
#[error("PostgreSQL refuses the login that it accepted before: {0}")]
pub(crate) struct NoEntry(#[source] Error);

fn reason(error: &Error) -> Option<String> {
    let error = error.as_database_error()?;
    (error.code()? == TOO_MANY_CONNECTIONS).then(|| error.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DatabaseError;
    use sqlx::error::ErrorKind;
    use std::borrow::Cow;

    #[derive(Debug, thiserror::Error)]
    #[error("it says {0}")]
    struct Said(&'static str);

    impl sqlx::error::DatabaseError for Said {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn a_login_that_is_refused_is_an_outage_once_it_was_taken() {
        let server = ServerState::default();
        let passes = |server: &ServerState, code| {
            let error = server.refusal(Error::Database(Box::new(Said(code))));
            DatabaseError::Sql(error).is_transient()
        };
        assert!(!NO_ENTRY.iter().any(|code| passes(&server, code)));
        server.note_entry();
        assert!(NO_ENTRY.iter().all(|code| passes(&server, code)));
        assert!(!passes(&server, "42883"));
    }
}
