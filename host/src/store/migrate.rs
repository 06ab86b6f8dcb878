//! Brings a database to the schema and the functions of this host.

use crate::domain::digest::Digest;
use crate::store::pool::{CONNECT_TIMEOUT, CallTimeout};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use std::time::Duration;
use tokio::time::timeout;

/// The advisory lock under which a database is migrated, so that hosts that start together do it once.
const MIGRATION_LOCK: i64 = 0x7461_736b_6572;

/// How long a migration may take, and how long a host waits for another that migrates.
const MIGRATION_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// How long a migration waits for a lock on a table. While it waits, everybody else waits behind it.
const TABLE_LOCK_TIMEOUT: Duration = Duration::from_secs(30);

/// Why a database could not be brought to this host's schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    #[error("the schema could not be migrated")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("the function file {file} could not be applied")]
    Function {
        file: &'static str,
        source: sqlx::Error,
    },
    #[error("the database did not answer while its functions were brought up to date")]
    Database(#[from] sqlx::Error),
}

macro_rules! functions {
    ($($file:literal),+ $(,)?) => {
        /// Every SQL function, in the order in which they are applied: one file each.
        const FUNCTIONS: &[(&str, &str)] = &[
            $(($file, include_str!(concat!("../../../migrations/functions/", $file, ".sql")))),+
        ];
    };
}

functions! {
    "00_clock",
    "01_fixed_clock",
    "10_create_tasks",
    "11_attempts_max",
    "12_backoff_ms",
    "13_lock_failing_steps",
    "14_drain_tasks",
    "15_finish_tasks",
    "16_settle_tasks",
    "17_set_kv",
    "18_send_events",
    "20_complete_steps",
    "21_fail_steps",
    "22_checkpoint_steps",
    "30_claim_ready",
    "31_invocations",
    "40_advance",
    "41_complete_with_kv",
    "50_register_worker",
    "51_heartbeat",
    "52_release_steps",
    "53_stop_worker",
    "54_reap",
    "55_reap_overdue",
    "56_judge_ramps",
    "56_set_back_workers",
    "57_park_steps",
    "58_unpark_steps",
    "59_fail_lost_steps",
    "59_follow_clock",
    "59_give_back_steps",
    "59_void_leases",
    "60_cancel_tasks",
    "61_collectable_versions",
    "62_collect_versions",
    "63_upgrade_tasks",
    "70_explain_steps",
    "80_ensure_partitions",
}

/// Runs the migrations that are missing, then replaces the functions if any of them changed.
///
/// One transaction: either all of it is done or nothing. Several hosts may call it at once. A database
/// that a newer host migrated is refused. Works on a connection of its own, also behind a pooler that
/// lends sessions for a transaction each.
pub async fn migrate(options: &PgConnectOptions) -> Result<(), MigrateError> {
    let mut connection = timeout(CONNECT_TIMEOUT, options.connect())
        .await
        .unwrap_or_else(|_| Err(CallTimeout::error("connecting", CONNECT_TIMEOUT)))?;
    timeout(MIGRATION_TIMEOUT, migrate_on(&mut connection))
        .await
        .unwrap_or_else(|_| Err(CallTimeout::error("the migration", MIGRATION_TIMEOUT).into()))?;
    // All is done; a server that does not take the goodbye finds the socket closed.
    let _ = timeout(CONNECT_TIMEOUT, connection.close()).await;
    Ok(())
}

async fn migrate_on(connection: &mut PgConnection) -> Result<(), MigrateError> {
    let mut migrator: Migrator = sqlx::migrate!("../migrations");
    migrator.create_schema("tasker");
    migrator.dangerous_set_table_name("tasker.migration");
    // Its lock would belong to the session, which behind a pooler is not ours.
    migrator.set_locking(false);

    let mut transaction = connection.begin().await?;
    transaction.execute(set_limits(MIGRATION_TIMEOUT)).await?;
    sqlx::query("select pg_advisory_xact_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *transaction)
        .await?;
    transaction.execute(set_limits(TABLE_LOCK_TIMEOUT)).await?;
    migrator.run_direct(None, &mut *transaction, false).await?;
    replace_functions(&mut transaction).await?;
    transaction
        .execute("select tasker.ensure_partitions()")
        .await?;
    // Prepared statements would outlive the transaction, in a session that a pooler lends to others.
    transaction.execute(sqlx::raw_sql("deallocate all")).await?;
    transaction.commit().await?;
    Ok(())
}

fn set_limits(lock: Duration) -> sqlx::RawSql {
    let (statement, lock) = (MIGRATION_TIMEOUT.as_millis(), lock.as_millis());
    sqlx::raw_sql(AssertSqlSafe(format!(
        "set local statement_timeout = {statement}; set local lock_timeout = {lock}; \
         set local idle_in_transaction_session_timeout = {statement}"
    )))
}

async fn replace_functions(connection: &mut PgConnection) -> Result<(), MigrateError> {
    let wanted = functions_digest().to_string();
    let found: Option<String> = sqlx::query_scalar("select digest from tasker.functions")
        .fetch_optional(&mut *connection)
        .await?;
    if found.as_ref() == Some(&wanted) {
        return Ok(());
    }
    tracing::info!("bringing the SQL functions of the database to this version");
    for &(file, text) in FUNCTIONS {
        connection
            .execute(sqlx::raw_sql(text))
            .await
            .map_err(|source| MigrateError::Function { file, source })?;
    }
    sqlx::query("insert into tasker.functions (digest) values ($1) on conflict (singleton) do update set digest = $1")
        .bind(wanted)
        .execute(connection)
        .await?;
    Ok(())
}

fn functions_digest() -> Digest {
    let all: String = FUNCTIONS.iter().map(|(_, text)| *text).collect();
    Digest::of(all.as_bytes())
}
