//! What a step costs the database, in counts: they are the same on every machine, where times are not. The table in
//! `costs.txt` has the counts when it was written; what costs more than that fails here.

mod counts;
mod drive;
mod table;

use super::{Graph, Session};
use crate::harness::TestDatabase;
use counts::Counter;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use table::{Line, Table};
use tasker::host::private_server;
use tasker_database::Database;
use tasker_embedded_postgres::Embedded;
use tasker_engine::Engine;

/// Tasks of one measurement, by how many a call takes: enough calls for the counts of one to be of no weight.
const TASKS: [(usize, usize); 2] = [(64, 512), (1, 48)];

/// Who may make extensions on a private server.
const SUPERUSER: &str = "postgres";

/// A server of this test's own, which counts, and whose background does nothing.
async fn server(folder: &Path) -> Embedded {
    // The account that the server runs as has to pass through.
    std::fs::set_permissions(folder, Permissions::from_mode(0o711)).unwrap();
    let mut config = private_server(&folder.join("postgres"));
    let settings = [
        ("fsync", "off"),
        ("full_page_writes", "off"),
        ("autovacuum", "off"),
        ("checkpoint_timeout", "1h"),
        ("shared_preload_libraries", "pg_stat_statements"),
        ("pg_stat_statements.track", "all"),
    ];
    config.settings = settings
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    Embedded::start(config).await.unwrap()
}

#[tokio::test]
async fn a_step_costs_no_more_than_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let server = server(folder.path()).await;
    let mut table = Table::new();
    for (shape, graph) in [
        ("noop", Graph::single()),
        ("linear5", Graph::chain(5)),
        ("diamond", Graph::diamond()),
    ] {
        let database = TestDatabase::on(server.connect_options().username(SUPERUSER)).await;
        tasker_database::migrate(&database.options()).await.unwrap();
        let mut session = Session::new(&database).await;
        let version = graph.publish(&mut session).await;
        let mut counter = Counter::new(session).await;
        for (a_call, tasks) in TASKS {
            // A host that has just started: nothing of another measurement is in its sessions.
            let engine = Engine::new(Database::open(database.options(), 8));
            let driver = drive::Driver::register(engine, version, a_call).await;
            let counts = counter.per_step(driver, tasks).await;
            table.push(Line::new(shape, a_call, counts));
        }
    }
    table.check(server_major(&server).await);
    server.stop().await.unwrap();
}

async fn server_major(server: &Embedded) -> i32 {
    use sqlx::ConnectOptions as _;
    let mut connection = server.connect_options().connect().await.unwrap();
    sqlx::query_scalar("select current_setting('server_version_num')::int / 10000")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}
