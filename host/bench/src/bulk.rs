//! Questions that only a measurement asks.

use sqlx::Executor as _;
use tasker_database::{Database, DatabaseError};
use tasker_domain::ids::TaskId;

/// Counters of the database at one moment.
#[derive(Clone, Copy, Debug)]
pub struct Counters {
    /// Bytes of WAL since the cluster was made.
    pub wal_bytes: f64,
    /// Commits in this database since its statistics began.
    pub commits: i64,
}

/// The states of the steps of a template.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Swapped {
    /// Component versions that attempts ran on.
    pub versions: i64,
    /// Steps that are over, and those of them that are complete.
    pub ended: i64,
    pub complete: i64,
    /// Entries of the log by which a step started, and by which one completed.
    pub starts: i64,
    pub ends: i64,
}

/// Percentiles in milliseconds: 50, 95, 99.
pub type PercentilesMs = [f64; 3];

/// Measures on a database.
#[derive(Clone, Debug)]
pub struct Bulk {
    database: Database,
}

const INSERT_FINISHED: &str = "
    with template as (
      select tv.template_version_id, t.template_id, t.namespace_id, l.lock_id
      from tasker.template t
      join tasker.template_version tv using (template_id)
      join tasker.lock l using (template_version_id)
      join tasker.namespace n using (namespace_id)
      where n.name = 'bench' and t.name = $1 limit 1
    ), task as (
      insert into tasker.task (task_id, namespace_id, template_id, template_version_id, lock_id, state,
                               remaining_sinks, input, correlation_id, created_at, finished_at)
      select (left(tasker.first_id(a.created_at)::text, 14) || substr(gen_random_uuid()::text, 15))::uuid,
             p.namespace_id, p.template_id, p.template_version_id, p.lock_id, 'complete',
             0, '{\"n\":1}', 'filled-' || i, a.created_at, a.created_at + interval '1 s'
      from template p, generate_series(1, $2) i
      cross join lateral (select now() - interval '1 hour' + i * interval '1 ms' as created_at) a
      returning task_id, namespace_id, template_version_id, created_at, finished_at
    ), step as (
      insert into tasker.step (task_id, step_no, namespace_id, template_version_id, state, remaining_deps, is_sink, attempt, worker_id,
                               timeout_ms, started_at, deadline_at, finished_at, result)
      select t.task_id, st.step_no, t.namespace_id, t.template_version_id, 'complete', 0, st.is_sink, 1, 0, st.timeout_ms, t.created_at,
             t.finished_at, t.finished_at, '{}'
      from task t join tasker.step_template st using (template_version_id)
      returning task_id, step_no, finished_at
    )
    insert into tasker.transition (at, task_id, step_no, attempt, worker_id, to_state)
    select s.finished_at, s.task_id, s.step_no, 1, 0, state
    from step s, (values ('running'), ('complete')) v (state)";

const SWAPPED: &str = "
    with task as (
      select t.task_id from tasker.task t
      join tasker.template p using (template_id)
      join tasker.namespace n on n.namespace_id = p.namespace_id
      where n.name = 'bench' and p.name = $1
    )
    select l.versions, s.ended, s.complete, l.starts, l.ends
    from (select count(*) filter (where finished_at is not null) as ended,
                 count(*) filter (where state = 'complete') as complete
          from tasker.step join task using (task_id)) s,
         (select count(*) filter (where to_state = 'running') as starts,
                 count(*) filter (where to_state = 'complete') as ends,
                 count(distinct component_version_id) as versions
          from tasker.transition join task using (task_id)
          where step_no is not null) l";

const SHARES: &str = "
    with step as (
      select s.worker_id, count(*) as steps, extract(epoch from min(s.started_at))::double precision as first,
             extract(epoch from max(s.finished_at))::double precision as last
      from tasker.task t join tasker.step s on s.task_id = t.task_id
      where t.correlation_id = $1 group by s.worker_id
    )
    select coalesce(s.steps, 0), s.first, s.last
    from tasker.worker w left join step s using (worker_id) where w.stopped_at is null";

const TASK_MS: &str = "
    select percentile_cont(array[0.5, 0.95, 0.99]) within group (
      order by (extract(epoch from t.finished_at - t.created_at) * 1000)::double precision)
    from tasker.task t join tasker.template p using (template_id)
    where p.name = $1 and t.correlation_id = $2";

const STEP_MS: &str = "
    select percentile_cont(array[0.5, 0.95, 0.99]) within group (order by ms) from (
      select (extract(epoch from s.finished_at - coalesce(max(r.finished_at), t.created_at)) * 1000)::double precision as ms
      from tasker.task t
      join tasker.template p using (template_id)
      join tasker.step s on s.task_id = t.task_id
      left join tasker.dependency d on d.template_version_id = t.template_version_id and d.to_no = s.step_no
      left join tasker.step r on r.task_id = t.task_id and r.step_no = d.from_no
      where p.name = $1 and t.correlation_id = $2
      group by t.task_id, s.step_no, s.finished_at, t.created_at) x";

