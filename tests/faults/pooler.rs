//! PgBouncer between hosts and the database.

use super::load::Load;
use super::serve::Serve;
use super::server::{self, Server, Site};
use crate::harness::{left_out, wait_until};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

/// Names the program where it is not on the PATH.
const PROGRAM_VARIABLE: &str = "TASKER_PGBOUNCER";
/// Where packages put it, which is not on every PATH.
const USUAL_PROGRAM: &str = "/usr/sbin/pgbouncer";

/// A PgBouncer before a server; ended when dropped.
struct PgBouncer {
    process: Child,
    port: u16,
}

impl PgBouncer {
    /// `None` if the program is not installed: the test has to end then, and standard error says so.
    async fn before(server: &Server, site: &Site, mode: &str, sessions: u32) -> Option<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let path = site.path().join(format!("pgbouncer-{mode}.ini"));
        let sockets = server.sockets().display();
        let config = format!(
            "[databases]\npostgres = host={sockets} port=5432 user=tasker\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = {mode}\ndefault_pool_size = {sessions}\n"
        );
        std::fs::write(&path, config).unwrap();
        let program = std::env::var_os(PROGRAM_VARIABLE);
        let program = program.unwrap_or_else(|| USUAL_PROGRAM.into());
        let mut command = Command::new(program);
        command
            .arg(&path)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command.stderr(std::fs::File::create(path.with_extension("log")).unwrap());
        if let Some((uid, gid)) = server::account() {
            chown(&path, Some(uid), Some(gid)).unwrap();
            command.uid(uid).gid(gid);
        }
        let process = match command.spawn() {
            Ok(process) => process,
            Err(error) => {
                left_out(&format!(
                    "no PgBouncer to test with ({error}); install one (apt-get install pgbouncer) or set {PROGRAM_VARIABLE}"
                ));
                return None;
            }
        };
        let pooler = Self { process, port };
        let options: PgConnectOptions = pooler.url().parse().unwrap();
        let options = options.extra_float_digits(None);
        wait_until("PgBouncer takes connections", async || {
            options.connect().await.ok().map(drop)
        })
        .await;
        Some(pooler)
    }

    fn url(&self) -> String {
        let port = self.port;
        format!("postgres://tasker@127.0.0.1:{port}/postgres?sslmode=disable")
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Fewer sessions than the two hosts have connections, so that all are lent now to one, now to another.
const FEW_SESSIONS: u32 = 5;
const MANY_SESSIONS: u32 = 40;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_work_behind_a_pooler_in_transaction_mode_with_fewer_sessions_than_connections() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let Some(pooler) = PgBouncer::before(&server, &site, "transaction", FEW_SESSIONS).await else {
        return;
    };
    let load = Load::begin_through(&site, pooler.url()).await;
    load.all_succeed().await;
    load.nobody_died().await;
    let sessions: i64 = server
        .ask("select count(*) from pg_stat_activity where client_addr is null and backend_type = 'client backend' and pid <> pg_backend_pid() and application_name = 'tasker'")
        .await;
    assert!(sessions <= i64::from(FEW_SESSIONS), "{sessions}");
    load.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_work_and_hear_hints_behind_a_pooler_in_session_mode() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let Some(pooler) = PgBouncer::before(&server, &site, "session", MANY_SESSIONS).await else {
        return;
    };
    let load = Load::begin_through(&site, pooler.url()).await;
    load.all_succeed().await;
    let listening: i64 = server
        .ask(
            "select count(*) from pg_stat_activity
             where query ilike any (array['listen%', 'select pg_backend_pid%', 'select pg_notify%'])",
        )
        .await;
    assert_eq!(listening, 2);
    load.nobody_died().await;
    load.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_behind_a_pooler_in_statement_mode_says_to_use_session_mode() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let Some(pooler) = PgBouncer::before(&server, &site, "statement", FEW_SESSIONS).await else {
        return;
    };
    let mut host = Serve::new(&site)
        .arguments(&["--database-url", &pooler.url()])
        .spawn();
    let (code, told) = (host.code().await, host.logged());
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("use session mode"), "{told}");
}
