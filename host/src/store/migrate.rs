//! Brings a database to the schema and the functions of this host.

use crate::domain::digest::Digest;
use sqlx::migrate::Migrator;
use sqlx::{Executor as _, PgConnection, PgPool};

/// The advisory lock under which functions are replaced, so that hosts that start together do it once.
const FUNCTIONS_LOCK: i64 = 0x7461_736b_6572;

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
    "57_park_steps",
    "58_unpark_steps",
    "60_cancel_tasks",
    "61_collectable_versions",
    "62_collect_versions",
    "63_upgrade_tasks",
    "70_explain_steps",
    "71_brief_error",
    "80_ensure_partitions",
}

/// Runs the migrations that are missing, then replaces the functions if any of them changed.
///
/// Either all functions are replaced or none. Several hosts may call it at once. A database that a
/// newer host migrated is refused.
pub async fn migrate(pool: &PgPool) -> Result<(), MigrateError> {
    let mut migrator: Migrator = sqlx::migrate!("../migrations");
    migrator.create_schema("tasker");
    migrator.dangerous_set_table_name("tasker.migration");
    migrator.run(pool).await?;

    let mut transaction = pool.begin().await?;
    sqlx::query("select pg_advisory_xact_lock($1)")
        .bind(FUNCTIONS_LOCK)
        .execute(&mut *transaction)
        .await?;
    replace_functions(&mut transaction).await?;
    transaction
        .execute("select tasker.ensure_partitions()")
        .await?;
    transaction.commit().await?;
    Ok(())
}

async fn replace_functions(connection: &mut PgConnection) -> Result<(), MigrateError> {
    let wanted = functions_digest().to_string();
    let found: Option<String> = sqlx::query_scalar("select digest from tasker.functions")
        .fetch_optional(&mut *connection)
        .await?;
    if found.as_ref() == Some(&wanted) {
        return Ok(());
    }
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
