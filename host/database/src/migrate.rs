//! Brings a database to the schema and the functions of this host.

use crate::pool::{CONNECT_TIMEOUT, CallTimeout};
use semver::Version;
use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};
use std::time::Duration;
use tasker_domain::digest::Digest;
use tasker_domain::error_chain::ErrorChain;
use tokio::time::timeout;

/// Every migration, in order.
const MIGRATIONS: Migrator = sqlx::migrate!("../../migrations");

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
    #[error(
        "the database was upgraded by tasker {newer}, which works with hosts of {oldest} or later; this host is {own}; install tasker {newer}"
    )]
    TooOld {
        own: Version,
        newer: Version,
        oldest: Version,
    },
    #[error("`{0}` in tasker.functions is no release of tasker")]
    Release(String),
    #[error("the database did not answer while its functions were updated")]
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
    "02_call_max",
    "03_default_priority",
    "03_first_id",
    "03_lane_width",
    "10_create_tasks",
    "11_attempts_max",
    "12_backoff_ms",
    "13_lock_failing_steps",
    "14_mark_failing",
    "15_complete_tasks",
    "16_fail_tasks",
    "17_set_kv",
    "18_send_events",
    "18_slots",
    "19_hands_slot_on",
    "19_pass_slots",
    "20_complete_steps",
    "21_fail_steps",
    "22_checkpoint_steps",
    "27_priority_lead",
    "27_queue_look_back",
    "27_slow_look",
    "28_queue_next",
    "29_has_slow_key",
    "29_limited_turns",
    "29_next_key",
    "29_queue_keys",
    "29_queue_look",
    "29_queue_look_keys",
    "29_queue_look_whole",
    "29_queue_turns",
    "29_queue_walk",
    "29_split_shares",
    "29_take_slots",
    "30_claim_ready",
    "31_claim_each",
    "32_claim_one",
    "33_postpone_step",
    "41_complete_with_kv",
    "50_register_worker",
    "51_drain_worker",
    "51_heartbeat",
    "52_held_steps",
    "52_fail_lost_steps",
    "52_release_steps",
    "53_stop_worker",
    "54_reap",
    "55_reap_overdue",
    "56_evaluate_rollout_guards",
    "56_guard_figures",
    "56_set_back_workers",
    "57_suspend_steps",
    "58_resume_steps",
    "59_check_queue",
    "59_follow_clock",
    "59_give_back_steps",
    "59_stale_leases",
    "60_cancel_tasks",
    "61_collectable_versions",
    "62_collect_versions",
    "63_migrate_tasks",
    "64_record_uses",
    "65_add_recording_bytes",
    "65_clear_collected",
    "66_delete_finished_tasks",
    "66_due_tasks",
    "66_follow_default_retention",
    "66_lock_finished_tasks",
    "67_expire_keys",
    "70_explain_steps",
    "71_brief_error",
    "72_log_horizon",
    "72_log_window",
    "74_ended_tasks",
    "74_skip_log",
    "75_append_attempt_logs",
    "75_keep_recording",
    "75_read_ended",
    "75_read_feed",
    "76_feed_position",
    "76_read_attempt_log",
    "76_read_recording",
    "77_summarize_log",
    "78_count_log",
    "78_count_transitions",
    "78_leave_subscriptions",
    "78_queue_depths",
    "78_renew_delivery_host",
    "78_renew_trace_export",
    "78_surplus_subscriptions",
    "78_take_subscriptions",
    "78_task_record",
    "79_add_dead_letter",
    "79_add_statistics",
    "79_end_subscription",
    "79_error_groups",
    "79_error_text",
    "79_expire_recordings",
    "79_expire_runs",
    "79_expire_statistics",
    "79_merge_buckets",
    "79_message_shape",
    "79_observe",
    "79_performance",
    "79_store_cursors",
    "79_store_failure",
    "79_store_handled",
    "79_store_replay",
    "79_store_runs",
    "79_store_trace_export",
    "79_trim_recordings",
    "80_add_partition",
    "80_ensure_partitions",
    "81_close_partition",
    "82_return_carried",
    "83_note_archived",
    "83_partition_to_archive",
    "83_sum_partition",
    "84_drop_partition",
    "90_namespace_rules",
    "91_component_revisions",
    "92_component_families",
    "93_template_families",
    "94_inputs_of_tasks",
    "94_locks_of_tasks",
    "94_log_of_steps",
    "94_reasons_of_steps",
    "94_sinks_of_tasks",
    "94_steps_of_tasks",
    "94_tasks_by_id",
    "94_tasks_of_namespaces",
    "95_component_versions_named",
    "95_components_named",
    "95_components_of_namespaces",
    "95_pins_of_namespaces",
    "95_template_versions_named",
    "95_templates_named",
    "95_templates_of_namespaces",
    "96_count_tasks",
}

/// The oldest release whose hosts work beside this one on a database: the release before, whose function
/// signatures and columns this one keeps.
const OLDEST_HOST: Version = Version::new(0, 1, 0);

/// Whose functions a database has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installed {
    pub(crate) digest: String,
    /// Number of the last migration that the host knew.
    pub(crate) schema_version: i64,
    pub(crate) host_version: Version,
    pub(crate) oldest_host: Version,
}

impl Installed {
    pub(crate) fn by_this_host() -> Self {
        let newest = MIGRATIONS.iter().map(|migration| migration.version).max();
        Self {
            digest: functions_digest().to_string(),
            schema_version: newest.unwrap_or_default(),
            host_version: Version::parse(env!("CARGO_PKG_VERSION"))
                .expect("Cargo takes semantic versions only"),
            oldest_host: OLDEST_HOST,
        }
    }

