//! Why a browser is not signed in.

use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_registry::store::browser_session::MAX_SESSIONS;

/// Why a browser is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("this host asks nobody who they are, so there is nothing to sign in to")]
    NoAuthentication,
    #[error("there are {MAX_SESSIONS} sessions of browsers already; they end within 12 hours")]
    TooMany,
    #[error("the system returned no random bytes")]
    Random(#[from] getrandom::Error),
}

impl Report for SessionError {
    fn report(&self) -> ErrorReport {
        match self {
            Self::NoAuthentication => ErrorReport::new(ErrorClass::Conflict, "no_authentication"),
            Self::TooMany => ErrorReport::new(ErrorClass::Conflict, "too_many_sessions"),
            Self::Random(_) => ErrorReport::internal(),
        }
    }
}
