//! Clients of other projects, and the reference implementation of GraphQL, run by Node.js.

use crate::api::server::Server;
use crate::harness::left_out;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tasker_graphql::socket::MAX_SUBSCRIPTIONS;
use tokio::process::Command;

/// The schema that clients were written for: that of the last release.
const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/graphql/baseline.graphql");
const SDL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/schema.graphql");
/// Changes since then that break clients and are meant, one a line, as the test shows them.
const MEANT: &str = include_str!("breaking-changes.txt");

/// Runs a script with what it is to know; what it prints. None where there is no npm, which standard error says.
async fn run(script: &str, server: &Server, given: &Value) -> Option<String> {
    let modules = modules().await?;
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("graphql/scripts");
    let output = Command::new("node")
        .arg(scripts.join(script))
        .env("TASKER_GRAPHQL_MODULES", modules)
        .env("TASKER_URL", format!("http://{}", server.address()))
        .env("TASKER_GIVEN", given.to_string())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The packages of the scripts, installed at the first use.
async fn modules() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let has_npm = std::env::split_paths(&path).any(|folder| folder.join("npm").exists());
    if !has_npm {
        left_out("no clients of GraphQL to test with; install npm (apt-get)");
        return None;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("graphql/packages.sh");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("graphql");
    let output = Command::new(script).arg(directory).output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "packages.sh: {said}");
    Some(String::from_utf8(output.stdout).unwrap().trim().into())
}

/// The key of a caller who may do everything.
async fn admin(server: &Server) -> String {
    let permissions = json!([{"namespace": "*", "actions": ["admin", "read", "run"]}]);
    let body = json!({"name": "client", "permissions": permissions});
    let made = server.post("/v1/keys", &body).await.answered(201);
    made["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn clients_of_other_projects_ask_change_and_subscribe() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let given = json!({"key": admin(&server).await, "name": "client", "most": MAX_SUBSCRIPTIONS});
    run("clients.mjs", &server, &given).await;
}

#[tokio::test]
async fn the_reference_implementation_takes_the_schema_and_no_change_breaks_clients() {
    if std::env::var_os("TASKER_RENEW_API_BASELINE").is_some() {
        std::fs::copy(SDL, BASELINE).unwrap();
    }
    let server = Server::start().await;
    let given = json!({"key": admin(&server).await, "sdl": SDL, "baseline": BASELINE});
    let Some(changes) = run("schema.mjs", &server, &given).await else {
        return;
    };
    let changes: Vec<String> = serde_json::from_str(&changes).unwrap();
    let meant: Vec<&str> = MEANT
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert_eq!(
        changes, meant,
        "changes that break clients; list those that are meant"
    );
}
