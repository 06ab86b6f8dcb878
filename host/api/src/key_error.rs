//! Why a key is not made or revoked.

use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};
use tasker_domain::name::Name;
use tasker_registry::store::api_key::MAX_KEYS;

/// Why a key is not made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("invalid key: {0}")]
    Invalid(String),
    #[error(
        "there is a key `{name}` already; choose another name, or revoke it first: tasker key revoke {name}"
    )]
    NameTaken { name: Name },
    #[error("there are {MAX_KEYS} keys already; revoke some that are not used: tasker key ls")]
    TooMany,
    #[error("there is no key `{name}`, or it was revoked already")]
    Unknown { name: Name },
    #[error(
        "`{name}` is the last key with `admin` on `*`, without which no keys could be created; create another first"
    )]
    LastAdmin { name: Name },
    #[error("the system returned no random bytes")]
    Random(#[from] getrandom::Error),
}

impl Report for KeyError {
    fn report(&self) -> ErrorReport {
        let (class, code) = match self {
            Self::Invalid(_) => (ErrorClass::Refused, "invalid_key"),
            Self::NameTaken { .. } => (ErrorClass::Conflict, "key_exists"),
            Self::TooMany => (ErrorClass::Conflict, "too_many_keys"),
            Self::LastAdmin { .. } => (ErrorClass::Conflict, "last_admin_key"),
            Self::Unknown { .. } => (ErrorClass::NotFound, "unknown_key"),
            Self::Random(_) => return ErrorReport::internal(),
        };
        ErrorReport::new(class, code)
    }
}
