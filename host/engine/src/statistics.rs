//! Statistics: counting the log in the background, and reading what was counted.

use super::Engine;
use super::log_position::LogPosition;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::DatabaseError;
use tasker_domain::histogram::Histogram;
use tasker_domain::name::Name;
use uuid::Uuid;

/// Numbers of the log that one call counts at most.
const BATCH_ROWS: i32 = 5_000;

/// How far the log is counted.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct CountedLog {
    /// None before the first time.
    pub as_of: Option<DateTime<Utc>>,
    pub is_behind: bool,
    /// The time of the database.
    pub now: DateTime<Utc>,
}

/// Of which part of the counts.
#[derive(Clone, Copy, Debug)]
pub struct CountedPart<'a> {
    /// Minutes of each count: 1, 60 or 1440.
    pub width: i16,
    pub since: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub namespace: Option<&'a Name>,
    pub template: Option<&'a Name>,
}

/// Which groups come first.
#[derive(Clone, Copy, Debug, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case", const_into_str)]
pub enum GroupOrder {
    /// With the most tasks and attempts.
    Count,
    /// With the most time in attempts.
    Slow,
    /// With the most time before claims.
    Wait,
    /// With the most failed attempts.
    Retries,
}

/// The statistics of one namespace, template, version or step.
#[derive(Clone, Debug, Default)]
pub struct PerformanceGroup {
    pub namespace: String,
    pub template: Option<String>,
    pub version: Option<String>,
    pub step: Option<String>,
    /// `namespace/component@version`.
    pub component: Option<String>,
    pub tasks: Measured,
    pub runs: Measured,
    pub claims: Measured,
}

/// What was measured of tasks, attempts or claims.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    pub count: i64,
    pub failed: i64,
    /// Of attempts.
    pub retried: i64,
    /// Of tasks.
    pub cancelled: i64,
    /// Of all durations.
    pub sum_ms: f64,
    pub max_ms: f64,
    pub durations: Histogram,
}

/// A group, or where `measure` is some a histogram of the group with this number.
#[derive(FromRow)]
struct PerformanceRow {
    nth: i64,
    namespace: Option<String>,
    template: Option<String>,
    version: Option<String>,
    step: Option<String>,
    handler: Option<String>,
    tasks: Option<i64>,
    tasks_failed: Option<i64>,
    tasks_cancelled: Option<i64>,
    task_ms: Option<f64>,
    task_max: Option<f64>,
    runs: Option<i64>,
    runs_failed: Option<i64>,
    runs_retried: Option<i64>,
    run_ms: Option<f64>,
    run_max: Option<f64>,
    claims: Option<i64>,
    claim_ms: Option<f64>,
    claim_max: Option<f64>,
    measure: Option<String>,
    buckets: Option<Vec<i16>>,
    counts: Option<Vec<i64>>,
}

impl From<PerformanceRow> for PerformanceGroup {
    fn from(row: PerformanceRow) -> Self {
        let measured = |count: Option<i64>, sum: Option<f64>, max: Option<f64>| Measured {
            count: count.unwrap_or_default(),
            sum_ms: sum.unwrap_or_default(),
            max_ms: max.unwrap_or_default(),
            ..Measured::default()
        };
        Self {
            tasks: Measured {
                failed: row.tasks_failed.unwrap_or_default(),
                cancelled: row.tasks_cancelled.unwrap_or_default(),
                ..measured(row.tasks, row.task_ms, row.task_max)
            },
            runs: Measured {
                failed: row.runs_failed.unwrap_or_default(),
                retried: row.runs_retried.unwrap_or_default(),
                ..measured(row.runs, row.run_ms, row.run_max)
            },
            claims: measured(row.claims, row.claim_ms, row.claim_max),
            namespace: row.namespace.unwrap_or_default(),
            template: row.template,
            version: row.version,
            step: row.step,
            component: row.handler,
        }
    }
}

impl PerformanceGroup {
    fn add(&mut self, measure: &str, buckets: &[i16], counts: &[i64]) {
        let measured = match measure {
            "task" => &mut self.tasks,
            "run" => &mut self.runs,
            _ => &mut self.claims,
        };
        measured.durations.add(buckets, counts);
    }
}

/// Tasks that ended in one count.
#[derive(Clone, Debug, FromRow)]
pub struct ThroughputRow {
    pub at: DateTime<Utc>,
    pub tasks: i64,
    pub failed: i64,
    pub cancelled: i64,
}