const WAIT_MS: &str = "
    select percentile_cont(array[0.5, 0.95, 0.99]) within group (
      order by (extract(epoch from s.started_at - t.created_at) * 1000)::double precision)
    from tasker.task t
    join tasker.template p using (template_id)
    join tasker.step s using (task_id)
    where p.name = $1 and t.correlation_id = $2";

impl Bulk {
    pub fn new(database: &Database) -> Self {
        Self {
            database: database.for_maintenance(),
        }
    }

    /// The database's counters now.
    pub async fn counters(&self) -> Result<Counters, DatabaseError> {
        let (wal_bytes, commits) = sqlx::query_as(
            "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::double precision,
                    (select xact_commit from pg_stat_database where datname = current_database())",
        )
        .fetch_one(self.database.pool())
        .await?;
        Ok(Counters { wal_bytes, commits })
    }

    /// Entries of the queue's index that were read so far.
    pub async fn queue_entries_read(&self) -> Result<i64, DatabaseError> {
        let read = sqlx::query_scalar(
            "select idx_tup_read from pg_stat_user_indexes
             where schemaname = 'tasker' and indexrelname = 'queue_pkey'",
        )
        .fetch_one(self.database.pool())
        .await?;
        Ok(read)
    }

    /// Whether the steps of the namespace `bench` are kept from being claimed.
    pub async fn pause(&self, is_paused: bool) -> Result<(), DatabaseError> {
        sqlx::query(
            "insert into tasker.queue_rule (namespace_id, is_paused, set_by)
             select namespace_id, $1, 'bench' from tasker.namespace where name = 'bench'
             on conflict (namespace_id) do update set is_paused = excluded.is_paused",
        )
        .bind(is_paused)
        .execute(self.database.pool())
        .await?;
        Ok(())
    }

    /// Steps of the measured tasks by the worker that completed them, workers that live and did nothing
    /// included, and how long it took from the first start to the last end.
    pub async fn shares(&self, correlation_id: &str) -> Result<(Vec<i64>, f64), DatabaseError> {
        let rows: Vec<(i64, Option<f64>, Option<f64>)> = sqlx::query_as(SHARES)
            .bind(correlation_id)
            .fetch_all(self.database.pool())
            .await?;
        let first = rows.iter().filter_map(|row| row.1).reduce(f64::min);
        let last = rows.iter().filter_map(|row| row.2).reduce(f64::max);
        let seconds = last.unwrap_or(0.0) - first.unwrap_or(0.0);
        Ok((rows.iter().map(|row| row.0).collect(), seconds))
    }

    /// Sessions of hosts on this database.
    pub async fn sessions(&self) -> Result<i64, DatabaseError> {
        let sessions = sqlx::query_scalar(
            "select count(*) from pg_stat_activity
             where datname = current_database() and application_name = 'tasker'",
        )
        .fetch_one(self.database.pool())
        .await?;
        Ok(sessions)
    }

    /// A query that counts.
    pub async fn count(&self, query: &'static str) -> Result<i64, DatabaseError> {
        let count = sqlx::query_scalar(query).fetch_one(self.database.pool());
        Ok(count.await?)
    }

    /// A query with one row.
    pub async fn one<T>(&self, query: &'static str) -> Result<T, DatabaseError>
    where
        T: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let row = sqlx::query_as(query).fetch_one(self.database.pool());
        Ok(row.await?)
    }

    /// True while any task is not over.
    pub async fn has_open_tasks(&self) -> Result<bool, DatabaseError> {
        let open =
            sqlx::query_scalar("select exists (select from tasker.task where finished_at is null)")
                .fetch_one(self.database.pool())
                .await?;
        Ok(open)
    }

    /// True while more tasks than that are not over.
    pub async fn has_open_tasks_beyond(&self, most: usize) -> Result<bool, DatabaseError> {
        let beyond = sqlx::query_scalar(
            "select exists (select from tasker.task where finished_at is null offset $1 limit 1)",
        )
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_one(self.database.pool())
        .await?;
        Ok(beyond)
    }

    /// The component versions that a task's attempts ran on.
    pub async fn versions_run(&self, task_id: TaskId) -> Result<Vec<String>, DatabaseError> {
        let versions = sqlx::query_scalar(
            "select distinct component_version from tasker.ledger where task_id = $1",
        )
        .bind(task_id.0)
        .fetch_all(self.database.pool())
        .await?;
        Ok(versions)
    }

