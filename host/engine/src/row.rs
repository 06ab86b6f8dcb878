//! What answers of several functions have in common.

use sqlx::Row;
use sqlx::postgres::PgRow;
use std::time::Duration;
use tasker_database::DatabaseError;
use tasker_domain::ids::TaskId;
use tasker_domain::invocation::Lease;

/// The lease that a row begins with.
pub(crate) fn lease(row: &PgRow) -> Result<Lease, DatabaseError> {
    Ok(Lease {
        task_id: TaskId(row.try_get(0)?),
        step_no: row.try_get(1)?,
        attempt: row.try_get(2)?,
    })
}

/// In how long something is due.
pub(crate) fn due_in(due_ms: Option<i64>) -> Option<Duration> {
    due_ms.map(|ms| Duration::from_millis(ms.max(0).unsigned_abs()))
}
