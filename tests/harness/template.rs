use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

/// How the names of templates and of tests' databases begin.
const TEMPLATE_PREFIX: &str = "tasker_template_";
pub(super) const TEST_PREFIX: &str = "tasker_test_";

/// What holds of each row, as constraints that only tests have.
const CHECKS: &str = include_str!("checks.sql");

/// Makes the template in turn, where several processes want it at once.
const LOCK_KEY: i64 = 0x7461_736b_6572;

/// The name of a database with all migrations applied, made if this is the first to want it.
pub(super) async fn ensure(server: &PgConnectOptions) -> String {
    let name = format!("{TEMPLATE_PREFIX}{:016x}", hash_of_migrations());
    let mut connection = server
        .connect()
        .await
        .expect("the test server can be reached");
    sqlx::query("select pg_advisory_lock($1)")
        .bind(LOCK_KEY)
        .execute(&mut connection)
        .await
        .expect("the template's lock can be taken");
    if !exists(&mut connection, &name).await {
        make(server, &mut connection, &name).await;
    }
    name
}

/// Removes what earlier runs left on a server that no other process uses.
pub(super) async fn remove_leftovers(server: &PgConnectOptions) {
    let mut connection = server
        .connect()
        .await
        .expect("the test server can be reached");
    let current = format!("{TEMPLATE_PREFIX}{:016x}", hash_of_migrations());
    let names: Vec<String> = sqlx::query_scalar(
        "select datname::text from pg_database
         where (starts_with(datname, $1) or starts_with(datname, $2)) and datname <> $3",
    )
    .bind(TEST_PREFIX)
    .bind(TEMPLATE_PREFIX)
    .bind(current)
    .fetch_all(&mut connection)
    .await
    .expect("databases can be listed");
    for name in names {
        drop_database(&mut connection, &name).await;
    }
}

pub(super) async fn drop_database(connection: &mut PgConnection, name: &str) {
    let statement = format!("drop database if exists {name} with (force)");
    execute(connection, statement).await;
}

pub(super) async fn execute(connection: &mut PgConnection, statement: String) {
    connection
        .execute(AssertSqlSafe(statement.clone()))
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn exists(connection: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
        .bind(name)
        .fetch_one(connection)
        .await
        .expect("databases can be looked up")
}

/// Made aside and renamed, so that one cut short is never taken for a whole one.
async fn make(server: &PgConnectOptions, connection: &mut PgConnection, name: &str) {
    let unfinished = format!("{name}_unfinished");
    drop_database(connection, &unfinished).await;
    execute(connection, format!("create database {unfinished}")).await;
    tasker_database::migrate(&server.clone().database(&unfinished))
        .await
        .unwrap_or_else(|error| panic!("the migrations do not apply: {error}: {error:?}"));
    add_checks(&server.clone().database(&unfinished)).await;
    execute(
        connection,
        format!("alter database {unfinished} rename to {name}"),
    )
    .await;
}

async fn add_checks(options: &PgConnectOptions) {
    let mut connection = options
        .connect()
        .await
        .expect("a new database can be reached");
    execute(&mut connection, CHECKS.to_owned()).await;
    connection
        .close()
        .await
        .expect("a connection can be closed");
}

fn hash_of_migrations() -> u64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut hasher = DefaultHasher::new();
    CHECKS.hash(&mut hasher);
    for file in files_below(&root) {
        file.hash(&mut hasher);
        fs::read(&file)
            .expect("a migration can be read")
            .hash(&mut hasher);
    }
    hasher.finish()
}

fn files_below(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).expect("a directory of migrations can be read") {
            let path = entry.expect("a directory of migrations can be read").path();
            match path.is_dir() {
                true => directories.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}
