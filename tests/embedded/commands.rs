use std::process::{Command, Output};

use serde_json::Value;

use super::{directory, start, write_note};
use crate::harness::{TestDatabase, tasker};

#[tokio::test]
async fn psql_opens_the_private_database() {
    let directory = directory();
    let server = start(&directory).await;
    write_note(&server).await;
    let output = psql(|command| command.arg("--data-dir").arg(directory.path()));
    assert_eq!(text(&output.stdout), "tasker\n", "{}", text(&output.stderr));

    server.stop().await.unwrap();
    let output = psql(|command| command.arg("--data-dir").arg(directory.path()));
    assert_eq!(output.status.code(), Some(5));
    let message = text(&output.stderr);
    assert!(message.contains("no database is running in"), "{message}");
}

#[tokio::test]
async fn psql_opens_the_database_that_the_url_names() {
    let database = TestDatabase::new().await;
    let output = psql(|command| command.args(["--database-url", &database.url()]));
    let found = text(&output.stdout);
    assert!(
        database.url().contains(found.trim()),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn doctor_names_everything_it_looked_at() {
    let output = Command::new(tasker())
        .args(["doctor", "--output", "json"])
        .env("TASKER_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = answer["checks"].as_array().unwrap();
    let of = |name: &str| checks.iter().find(|check| check["name"] == name).unwrap();
    for name in ["rust", "wasm target", "postgresql", "disk"] {
        assert_eq!(of(name)["ok"], true, "{}", of(name));
    }
    // A host was named, and there is none.
    assert_eq!(of("host")["ok"], false);
    assert_eq!(answer["ok"], false);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn doctor_says_how_to_install_what_is_missing() {
    let empty = directory();
    let output = Command::new(tasker())
        .arg("doctor")
        .env("TASKER_PG_BINDIR", empty.path())
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    assert!(told.contains("✗ postgresql"), "{told}");
    assert!(told.contains("help: "), "{told}");
}

#[test]
fn a_command_beside_postgres_passes_on_how_it_ended() {
    let status = Command::new(env!("CARGO_BIN_EXE_with-postgres"))
        .args([
            "sh",
            "-c",
            "test -n \"$TASKER_TEST_DATABASE_URL\" && exit 7",
        ])
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(7));
}

fn psql(place: impl FnOnce(&mut Command) -> &mut Command) -> Output {
    let mut command = Command::new(tasker());
    place(command.arg("psql").env_remove("DATABASE_URL"))
        .args(["--", "-XAtc", "select current_database()"])
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
