//! Why the feed cannot be read.

use super::cursor::CursorError;
use tasker_database::DatabaseError;
use tasker_domain::error_report::{ErrorClass, ErrorReport, Report};

/// Why the feed cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Cursor(#[from] CursorError),
}

impl Report for FeedError {
    fn report(&self) -> ErrorReport {
        match self {
            Self::Database(error) => error.report(),
            Self::Cursor(_) => ErrorReport::new(ErrorClass::Malformed, "invalid_cursor"),
        }
    }
}
