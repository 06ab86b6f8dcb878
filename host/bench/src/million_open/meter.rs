//! The pages that statements look at, as the server counts them.

use anyhow::Context as _;
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions as _, Executor as _};
use tasker_embedded_postgres::Embedded;

/// Who may reset what the server counts.
const SUPERUSER: &str = "postgres";

/// Statements of the host beside the calls.
const BACKGROUND: &str =
    "pg_stat_|heartbeat|due_tasks|rollout_guards|clear_collected|ensure_partitions|notify";

/// What a server needs to count by statement.
pub(super) fn settings() -> Vec<(String, String)> {
    let settings = [
        ("shared_preload_libraries", "pg_stat_statements"),
        // The disk is no part of what is compared.
        ("synchronous_commit", "off"),
        ("max_wal_size", "1GB"),
    ];
    settings
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
}

/// Counts on a server of this program's own; nothing on another.
pub(super) struct Meter {
    connection: Option<PgConnection>,
}

impl Meter {
    pub(super) async fn open(server: Option<&Embedded>) -> anyhow::Result<Self> {
        let Some(server) = server else {
            return Ok(Self { connection: None });
        };
        let options = server.connect_options().username(SUPERUSER);
        let mut connection = options.connect().await?;
        connection
            .execute("create extension if not exists pg_stat_statements")
            .await
            .context("PostgreSQL's extension pg_stat_statements is missing")?;
        Ok(Self {
            connection: Some(connection),
        })
    }

    pub(super) async fn reset(&mut self) -> anyhow::Result<()> {
        if let Some(connection) = &mut self.connection {
            connection
                .execute("select pg_stat_statements_reset()")
                .await?;
        }
        Ok(())
    }

    /// Pages since the last reset.
    pub(super) async fn blocks(&mut self) -> anyhow::Result<Option<f64>> {
        let Some(connection) = &mut self.connection else {
            return Ok(None);
        };
        let blocks = sqlx::query_scalar(
            "select coalesce(sum(shared_blks_hit + shared_blks_read), 0)::double precision
             from pg_stat_statements where query !~ $1",
        )
        .bind(BACKGROUND)
        .fetch_one(connection)
        .await?;
        Ok(Some(blocks))
    }
}
