//! The private PostgreSQL, with real processes.

mod commands;
mod crash;
mod database;
mod refusal;
mod start;

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use sqlx::{ConnectOptions, PgConnection};
use tasker::host::private_server;
use tasker_embedded_postgres::Embedded;
use tempfile::TempDir;

/// A directory that PostgreSQL's account may pass through.
fn directory() -> TempDir {
    tempfile::Builder::new()
        .prefix("tasker-embedded-")
        .permissions(Permissions::from_mode(0o711))
        .tempdir()
        .unwrap()
}

async fn start(directory: &TempDir) -> Embedded {
    Embedded::start(private_server(directory.path()))
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn connect(server: &Embedded) -> PgConnection {
    server.connect_options().connect().await.unwrap()
}

/// Writes something that must not be lost.
async fn write_note(server: &Embedded) {
    let mut connection = connect(server).await;
    sqlx::raw_sql("create table note (text text); insert into note values ('kept')")
        .execute(&mut connection)
        .await
        .unwrap();
}

async fn read_note(server: &Embedded) -> String {
    sqlx::query_scalar("select text from note")
        .fetch_one(&mut connect(server).await)
        .await
        .unwrap()
}
