//! What ended, for traces, and which host exports it.

use super::Engine;
use super::feed::FeedRow;
use super::log_position::LogPosition;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use std::time::Duration;
use tasker_database::DatabaseError;
use uuid::Uuid;

/// Numbers of the log that one call reads.
const WINDOW: i64 = 10_000;

/// A row of the log with which an attempt, a step or a task ended, and when these began.
#[derive(Clone, Debug, FromRow)]
pub struct EndedRow {
    #[sqlx(flatten)]
    pub row: FeedRow,
    /// The trace context that came with the submit.
    pub traceparent: Option<String>,
    /// None if it is not known, or the attempt ended before.
    pub attempt_started_at: Option<DateTime<Utc>>,
    /// When the step was first ready; none if it never was.
    pub step_started_at: Option<DateTime<Utc>>,
    /// Of the host that ran the attempt.
    pub host_name: Option<String>,
}

/// What ended in a part of the log.
#[derive(Clone, Debug)]
pub struct EndedPage {
    /// In order.
    pub rows: Vec<EndedRow>,
    /// There is nothing more up to here.
    pub through: LogPosition,
}

impl Engine {
    /// What ended next behind `after` up to `until`, of the tasks that tasker.read_ended takes. `until` is as of
    /// [`Engine::settled_position`].
    pub async fn read_ended(
        &self,
        after: LogPosition,
        until: LogPosition,
        own_below: Option<i64>,
    ) -> Result<EndedPage, DatabaseError> {
        let mut through = after.0.saturating_add(WINDOW).min(until.0);
        let mut rows: Vec<EndedRow> = sqlx::query_as("select * from tasker.read_ended($1, $2, $3)")
            .bind(after.0)
            .bind(through)
            .bind(own_below)
            .fetch_all(self.pool())
            .await?;
        if rows.is_empty() && through < until.0 {
            // Over what retention has deleted.
            through = sqlx::query_scalar("select tasker.skip_log($1, $2, $3)")
                .bind(through)
                .bind(until.0)
                .bind(WINDOW)
                .fetch_one(self.pool())
                .await?;
        }
        let named_by: Vec<_> = rows.iter().map(|ended| ended.row.named_by()).collect();
        let names = self.feed_names(&named_by).await?;
        for (ended, names) in rows.iter_mut().zip(&names) {
            ended.row.name(names);
        }
        Ok(EndedPage {
            rows,
            through: LogPosition(through),
        })
    }

    /// Keeps the export of traces for `owner`, or takes it over; the position behind which it goes on, or none if another
    /// host has it. The first export of a database begins behind `first`.
    pub async fn renew_trace_export(
        &self,
        owner: Uuid,
        ttl: Duration,
        first: LogPosition,
    ) -> Result<Option<LogPosition>, DatabaseError> {
        let position: Option<i64> =
            sqlx::query_scalar("select tasker.renew_trace_export($1, $2, $3)")
                .bind(owner)
                .bind(i32::try_from(ttl.as_millis()).unwrap_or(i32::MAX))
                .bind(first.0)
                .fetch_one(self.pool())
                .await?;
        Ok(position.map(LogPosition))
    }

    /// Stores how far the export is, where it is still this owner's; with `leaves` others may take it at once.
    pub async fn store_trace_export(
        &self,
        owner: Uuid,
        position: LogPosition,
        leaves: bool,
    ) -> Result<bool, DatabaseError> {
        let is_owned = sqlx::query_scalar("select tasker.store_trace_export($1, $2, $3)")
            .bind(owner)
            .bind(position.0)
            .bind(leaves)
            .fetch_one(self.pool())
            .await?;
        Ok(is_owned)
    }
}
