//! Why a change is not made.

use tasker_database::DatabaseError;
use tasker_domain::precondition::PreconditionFailed;

/// Why a change is not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// What is to be changed is not as the caller knows it.
    #[error(transparent)]
    Precondition(#[from] PreconditionFailed),
}

impl From<sqlx::Error> for ChangeError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}
