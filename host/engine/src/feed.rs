//! Log and audit as one, for readers of events: rows in one order, each with what it is of.

use super::Engine;
use super::feed_names::{Named, NamedBy};
use super::log_position::{LogPage, LogPosition};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::DatabaseError;
use uuid::Uuid;

/// The largest number of rows of one page.
pub const MAX_FEED_ROWS: i32 = 1_000;
const READ_FEED: &str = "select * from tasker.read_feed($1, $2, $3, $4)";

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
    /// The next rows behind `after` up to `until`, `limit` and [`MAX_FEED_ROWS`] at most. `until` is a safe position of
    /// [`super::log_position::LogHorizon`]. A page that ends at `until` is the last one.
    pub async fn read_feed(
        &self,
        after: LogPosition,
        until: LogPosition,
        limit: i32,
    ) -> Result<LogPage<FeedRow>, DatabaseError> {
        let limit = limit.min(MAX_FEED_ROWS);
        let page = self.log_page(READ_FEED, after, until, limit, |row: &FeedRow| row.seq);
        let mut page = page.await?;
        let named_by: Vec<_> = page.rows.iter().map(FeedRow::named_by).collect();
        let names = self.feed_names(&named_by).await?;
        for (row, names) in page.rows.iter_mut().zip(&names) {
            row.name(names);
        }
        Ok(page)
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
