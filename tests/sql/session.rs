use sqlx::postgres::{PgConnection, PgRow};
use sqlx::types::Uuid;
use sqlx::{AssertSqlSafe, FromRow};

use crate::harness::{REQUEUE, TestDatabase, wait_until};

/// When the tests' clock stands until a test moves it.
pub(super) const NOON: &str = "2030-05-15 12:00:00Z";

/// One connection, whose clock is the test's. The functions are called as the host calls them, by
/// the names that `calls.rs` gives them.
pub struct Session {
    pub(super) connection: PgConnection,
    pid: i32,
}

/// A claimed step, as the database hands it out.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Claim {
    pub task_id: Uuid,
    pub step_no: i16,
    pub attempt: i32,
    pub lock_id: i32,
    pub correlation_id: String,
    pub input: String,
    pub checkpoint: Option<String>,
}

impl Session {
    pub async fn new(database: &TestDatabase) -> Self {
        let mut connection = database.session().await;
        let pid = sqlx::query_scalar("select pg_backend_pid()")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let mut session = Self { connection, pid };
        session.at(NOON).await;
        session
    }

    /// Statements whose rows don't matter.
    pub async fn run(&mut self, sql: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut self.connection)
            .await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Writes into steps by hand, with the queue after them.
    pub async fn rewrite(&mut self, sql: &str) {
        self.run(&format!("{sql}; {REQUEUE}")).await;
    }

    /// What the database says to a statement that it refuses.
    pub async fn refusal(&mut self, sql: &str) -> sqlx::Error {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut self.connection)
            .await;
        done.map(|_| ()).expect_err("the statement was not refused")
    }

    pub async fn one<T>(&mut self, sql: &str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let row = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut self.connection)
            .await;
        row.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub async fn all<T>(&mut self, sql: &str) -> Vec<T>
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        let rows = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
            .fetch_all(&mut self.connection)
            .await;
        rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    pub async fn rows<T>(&mut self, sql: &str) -> Vec<T>
    where
        T: Send + Unpin + for<'r> FromRow<'r, PgRow>,
    {
        let rows = sqlx::query_as(AssertSqlSafe(sql.to_owned()))
            .fetch_all(&mut self.connection)
            .await;
        rows.unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Sets this session's clock.
    pub async fn at(&mut self, time: &str) {
        self.run(&format!("set tasker.now = '{time}'")).await;
    }

    /// Moves this session's clock on.
    pub async fn later(&mut self, interval: &str) {
        self.run(&format!(
            "select set_config('tasker.now', (tasker.clock() + interval '{interval}')::text, false)"
        ))
        .await;
    }

    pub async fn begin(&mut self) {
        self.run("begin").await;
    }

    pub async fn commit(&mut self) {
        self.run("commit").await;
    }

    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Commits as soon as the session with that pid waits for this one.
    pub async fn commit_once_awaited_by(&mut self, pid: i32) {
        self.wait_until_awaited_by(pid).await;
        self.commit().await;
    }

    pub async fn wait_until_awaited_by(&mut self, pid: i32) {
        let sql = format!("select {} = any (pg_blocking_pids({pid}))", self.pid);
        let session = tokio::sync::Mutex::new(self);
        wait_until("the second session waits for the first", async || {
            session.lock().await.one::<bool>(&sql).await.then_some(())
        })
        .await;
    }

    /// States of a task's steps in their order, in one line.
    pub async fn steps(&mut self, task: Uuid) -> String {
        self.one(&format!(
            "select string_agg(state::text, ' ' order by step_no) from tasker.step where task_id = '{task}'"
        ))
        .await
    }

    pub async fn task(&mut self, task: Uuid) -> String {
        self.one(&format!(
            "select state::text from tasker.task where task_id = '{task}'"
        ))
        .await
    }

    /// A task's log in its order: `task pending`, `0 running #1`, …; events as `0 !orders.charged #1`.
    pub async fn log(&mut self, task: Uuid) -> Vec<String> {
        self.all(&format!(
            "select coalesce(step_no || ' ' || coalesce(to_state, '!' || event) || coalesce(' #' || attempt, ''),
                             'task ' || to_state)
             from tasker.transition where task_id = '{task}' order by seq"
        ))
        .await
    }

    /// One column of one step as text, null as `-`.
    pub async fn step(&mut self, task: Uuid, step: i16, column: &str) -> String {
        self.one(&format!(
            "select coalesce(({column})::text, '-') from tasker.step where task_id = '{task}' and step_no = {step}"
        ))
        .await
    }
}
