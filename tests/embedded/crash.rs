use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use sqlx::ConnectOptions;

use super::{directory, read_note, start, write_note};
use crate::harness::wait_until;

#[tokio::test]
async fn a_killed_host_takes_its_server_with_it_and_the_next_one_finds_everything() {
    let directory = directory();
    let server = start(&directory).await;
    write_note(&server).await;
    server.stop().await.unwrap();

    let (mut host, pid) = host_process(directory.path());
    host.kill().unwrap();
    host.wait().unwrap();

    let server = start(&directory).await;
    assert_ne!(server.pid(), Some(pid));
    assert_eq!(read_note(&server).await, "kept");
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_crashed_is_started_again_with_everything_it_had_reported() {
    let directory = directory();
    let server = start(&directory).await;
    write_note(&server).await;
    let killed = server.pid().unwrap();
    kill(killed);
    wait_until("another server takes connections", async || {
        let other = server.pid().filter(|pid| *pid != killed)?;
        server.connect_options().connect().await.ok().map(|_| other)
    })
    .await;
    assert_eq!(read_note(&server).await, "kept");
    server.stop().await.unwrap();
}

/// A process with a private server on the directory, and the server's pid.
fn host_process(data_dir: &Path) -> (Child, u32) {
    let mut host = Command::new(env!("CARGO_BIN_EXE_with-postgres"))
        .arg("--data-dir")
        .arg(data_dir)
        .args(["sh", "-c", "echo ready; exec cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let output = host.stdout.take().unwrap();
    BufReader::new(output).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    let file = std::fs::read_to_string(data_dir.join("postgres/postmaster.pid")).unwrap();
    (host, file.lines().next().unwrap().parse().unwrap())
}

fn kill(pid: u32) {
    let status = Command::new("kill")
        .args(["-KILL", &pid.to_string()])
        .status();
    assert!(status.unwrap().success());
}
