//! Clients of the API: the one in Rust, those that are made from the description for other languages, and one of the Model
//! Context Protocol. Each runs a task, and is refused an unknown one.

#[path = "../host/client/examples/run_task.rs"]
#[expect(dead_code, reason = "`main` is run by those who try the example")]
mod run_task;

use crate::harness::{
    ADMIN_KEY, TestDatabase, TestHost, basics, left_out, python, tasker, wait_until_sql,
};
use crate::testing::{code_dir, conformance_file};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tasker_engine::secret::SecretKeys;
use tokio::process::Command;

/// What the clients are made from.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../host/openapi.json");
/// The programs that use them.
const PROGRAMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients");

/// A host with a template `shop/charge`, whose result is its input.
async fn host(database: &TestDatabase) -> TestHost {
    with_charge(TestHost::start(database).await).await
}

async fn with_charge(host: TestHost) -> TestHost {
    host.publish_component("charge", "1.0.0", basics()).await;
    let steps = "steps:\n  - {name: charge, handler: charge/echo}\n";
    host.publish_template("charge", steps).await;
    host
}

/// Runs a command to its end; what it printed.
async fn run(command: &mut Command) -> String {
    let output = command.kill_on_drop(true).output().await.unwrap();
    let (said, told) = (output.stderr, output.stdout);
    let told = String::from_utf8(told).unwrap();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{command:?}: {told}{said}");
    told
}

/// Runs a program that submits a task and prints what came of it.
async fn runs_a_task(program: &mut Command) {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let program = program.env("TASKER_URL", host.host.url());
    let printed = run(program.env("TASKER_TOKEN", ADMIN_KEY)).await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let expected = json!({"state": "complete", "result": {"amount": 3}, "refused": "unknown_task"});
    assert_eq!(printed, expected);
}

/// An empty folder for what is made.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("clients")
        .join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[tokio::test]
async fn the_example_in_rust_runs_a_task() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let url = host.host.url();
    let result = run_task::run_task(&url, ADMIN_KEY).await.unwrap();
    assert_eq!(result, json!({"amount": 3}));
}

#[tokio::test]
async fn a_client_in_typescript_is_made_compiles_strictly_and_runs_a_task() {
    if Command::new("npm").arg("--version").output().await.is_err() {
        left_out("npm is not installed, which clients in TypeScript need: apt-get install npm");
        return;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("typescript.sh");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("typescript");
    let modules = run(Command::new(script).arg(directory)).await;
    let modules = Path::new(modules.trim()).join("node_modules");
    let folder = folder("typescript");
    std::os::unix::fs::symlink(&modules, folder.join("node_modules")).unwrap();
    std::fs::write(folder.join("package.json"), r#"{"type": "module"}"#).unwrap();
    for file in ["task.ts", "tsconfig.json"] {
        std::fs::copy(Path::new(PROGRAMS).join(file), folder.join(file)).unwrap();
    }
    let tool = |name: &str| {
        let mut command = Command::new(modules.join(".bin").join(name));
        command.current_dir(&folder);
        command
    };
    run(tool("openapi-typescript").args([DOCUMENT, "--output", "api.d.ts"])).await;
    run(&mut tool("tsc")).await;
    runs_a_task(Command::new("node").arg(folder.join("out/task.js"))).await;
}

#[tokio::test]
async fn a_client_in_python_is_made_and_runs_a_task() {
    let folder = folder("python");
    let python = python();
    let mut maker = Command::new(python.with_file_name("openapi-python-client"));
    let maker = maker.args(["generate", "--path", DOCUMENT, "--meta", "none", "--config"]);
    let maker = maker.arg(Path::new(PROGRAMS).join("python.yaml"));
    run(maker.arg("--output-path").arg(folder.join("tasker_client"))).await;
    let mut program = Command::new(python);
    let program = program.arg(Path::new(PROGRAMS).join("task.py"));
    runs_a_task(program.env("PYTHONPATH", &folder)).await;
}

#[tokio::test]
async fn a_client_of_mcp_looks_at_a_host_and_runs_a_task_where_changes_are_allowed() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let mut program = Command::new(python());
    let program = program
        .arg(Path::new(PROGRAMS).join("agent.py"))
        .arg(tasker());
    let program = program.env("TASKER_URL", host.host.url());
    let printed = run(program.env("TASKER_TOKEN", ADMIN_KEY)).await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let ran = json!({"state": "complete", "result": {"amount": 3}});
    assert_eq!(printed["ran"], ran);
    let states = json!([
        "cancelled",
        "complete",
        "error",
        "in_progress",
        "pending",
        "resolved_manually"
    ]);
    let looked = json!({
        "server": "tasker",
        "has_instructions": true,
        "all_read_only": true,
        "states": states,
        "refused": "unknown_task",
        "missing": "the argument `id` is missing",
        "templates": ["charge"],
        "changes": "there is no tool `submitTasks`",
    });
    assert_eq!(printed["looked"], looked);
}

#[tokio::test]
async fn a_client_of_mcp_replays_a_step_and_plans_files_of_its_machine() {
    let database = TestDatabase::new().await;
    let folder = folder("developer");
    let keys = SecretKeys::made_in_file(folder.join("secret.key"));
    let host = TestHost::start_with(&database, |config| {
        config.secret_keys = Some(keys);
        if let Some(worker) = &mut config.worker {
            worker.record = true;
        }
    });
    let host = with_charge(host.await).await;
    let task = host.run("charge", json!({"amount": 3})).await;
    let stored = "select exists (select from tasker.recording)";
    wait_until_sql(database.pool(), stored).await;
    let template = folder.join("charge.yaml");
    let yaml = "namespace: shop\nname: charge\nversion: 1.1.0\nsteps:\n  - {name: charge, handler: charge/echo}\n";
    std::fs::write(&template, yaml).unwrap();
    let permissions = json!([{"namespace": "shop", "actions": ["read"]}]);
    let reader = json!({"name": "reader", "permissions": permissions});
    let (_, reader) = host.post("/v1/keys", &reader).await;

    let mut program = Command::new(python());
    let program = program.arg(Path::new(PROGRAMS).join("developer.py"));
    let program = program.arg(tasker()).arg(task["id"].as_str().unwrap());
    // It has no handler of this name.
    let other = conformance_file().with_file_name("tasker_handlers_totals.wasm");
    let program = program.arg(other).arg(&template);
    let program = program.arg(reader["key"].as_str().unwrap());
    let program = program.env("TASKER_URL", host.host.url());
    let program = program.env("TASKER_DATA_DIR", code_dir());
    let printed = run(program.env("TASKER_TOKEN", ADMIN_KEY)).await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let expected = json!({
        "same": true,
        "other": [false, true],
        "unknown": "unknown_step",
        "wrong": "these arguments are not taken: missing field `step`",
        "component": ["2.0.0", []],
        "template": ["charge", "1.1.0"],
        "file": ": it is not a WebAssembly component",
        "reader": "forbidden",
    });
    assert_eq!(printed, expected);
}
