//! The part of a migration that one call does.

use tasker_domain::ids::TaskId;
use tasker_domain::migration::MigrationCursor;

/// The most open tasks that one call looks at, which is also the default.
pub const MAX_MIGRATION_TASKS: u32 = 10_000;

/// Which part of a migration a call does.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub after: Option<MigrationCursor>,
    limit: u32,
}

/// Why there is no such part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is out of range; use 1 to {MAX_MIGRATION_TASKS} tasks")]
pub struct PartError(u32);

impl Part {
    /// # Errors
    /// Where the limit is not in 1 to [`MAX_MIGRATION_TASKS`].
    pub fn new(after: Option<MigrationCursor>, limit: Option<u32>) -> Result<Self, PartError> {
        match limit.unwrap_or(MAX_MIGRATION_TASKS) {
            limit @ 1..=MAX_MIGRATION_TASKS => Ok(Self { after, limit }),
            limit => Err(PartError(limit)),
        }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit as usize
    }

    /// The last task that was seen.
    pub(super) fn position(&self) -> Option<TaskId> {
        match self.after {
            None => None,
            Some(MigrationCursor::Look(last)) => Some(last),
            Some(MigrationCursor::Move(last)) => last,
        }
    }
}
