use crate::harness::wait_until;
use sqlx::postgres::PgPoolOptions;
use sqlx::{ConnectOptions, PgPool};
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use tasker::host::private_server;
use tasker_embedded_postgres::Embedded;
use tempfile::TempDir;

/// A server of the test's own with default durability, which comes back when it is killed.
pub struct Postgres {
    server: Embedded,
    _directory: TempDir,
}

impl Postgres {
    pub async fn start() -> Self {
        // PostgreSQL's account must be able to pass through.
        let directory = tempfile::Builder::new()
            .prefix("tasker-crash-")
            .permissions(Permissions::from_mode(0o711))
            .tempdir()
            .unwrap();
        let config = private_server(directory.path());
        let server = Embedded::start(config).await.unwrap();
        Self {
            server,
            _directory: directory,
        }
    }

    pub fn url(&self) -> String {
        self.server.url()
    }

    pub async fn pool(&self) -> PgPool {
        let pool = PgPoolOptions::new().max_connections(2);
        let options = self.server.connect_options();
        pool.connect_with(options).await.unwrap()
    }

    /// Kills the main process and returns when another takes connections.
    pub async fn kill(&self) {
        let killed = self.server.pid();
        kill(killed.unwrap());
        wait_until("another server takes connections", async || {
            let other = self.server.pid().filter(|pid| Some(*pid) != killed)?;
            let connected = self.server.connect_options().connect().await;
            connected.ok().map(|_| other)
        })
        .await;
    }

    pub async fn stop(self) {
        self.server.stop().await.unwrap();
    }
}

fn kill(pid: u32) {
    let status = Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status();
    assert!(status.unwrap().success());
}
