use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{connect, directory, read_note, start, write_note};
use crate::harness::wait_until;

#[tokio::test]
async fn what_was_written_is_there_after_the_next_start() {
    let directory = directory();
    let server = start(&directory).await;
    write_note(&server).await;
    server.stop().await.unwrap();
    let server = start(&directory).await;
    assert_eq!(read_note(&server).await, "kept");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_server_keeps_what_it_reported_and_is_closed_to_others() {
    let directory = directory();
    let server = start(&directory).await;
    let mut connection = connect(&server).await;
    for (setting, expected) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("listen_addresses", ""),
    ] {
        let found: String = sqlx::query_scalar("select current_setting($1)")
            .bind(setting)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(found, expected, "{setting}");
    }
    let mode = fs::metadata(&server.address().socket_dir)
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn the_host_works_with_no_more_rights_than_on_a_database_of_its_users() {
    let directory = directory();
    let server = start(&directory).await;
    let is_superuser: bool =
        sqlx::query_scalar("select rolsuper from pg_roles where rolname = current_user")
            .fetch_one(&mut connect(&server).await)
            .await
            .unwrap();
    assert!(!is_superuser);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_stops_when_it_is_dropped() {
    let directory = directory();
    let server = start(&directory).await;
    let process = format!("/proc/{}", server.pid().unwrap());
    drop(server);
    wait_until("the server has ended", async || {
        (!Path::new(&process).exists()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_deep_directory_is_no_obstacle() {
    let outer = directory();
    let deep = outer.path().join("d".repeat(120)).join("e".repeat(120));
    let config = tasker::host::private_server(&deep);
    let server = tasker_embedded_postgres::Embedded::start(config)
        .await
        .unwrap();
    write_note(&server).await;
    let socket_dir = server.address().socket_dir.clone();
    server.stop().await.unwrap();
    assert!(!socket_dir.exists(), "{socket_dir:?}");
}

#[tokio::test]
async fn a_pid_file_that_names_another_program_is_no_obstacle() {
    let directory = directory();
    start(&directory).await.stop().await.unwrap();
    let mut stranger = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let cluster = directory.path().join("postgres");
    let stale = format!("{}\n{}\n", stranger.id(), cluster.display());
    fs::write(cluster.join("postmaster.pid"), stale).unwrap();
    start(&directory).await.stop().await.unwrap();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[tokio::test]
async fn a_comma_or_a_quote_in_the_directory_is_no_obstacle() {
    let outer = directory();
    for name in ["one, two", "a \"quoted\" one"] {
        let config = tasker::host::private_server(&outer.path().join(name));
        let server = tasker_embedded_postgres::Embedded::start(config)
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        write_note(&server).await;
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_lock_file_of_the_socket_that_names_another_program_is_no_obstacle() {
    let directory = directory();
    let server = start(&directory).await;
    let lock = server.address().socket_dir.join(".s.PGSQL.5432.lock");
    server.stop().await.unwrap();
    let mut stranger = stranger();
    let cluster = directory.path().join("postgres");
    let stale = format!("{}\n{}\n", stranger.id(), cluster.display());
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    fs::write(&lock, stale).unwrap();
    start(&directory).await.stop().await.unwrap();
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

/// A program of the account that PostgreSQL runs under, which for PostgreSQL could be itself.
fn stranger() -> std::process::Child {
    let as_account = ["--reuid=postgres", "--clear-groups", "cat"];
    let stranger = Command::new("setpriv")
        .args(as_account)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let cat = || Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    stranger.unwrap_or_else(|_| cat())
}
