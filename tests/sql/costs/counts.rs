//! What the server counted between two moments.

use super::drive::Driver;
use crate::harness::wait_until;
use crate::sql::Session;

/// What one step cost, in the order of the columns of the table.
pub type Counts = [f64; COLUMNS.len()];

/// What is counted, and what it means.
pub const COLUMNS: [(&str, &str); 8] = [
    ("calls", "statements that the host sends"),
    (
        "statements",
        "the same and those that they run inside of functions",
    ),
    (
        "rows_read",
        "entries of indexes, and rows of scanned tables",
    ),
    ("blocks", "pages that the statements looked at"),
    ("wal_bytes", "bytes of the write-ahead log"),
    (
        "rows_written",
        "rows that were inserted, updated, deleted or locked",
    ),
    ("not_hot", "updates that wrote to the indexes of a table"),
    ("index_writes", "changes of pages of indexes"),
];

/// The log of a backend alone: what the server itself writes depends on the time.
const WAL: &str = "
    select array[sum(record_size), sum(count) filter (where kind like 'Heap/%'),
                 coalesce(sum(count) filter (where kind like 'Heap/UPDATE%'), 0),
                 sum(count) filter (where kind like 'Btree/%')]::float8[]
    from pg_get_wal_stats('{from}', '{to}', true) as w (kind, count)
    where kind !~ '^(Standby|XLOG)/'";

const STATEMENTS: &str = "
    select array[sum(calls) filter (where toplevel), sum(calls),
                 sum(shared_blks_hit + shared_blks_read) filter (where toplevel)]::float8[]
    from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database()) and query !~ 'pg_stat_|pg_current_wal'";

const ROWS_READ: &str = "
    select ((select sum(idx_tup_read) from pg_stat_user_indexes where schemaname = 'tasker')
            + (select sum(seq_tup_read) from pg_stat_user_tables where schemaname = 'tasker'))::float8";

/// Whether the sessions of hosts have ended, and with it have reported what they read.
const ARE_GONE: &str = "
    select not exists (select from pg_stat_activity where datname = current_database() and application_name = 'tasker')";

/// Counts in one database.
pub struct Counter {
    session: Session,
}

impl Counter {
    pub async fn new(mut session: Session) -> Self {
        session
            .run("create extension pg_stat_statements; create extension pg_walinspect")
            .await;
        Self { session }
    }

    /// What each step of so many tasks costs a host that has run as many before: what a session does once (plans,
    /// types, catalogs) is no cost of a step.
    pub async fn per_step(&mut self, mut driver: Driver, tasks: usize) -> Counts {
        let rows_before = self.rows_read().await;
        driver.run(tasks).await;
        let from = self.position().await;
        self.session.run("select pg_stat_statements_reset()").await;
        let steps = driver.run(tasks).await as f64;
        let to = self.position().await;
        let [calls, statements, blocks] = self.floats(STATEMENTS).await;
        let wal = WAL.replace("{from}", &from).replace("{to}", &to);
        let [wal_bytes, rows_written, not_hot, index_writes] = self.floats(&wal).await;
        drop(driver);
        self.wait_until_alone().await;
        // Of both runs, since a session reports when it likes to.
        let rows_read = (self.rows_read().await - rows_before) / 2.0;
        [
            calls,
            statements,
            rows_read,
            blocks,
            wal_bytes,
            rows_written,
            not_hot,
            index_writes,
        ]
        .map(|count| count / steps)
    }

    async fn floats<const N: usize>(&mut self, sql: &str) -> [f64; N] {
        let floats: Vec<f64> = self.session.one(sql).await;
        floats.try_into().unwrap()
    }

    async fn position(&mut self) -> String {
        self.session
            .one("select pg_current_wal_insert_lsn()::text")
            .await
    }

    async fn rows_read(&mut self) -> f64 {
        self.session.one(ROWS_READ).await
    }

    async fn wait_until_alone(&mut self) {
        let session = tokio::sync::Mutex::new(&mut self.session);
        wait_until("the sessions of the host end", async || {
            let are_gone: bool = session.lock().await.one(ARE_GONE).await;
            are_gone.then_some(())
        })
        .await;
    }
}