    /// What a newer release installed stays. Of builds of one release the last to start has its way.
    pub(crate) fn is_newer_than(&self, other: &Self) -> bool {
        (self.schema_version, &self.host_version) > (other.schema_version, &other.host_version)
    }
}

/// Runs the migrations that are missing, then replaces the functions if any of them changed, and makes
/// partitions.
///
/// One transaction: either all of it is done or nothing. Several hosts may call it at once. Where a newer
/// host migrated the database its functions stay, and this host works by them, unless it is too old for
/// that: then it is refused. Works on a connection of its own, also behind a pooler that lends sessions for
/// a transaction each.
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
    let mut migrator: Migrator = MIGRATIONS;
    migrator.create_schema("tasker");
    migrator.dangerous_set_table_name("tasker.migration");
    // Its lock would belong to the session, which behind a pooler is not ours.
    migrator.set_locking(false);
    // What a newer host added; `replace_functions` tells whether this one is too old for it.
    migrator.set_ignore_missing(true);
    let own = Installed::by_this_host();

    let mut transaction = connection.begin().await?;
    transaction.execute(set_limits(MIGRATION_TIMEOUT)).await?;
    sqlx::query("select pg_advisory_xact_lock($1)")
        .bind(MIGRATION_LOCK)
        .execute(&mut *transaction)
        .await?;
    transaction.execute(set_limits(TABLE_LOCK_TIMEOUT)).await?;
    migrator.run_direct(None, &mut *transaction, false).await?;
    replace_functions(&mut transaction, &own).await?;
    // Prepared statements would outlive the transaction, in a session that a pooler lends to others.
    transaction.execute(sqlx::raw_sql("deallocate all")).await?;
    transaction.commit().await?;
    // No reason not to start: it is tried again soon.
    let partitions = sqlx::raw_sql("select tasker.ensure_partitions()");
    if let Err(error) = connection.execute(partitions).await {
        tracing::warn!(error = %ErrorChain(&error), "the first partitions were not made");
    }
    Ok(())
}

fn set_limits(lock: Duration) -> sqlx::RawSql {
    let (statement, lock) = (MIGRATION_TIMEOUT.as_millis(), lock.as_millis());
    sqlx::raw_sql(AssertSqlSafe(format!(
        "set local statement_timeout = {statement}; set local lock_timeout = {lock}; \
         set local idle_in_transaction_session_timeout = {statement}"
    )))
}

async fn replace_functions(
    connection: &mut PgConnection,
    own: &Installed,
) -> Result<(), MigrateError> {
    if let Some(found) = installed(&mut *connection).await? {
        if own.host_version < found.oldest_host {
            return Err(MigrateError::TooOld {
                own: own.host_version.clone(),
                newer: found.host_version,
                oldest: found.oldest_host,
            });
        }
        if found.is_newer_than(own) {
            let newer = &found.host_version;
            tracing::info!(%newer, "the functions of a newer host stay");
            return Ok(());
        }
        if found == *own {
            return Ok(());
        }
    }
    tracing::info!("updating the SQL functions of the database to this version");
    for &(file, text) in FUNCTIONS {
        connection
            .execute(sqlx::raw_sql(text))
            .await
            .map_err(|source| MigrateError::Function { file, source })?;
    }
    sqlx::query(INSTALL)
        .bind(&own.digest)
        .bind(own.schema_version)
        .bind(own.host_version.to_string())
        .bind(own.oldest_host.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn installed<'c>(
    database: impl sqlx::PgExecutor<'c>,
) -> Result<Option<Installed>, MigrateError> {
    let row: Option<(String, i64, String, String)> = sqlx::query_as(
        "select digest, schema_version, host_version, oldest_host from tasker.functions",
    )
    .fetch_optional(database)
    .await?;
    let Some((digest, schema_version, host_version, oldest_host)) = row else {
        return Ok(None);
    };
    let parsed = |text: String| Version::parse(&text).map_err(|_| MigrateError::Release(text));
    Ok(Some(Installed {
        digest,
        schema_version,
        host_version: parsed(host_version)?,
        oldest_host: parsed(oldest_host)?,
    }))
}

const INSTALL: &str = "
    insert into tasker.functions (digest, schema_version, host_version, oldest_host)
    values ($1, $2, $3, $4)
    on conflict (singleton) do update
      set digest = excluded.digest, schema_version = excluded.schema_version,
          host_version = excluded.host_version, oldest_host = excluded.oldest_host";

fn functions_digest() -> Digest {
    let all: String = FUNCTIONS.iter().map(|(_, text)| *text).collect();
    Digest::of(all.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installed(schema_version: i64, host_version: &str) -> Installed {
        Installed {
            digest: String::new(),
            schema_version,
            host_version: host_version.parse().unwrap(),
            oldest_host: OLDEST_HOST,
        }
    }

    #[test]
    fn what_is_newer_goes_by_the_schema_and_then_by_the_release() {
        let found = installed(5, "0.9.0");
        for older in [installed(4, "1.0.0"), installed(5, "0.8.9")] {
            assert!(found.is_newer_than(&older) && !older.is_newer_than(&found));
        }
        assert!(!found.is_newer_than(&found.clone()));
    }

    #[test]
    fn this_release_works_beside_itself() {
        let own = Version::parse(env!("CARGO_PKG_VERSION")).unwrap();
        assert!(OLDEST_HOST <= own);
    }
}