    /// The states of the steps of a template of the namespace `bench`.
    pub async fn swapped(&self, template: &str) -> Result<Swapped, DatabaseError> {
        let swapped = sqlx::query_as(SWAPPED)
            .bind(template)
            .fetch_one(self.database.pool())
            .await?;
        Ok(swapped)
    }

    /// Tasks of the template in the namespace `bench`, from submit to end.
    pub async fn task_ms(
        &self,
        template: &str,
        correlation_id: &str,
    ) -> Result<PercentilesMs, DatabaseError> {
        self.percentiles(TASK_MS, template, correlation_id).await
    }

    /// Their steps, from the creation of the task to the start.
    pub async fn wait_ms(
        &self,
        template: &str,
        correlation_id: &str,
    ) -> Result<PercentilesMs, DatabaseError> {
        self.percentiles(WAIT_MS, template, correlation_id).await
    }

    /// Tasks that are not over.
    pub async fn open_tasks(&self) -> Result<i64, DatabaseError> {
        let open = sqlx::query_scalar("select count(*) from tasker.task where finished_at is null")
            .fetch_one(self.database.pool())
            .await?;
        Ok(open)
    }

    /// Their steps, from the moment that they may start to their end.
    pub async fn step_ms(
        &self,
        template: &str,
        correlation_id: &str,
    ) -> Result<PercentilesMs, DatabaseError> {
        self.percentiles(STEP_MS, template, correlation_id).await
    }

    async fn percentiles(
        &self,
        query: &'static str,
        template: &str,
        correlation_id: &str,
    ) -> Result<PercentilesMs, DatabaseError> {
        let found: Option<Vec<f64>> = sqlx::query_scalar(query)
            .bind(template)
            .bind(correlation_id)
            .fetch_one(self.database.pool())
            .await?;
        let found = found.and_then(|ms| PercentilesMs::try_from(ms).ok());
        found.ok_or_else(|| {
            DatabaseError::Corrupt("the measured tasks are not in the tables".to_owned())
        })
    }

    /// Finished tasks of a template.
    pub async fn finished(&self, template: &str) -> Result<i64, DatabaseError> {
        let finished = sqlx::query_scalar(
            "select count(*) from tasker.task t join tasker.template p using (template_id)
             where p.name = $1 and t.finished_at is not null",
        )
        .bind(template)
        .fetch_one(self.database.pool())
        .await?;
        Ok(finished)
    }

    /// MiB of the tables and indexes of tasks.
    pub async fn table_mib(&self) -> Result<f64, DatabaseError> {
        let mib = sqlx::query_scalar(
            "select sum(pg_total_relation_size(oid))::double precision / 1024 / 1024 from pg_class
             where relnamespace = 'tasker'::regnamespace and relkind = 'r'",
        )
        .fetch_one(self.database.pool())
        .await?;
        Ok(mib)
    }

    /// Inserts finished tasks of a template of the namespace `bench` that has a lock: an hour old by their
    /// ids, as the ids that hosts make have the time.
    pub async fn insert_finished(&self, template: &str, tasks: u32) -> Result<(), DatabaseError> {
        sqlx::query(INSERT_FINISHED)
            .bind(template)
            .bind(i64::from(tasks))
            .execute(self.database.pool())
            .await?;
        Ok(())
    }

    /// Gives every component of a namespace that has version 1.0.0 as many more versions with the
    /// same code.
    pub async fn insert_versions(&self, namespace: &str, each: u32) -> Result<(), DatabaseError> {
        sqlx::query(
            "insert into tasker.component_version (component_id, version, digest, size_bytes, descriptor)
             select v.component_id, format('1.%s.%s', i / 10, i % 10), v.digest, v.size_bytes, v.descriptor
             from tasker.component_version v
             join tasker.component c using (component_id)
             join tasker.namespace n using (namespace_id), generate_series(1, $2) i
             where n.name = $1 and v.version = '1.0.0'",
        )
        .bind(namespace)
        .bind(i64::from(each))
        .execute(self.database.pool())
        .await?;
        Ok(())
    }

    /// Brings statistics and the visibility map up to date, and writes out what is dirty.
    pub async fn vacuum(&self) -> Result<(), DatabaseError> {
        let mut connection = self.database.pool().acquire().await?;
        // It can be in no transaction, so that it takes the session's limit, which is too low.
        connection
            .execute(sqlx::raw_sql("set statement_timeout = 0"))
            .await?;
        connection.execute(sqlx::raw_sql("vacuum analyze")).await?;
        connection
            .execute(sqlx::raw_sql("reset statement_timeout"))
            .await?;
        Ok(())
    }
}