/// A group of failed attempts.
#[derive(Clone, Debug, FromRow)]
pub struct ErrorGroupRow {
    pub namespace: String,
    pub code: String,
    pub message: String,
    pub count: i64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
    pub steps: Vec<String>,
    pub task_id: Uuid,
}

impl Engine {
    /// Counts a batch of the log up to the position, see `tasker.add_statistics`. True if there is more to count;
    /// false also if another host is at it.
    pub async fn add_statistics(&self, until: LogPosition) -> Result<bool, DatabaseError> {
        let is_more = sqlx::query_scalar("select tasker.add_statistics($1, $2)")
            .bind(until.0)
            .bind(BATCH_ROWS)
            .fetch_one(self.pool())
            .await?;
        Ok(is_more)
    }

    /// How far the log is counted.
    pub async fn counted_log(&self) -> Result<CountedLog, DatabaseError> {
        let row = sqlx::query_as(
            "select nullif(p.as_of, '-infinity') as as_of, p.is_behind, tasker.clock() as now
             from tasker.statistic_position p",
        )
        .fetch_one(self.pool())
        .await?;
        Ok(row)
    }

    /// The statistics of a part by `namespace`, `template`, `version` or `step`, `limit` groups at most.
    pub async fn performance(
        &self,
        part: CountedPart<'_>,
        by: &str,
        order: GroupOrder,
        limit: u32,
    ) -> Result<Vec<PerformanceGroup>, DatabaseError> {
        let rows: Vec<PerformanceRow> =
            sqlx::query_as("select * from tasker.performance($1, $2, $3, $4, $5, $6, $7, $8)")
                .bind(by)
                .bind(order.into_str())
                .bind(i32::try_from(limit).unwrap_or(i32::MAX))
                .bind(part.width)
                .bind(part.since)
                .bind(part.until)
                .bind(part.namespace.map(Name::as_str))
                .bind(part.template.map(Name::as_str))
                .fetch_all(self.pool())
                .await?;
        Ok(groups(rows))
    }

    /// Tasks that ended, by the counts of the part.
    pub async fn throughput(
        &self,
        part: CountedPart<'_>,
    ) -> Result<Vec<ThroughputRow>, DatabaseError> {
        let rows = sqlx::query_as(
            "select s.at, sum(s.count)::int8 as tasks, sum(s.failed)::int8 as failed, sum(s.cancelled)::int8 as cancelled
             from tasker.statistic s
             join tasker.template_version v using (template_version_id)
             join tasker.template t using (template_id)
             join tasker.namespace n on n.namespace_id = s.namespace_id
             where s.width = $1 and s.at >= $2 and s.at < $3 and s.measure = 'task'
               and ($4::text is null or n.name = $4) and ($5::text is null or t.name = $5)
             group by s.at
             order by s.at",
        )
        .bind(part.width)
        .bind(part.since)
        .bind(part.until)
        .bind(part.namespace.map(Name::as_str))
        .bind(part.template.map(Name::as_str))
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// Groups of failed attempts, the most frequent first, `limit` at most.
    pub async fn error_groups(
        &self,
        part: CountedPart<'_>,
        limit: u32,
    ) -> Result<Vec<ErrorGroupRow>, DatabaseError> {
        let rows = sqlx::query_as("select * from tasker.error_groups($1, $2, $3, $4, $5, $6)")
            .bind(i32::try_from(limit).unwrap_or(i32::MAX))
            .bind(part.width)
            .bind(part.since)
            .bind(part.until)
            .bind(part.namespace.map(Name::as_str))
            .bind(part.template.map(Name::as_str))
            .fetch_all(self.pool())
            .await?;
        Ok(rows)
    }
}

/// Rows are in the order of their group, which comes before its histograms.
fn groups(rows: Vec<PerformanceRow>) -> Vec<PerformanceGroup> {
    let mut groups: Vec<PerformanceGroup> = Vec::new();
    for row in rows {
        let place = usize::try_from(row.nth - 1).unwrap_or(usize::MAX);
        match (&row.measure, &row.buckets, &row.counts) {
            (Some(measure), Some(buckets), Some(counts)) => {
                if let Some(group) = groups.get_mut(place) {
                    group.add(measure, buckets, counts);
                }
            }
            _ => groups.push(row.into()),
        }
    }
    groups
}
