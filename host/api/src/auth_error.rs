//! Errors of authentication and authorization.

use tasker_domain::actor::MAX_ACTOR_BYTES;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_domain::permission::{Action, MAX_PERMISSIONS};

/// Before the subject, in the audit and elsewhere; no key can have such a name.
pub(crate) const ACTOR_PREFIX: &str = "jwt:";

/// Why a request is not authenticated or not permitted.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    #[error(
        "authentication required: send `Authorization: Bearer KEY`; the command line takes it from TASKER_TOKEN"
    )]
    NoToken,
    #[error("invalid token: the key does not exist or was revoked")]
    Unknown,
    #[error("key `{name}` has expired; make another: tasker key create")]
    Expired { name: String },
    #[error(
        "invalid token: it must be signed by the issuer that this host trusts, be in force, and be issued for this host"
    )]
    InvalidToken,
    #[error("the token has expired; get another from its issuer")]
    TokenExpired,
    #[error("the session has ended; sign in again")]
    SessionEnded,
    #[error(
        "a page of another site asked for this with the session of a browser; a program sends `Authorization: Bearer KEY` instead"
    )]
    OtherSite,
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    #[error("`{actor}` lacks `{action}` on {place}")]
    Forbidden {
        actor: String,
        action: Action,
        place: String,
    },
    #[error("`{actor}` has `{action}` on {} and on no other namespace; name one of them: ?namespace={}", .namespaces.join(", "), .namespaces[0])]
    TooWide {
        actor: String,
        action: Action,
        /// Two at least.
        namespaces: Vec<String>,
    },
}

impl Report for AuthError {
    fn report(&self) -> ErrorReport {
        match self {
            Self::NoToken
            | Self::Unknown
            | Self::Expired { .. }
            | Self::InvalidToken
            | Self::TokenExpired
            | Self::SessionEnded
            | Self::Claims(_) => ErrorReport::new(ErrorClass::Unauthenticated, "unauthenticated"),
            Self::OtherSite => ErrorReport::new(ErrorClass::Forbidden, "other_site"),
            Self::Forbidden { .. } | Self::TooWide { .. } => {
                ErrorReport::new(ErrorClass::Forbidden, "forbidden")
            }
        }
    }
}

/// What is wrong with the claims of a token whose signature is right.
#[derive(Debug, thiserror::Error)]
pub enum ClaimsError {
    #[error(
        "the token's claim `sub` has to be a name without control characters, of {} bytes at most",
        MAX_ACTOR_BYTES - ACTOR_PREFIX.len()
    )]
    Subject,
    #[error(
        "the token's claim `{claim}` is not a list of permissions, such as [\"read, run in orders\"]: {reason}"
    )]
    Permissions { claim: String, reason: String },
    #[error(
        "the token's claim `{claim}` lists {count} permissions; the limit is {MAX_PERMISSIONS}"
    )]
    TooMany { claim: String, count: usize },
}
