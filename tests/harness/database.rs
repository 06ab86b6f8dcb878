use std::process;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};
use tokio::runtime;

use super::{cluster, template};

/// Connections of one test's pool at most.
const POOL_MAX: u32 = 8;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// A database of one test's own, with all migrations applied. It is dropped with this value,
/// whoever is still connected to it.
pub struct TestDatabase {
    name: String,
    server: PgConnectOptions,
    pool: PgPool,
}

impl TestDatabase {
    /// Clones the migrated template.
    pub async fn new() -> Self {
        let server = cluster::options().await;
        let template = template::ensure(&server).await;
        Self::create(server, &format!("template {template}")).await
    }

    /// A database without any migration.
    pub async fn empty() -> Self {
        Self::create(cluster::options().await, "").await
    }

    /// A database without any migration, on a server of the test's own.
    pub async fn on(server: PgConnectOptions) -> Self {
        Self::create(server, "").await
    }

    async fn create(server: PgConnectOptions, from: &str) -> Self {
        let name = unused_name();
        let mut connection = server
            .connect()
            .await
            .expect("the test server can be reached");
        template::execute(&mut connection, format!("create database {name} {from}")).await;
        let pool = PgPoolOptions::new()
            .max_connections(POOL_MAX)
            .connect_with(server.clone().database(&name))
            .await
            .expect("the test's database can be reached");
        Self { name, server, pool }
    }

    /// The database, for code that takes a pool.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The database, for a process that is told by URL.
    pub fn url(&self) -> String {
        self.options().to_url_lossy().to_string()
    }

    /// The database as sqlx takes it.
    pub fn options(&self) -> PgConnectOptions {
        self.server.clone().database(&self.name)
    }

    /// A session outside the pool, as a lock order test needs two of.
    pub async fn session(&self) -> PgConnection {
        self.options()
            .connect()
            .await
            .expect("the test's database can be reached")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (name, server) = (self.name.clone(), self.server.clone());
        // The test's own runtime may be about to end, and cannot be waited on from here.
        let dropped = thread::spawn(move || {
            runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be made")
                .block_on(async {
                    let mut connection = server.connect().await.expect("the server is there");
                    template::drop_database(&mut connection, &name).await;
                });
        });
        // A database that stays behind is removed with the cluster, or by the next run.
        let _ = dropped.join();
    }
}

/// Test processes run at the same time on one server, and pids come round again.
fn unused_name() -> String {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is past 1970");
    format!(
        "{}{}_{}_{}",
        template::TEST_PREFIX,
        process::id(),
        since_epoch.as_micros(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}
