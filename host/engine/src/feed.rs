//! Log and audit as one, for readers of events: rows in one order, each with what it is of.

use super::Engine;
use super::feed_names::{Named, NamedBy};
use super::log_position::LogPosition;
use super::wanted_rows::WantedRows;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::DatabaseError;
use uuid::Uuid;

/// The most numbers that one page looks at.
pub const MAX_FEED_ROWS: i32 = 1_000;
/// The largest detail that is part of a row, in bytes of JSON text.
const MAX_DETAIL_BYTES: i32 = 4 << 10;

/// A row of the log or, where it has an action, of the audit. What retention has deleted meanwhile is none.
#[derive(Clone, Debug, Default, FromRow)]
pub struct FeedRow {
    pub seq: i64,
    pub at: DateTime<Utc>,
    #[sqlx(default)]
    pub namespace: Option<String>,
    pub task_id: Option<Uuid>,
    pub step_no: Option<i16>,
    pub attempt: Option<i32>,
    pub worker_id: Option<i32>,
    pub to_state: Option<String>,
    /// The name of an event that a handler sent.
    #[sqlx(default)]
    pub event: Option<String>,
    /// JSON text; none if it is a payload, or the detail of a change, of more than 4 KiB. An error is cut.
    pub detail: Option<String>,
    /// Of the whole detail.
    pub detail_bytes: Option<i32>,
    pub wall_ms: Option<f32>,
    pub cpu_ms: Option<f32>,
    pub memory_kib: Option<i32>,
    pub correlation_id: Option<String>,
    /// As the caller of the task sent it.
    #[sqlx(default)]
    pub traceparent: Option<String>,
    #[sqlx(default)]
    pub tags: Option<Vec<String>>,
    /// Of the task.
    pub created_at: Option<DateTime<Utc>>,
    /// Of the task, by which the names below are found.
    pub template_version_id: Option<i32>,
    pub lock_id: Option<i32>,
    /// What ran, where an attempt ended.
    pub component_version_id: Option<i32>,
    #[sqlx(default)]
    pub template: Option<String>,
    #[sqlx(default)]
    pub template_version: Option<String>,
    #[sqlx(default)]
    pub step: Option<String>,
    #[sqlx(default)]
    pub handler: Option<String>,
    /// With its namespace, as `orders/charge`.
    #[sqlx(default)]
    pub component: Option<String>,
    #[sqlx(default)]
    pub component_version: Option<String>,
    #[sqlx(default)]
    pub digest: Option<Vec<u8>>,
    /// Of the audit, such as `pin.set`.
    #[sqlx(default)]
    pub action: Option<String>,
    #[sqlx(default)]
    pub actor: Option<String>,
    #[sqlx(default)]
    pub subject: Option<String>,
    #[sqlx(default)]
    pub reason: Option<String>,
}

/// A part of the feed.
#[derive(Clone, Debug)]
pub struct FeedPage {
    /// In order.
    pub rows: Vec<FeedRow>,
    /// Where the next page begins: nothing more is wanted up to here.
    pub through: LogPosition,
}

impl FeedRow {
    pub(crate) fn named_by(&self) -> Option<NamedBy> {
        Some(NamedBy {
            template_version_id: self.template_version_id?,
            lock_id: self.lock_id,
            step_no: self.step_no,
            component_version_id: self.component_version_id,
        })
    }

    pub(crate) fn name(&mut self, names: &Named) {
        if let Some(template) = &names.template {
            self.namespace = Some(template.namespace.clone());
            self.template = Some(template.template.clone());
            self.template_version = Some(template.version.clone());
        }
        self.step = names.step.as_deref().map(str::to_owned);
        let handler = names.handler.as_ref();
        self.handler = handler.map(|locked| locked.handler.clone());
        if let Some(component) = &names.component {
            self.component = Some(component.component.clone());
            self.component_version = Some(component.version.clone());
            self.digest = Some(component.digest.clone());
        }
    }
}

impl Engine {
    /// Those that are wanted of the next rows behind `after` up to `until`. Looks at `limit` numbers, [`MAX_FEED_ROWS`] at most;
    /// a gap behind them is passed over. `until` is a safe position of [`super::log_position::LogHorizon`]. A page that ends
    /// at `until` is the last one.
    pub async fn read_feed(
        &self,
        after: LogPosition,
        until: LogPosition,
        limit: i32,
        wanted: &WantedRows,
    ) -> Result<FeedPage, DatabaseError> {
        let width = i64::from(limit.clamp(1, MAX_FEED_ROWS));
        let mut through = until.0.min(after.0 + width);
        let rows = sqlx::query_as("select * from tasker.read_feed($1, $2, $3, $4, $5)")
            .bind(after.0)
            .bind(through)
            .bind(MAX_DETAIL_BYTES)
            .bind(wanted.kinds())
            .bind(wanted.tasks());
        let mut rows: Vec<FeedRow> = rows.fetch_all(self.pool()).await?;
        if rows.is_empty() && through < until.0 {
            // Over what retention has deleted.
            let skipped = sqlx::query_scalar("select tasker.skip_log($1, $2, $3)")
                .bind(through)
                .bind(until.0)
                .bind(width);
            through = skipped.fetch_one(self.pool()).await?;
        }
        let named_by: Vec<_> = rows.iter().map(FeedRow::named_by).collect();
        let names = self.feed_names(&named_by).await?;
        for (row, names) in rows.iter_mut().zip(&names) {
            row.name(names);
        }
        let through = LogPosition(through.max(after.0));
        Ok(FeedPage { rows, through })
    }

    /// A position behind which is everything of this time or later, and little that is older.
    pub async fn feed_position(
        &self,
        since: DateTime<Utc>,
        until: LogPosition,
    ) -> Result<LogPosition, DatabaseError> {
        let position = sqlx::query_scalar("select tasker.feed_position($1, $2)")
            .bind(since)
            .bind(until.0)
            .fetch_one(self.pool())
            .await?;
        Ok(LogPosition(position))
    }

    /// The last number that was drawn, whose row may not be committed yet.
    pub async fn last_number(&self) -> Result<LogPosition, DatabaseError> {
        let last = "select coalesce(pg_sequence_last_value('tasker.transition_seq_seq'), 0)";
        let last = sqlx::query_scalar(last).fetch_one(self.pool()).await?;
        Ok(LogPosition(last))
    }

    /// Has the newest pages of the log summarized, so that reading its end costs a bounded number of pages. To be called
    /// every second or so by readers who follow the log.
    pub async fn summarize_log(&self) -> Result<i32, DatabaseError> {
        let summarized = sqlx::query_scalar("select tasker.summarize_log()");
        Ok(summarized.fetch_one(self.pool()).await?)
    }
}
