//! Queries about the database itself.

use super::{Database, DatabaseError};
use chrono::{DateTime, Utc};
use sqlx::FromRow;

/// The database as it answers now.
#[derive(Debug, FromRow)]
pub struct DatabaseRow {
    /// Such as `15.18`.
    pub version: String,
    pub now: DateTime<Utc>,
}

impl Database {
    /// Fails where the database does not answer.
    pub async fn ping(&self) -> Result<(), DatabaseError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Version and clock of the database.
    pub async fn status(&self) -> Result<DatabaseRow, DatabaseError> {
        let row = sqlx::query_as(
            "select current_setting('server_version') as version, clock_timestamp() as now",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(row)
    }
}
