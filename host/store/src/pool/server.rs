//! What is known of the server: whose sessions we have, and whether it has connections left.

use sqlx::Error;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// "Too many connections": of the server, of the database or of the role.
const TOO_MANY_CONNECTIONS: &str = "53300";

/// For so long after a refusal no use keeps connections that it does not need.
const SHORT_FOR: Duration = Duration::from_secs(10);

/// For so long after a refusal it is told to who asks how the host is.
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
}

#[derive(Debug)]
struct Shortage {
    at: Instant,
    logged_at: Instant,
    /// In the server's words.
    reason: String,
}

impl ServerState {
    pub(crate) fn session(&self) -> SessionKind {
        self.session.get().copied().unwrap_or_default()
    }

    /// The first that is found out stays.
    pub(crate) fn set_session(&self, session: SessionKind) {
        self.session.get_or_init(|| session);
    }

    /// Remembers, and logs now and then, that the server has no connection left. False where the
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

    /// Why the server refused connections of late, if it did.
    pub(crate) fn shortage_reason(&self) -> Option<String> {
        let last = self.last();
        let last = last.as_ref().filter(|last| last.at.elapsed() < TOLD_FOR)?;
        Some(last.reason.clone())
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

fn reason(error: &Error) -> Option<String> {
    let error = error.as_database_error()?;
    (error.code()? == TOO_MANY_CONNECTIONS).then(|| error.message().to_owned())
}
