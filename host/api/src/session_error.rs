//! Why a browser is not signed in.

use tasker_database::DatabaseError;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_registry::store::browser_session::MAX_SESSIONS;

/// Why a browser is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("this host asks nobody who they are, so there is nothing to sign in to")]
    NoAuthentication,
    #[error(
        "this host has no identity provider to sign in at; sign in with a key or token, or start the host with --oidc-client-id"
    )]
    NoProvider,
    #[error("the key does not exist or was revoked")]
    NoKey,
    #[error("the sign-in was finished before; begin another")]
    Repeated,
    #[error("there are {MAX_SESSIONS} sessions of browsers already; they end within 12 hours")]
    TooMany,
    #[error("the system returned no random bytes")]
    Random(#[from] getrandom::Error),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Report for SessionError {
    fn report(&self) -> ErrorReport {
        match self {
            Self::NoAuthentication => ErrorReport::new(ErrorClass::Conflict, "no_authentication"),
            Self::NoProvider => ErrorReport::new(ErrorClass::NotFound, "no_identity_provider"),
            Self::NoKey => ErrorReport::new(ErrorClass::Unauthenticated, "unauthenticated"),
            Self::Repeated => ErrorReport::new(ErrorClass::Conflict, "sign_in_finished"),
            Self::TooMany => ErrorReport::new(ErrorClass::Conflict, "too_many_sessions"),
            Self::Random(_) => ErrorReport::internal(),
            Self::Database(error) => error.report(),
        }
    }
}
