//! What the health endpoints ask of workers and tasks.

use super::Engine;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use tasker_database::DatabaseError;

/// Open tasks that are counted one by one; beyond it the count says `at least`.
pub const MAX_COUNTED_OPEN_TASKS: i64 = 100_000;

/// A worker that has not stopped.
#[derive(Debug, FromRow)]
pub struct WorkerRow {
    pub worker_id: i32,
    pub host_name: String,
    pub pid: i32,
    pub started_at: DateTime<Utc>,
    pub heartbeat_at: DateTime<Utc>,
}

/// How many tasks there are, at a bounded cost.
#[derive(Debug, FromRow)]
pub struct TaskCounts {
    /// Exact up to [`MAX_COUNTED_OPEN_TASKS`] open tasks.
    pub pending: i64,
    /// Exact up to [`MAX_COUNTED_OPEN_TASKS`] open tasks.
    pub in_progress: i64,
    /// An estimate from the planner's statistics.
    pub finished_estimate: i64,
}

impl Engine {
    /// Workers that have not stopped, the oldest first.
    pub async fn workers_alive(&self) -> Result<Vec<WorkerRow>, DatabaseError> {
        let rows = sqlx::query_as(
            "select w.worker_id, w.host_name, w.pid, w.started_at, w.heartbeat_at
             from tasker.worker w where w.stopped_at is null order by w.worker_id",
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows)
    }

    /// How many tasks there are.
    pub async fn task_counts(&self) -> Result<TaskCounts, DatabaseError> {
        let row = sqlx::query_as(COUNTS)
            .bind(MAX_COUNTED_OPEN_TASKS)
            .fetch_one(self.pool())
            .await?;
        Ok(row)
    }
}

const COUNTS: &str = "
    with open as (
      select count(*) filter (where o.state = 'pending') as pending,
             count(*) filter (where o.state = 'in_progress') as in_progress
      from (select t.state from tasker.task t where t.finished_at is null limit $1) o
    )
    select open.pending, open.in_progress,
           greatest(0, (select coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint
                        from pg_inherits i
                        join pg_class c on c.oid = i.inhrelid
                        where i.inhparent in ('tasker.task'::regclass, 'tasker.task_history'::regclass))
                       - open.pending - open.in_progress) as finished_estimate
    from open";
