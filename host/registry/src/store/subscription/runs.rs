//! Runs of components with subscribers, for those who look at them.

use super::{RowCount, Store};
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::listing::{Listing, counting};
use tasker_database::{DatabaseError, listing};
use tasker_domain::order::Seek;

/// A run that has ended.
#[derive(Clone, Debug, FromRow)]
pub struct SubscriberRunRow {
    pub run_no: i64,
    pub at: DateTime<Utc>,
    /// The position of the event.
    pub seq: i64,
    pub seq_index: i16,
    pub attempt: i32,
    pub component: String,
    pub version: String,
    pub rollouts: Vec<String>,
    pub wall_ms: f32,
    pub cpu_ms: f32,
    pub host_ms: f32,
    pub memory_kib: i32,
    pub in_bytes: i32,
    pub out_bytes: i32,
    pub http_requests: i32,
    /// None: it handled the event.
    pub failure_kind: Option<String>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    /// How many lines it logged.
    pub log_lines: i32,
}

/// A run with what it logged.
#[derive(Clone, Debug, FromRow)]
pub struct LoggedRunRow {
    #[sqlx(flatten)]
    pub run: SubscriberRunRow,
    /// As a JSON array; none: nothing.
    pub lines: Option<String>,
}

impl Store {
    /// The runs of a subscription by number.
    pub async fn list_subscriber_runs(
        &self,
        subscription_id: i32,
        seek: Seek<i64>,
    ) -> Result<Vec<SubscriberRunRow>, DatabaseError> {
        let statement = LIST.rows(seek.direction);
        self.rows_of(statement, subscription_id, seek).await
    }

    /// How many runs of a subscription are kept.
    pub async fn count_subscriber_runs(
        &self,
        subscription_id: i32,
    ) -> Result<RowCount, DatabaseError> {
        let rows = self.rows_of(LIST.count(), subscription_id, counting());
        Ok(RowCount::of_rows(&rows.await?))
    }

    /// This run of a subscription, if it is kept.
    pub async fn subscriber_run(
        &self,
        subscription_id: i32,
        run_no: i64,
    ) -> Result<Option<LoggedRunRow>, DatabaseError> {
        let row = sqlx::query_as(SHOW)
            .bind(subscription_id)
            .bind(run_no)
            .fetch_optional(self.pool())
            .await?;
        Ok(row)
    }
}

const LIST: Listing = listing! {
    "select r.*, n.name || '/' || c.name as component, v.version,
            coalesce(json_array_length(r.lines), 0) as log_lines
     from (
       select * from tasker.subscriber_run s
       where s.subscription_id = $1 and ($2::bigint is null or s.run_no " > " $2)
       order by s.run_no " asc " limit $3
     ) r
     join tasker.component_version v on v.component_version_id = r.component_version_id
     join tasker.component c on c.component_id = v.component_id
     join tasker.namespace n on n.namespace_id = c.namespace_id
     order by r.run_no " asc
};

const SHOW: &str = "
    select r.run_no, r.at, r.seq, r.seq_index, r.attempt, r.rollouts, r.wall_ms, r.cpu_ms, r.host_ms, r.memory_kib,
           r.in_bytes, r.out_bytes, r.http_requests, r.failure_kind, r.failure_code, r.failure_message,
           n.name || '/' || c.name as component, v.version, coalesce(json_array_length(r.lines), 0) as log_lines,
           r.lines::text as lines
    from tasker.subscriber_run r
    join tasker.component_version v on v.component_version_id = r.component_version_id
    join tasker.component c on c.component_id = v.component_id
    join tasker.namespace n on n.namespace_id = c.namespace_id
    where r.subscription_id = $1 and r.run_no = $2";
