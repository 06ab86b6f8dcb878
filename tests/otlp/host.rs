//! Hosts that export telemetry, in processes of their own.

use crate::harness::{ADMIN_KEY, TestDatabase, TestHost, basics, client, tasker, wait_until};
use crate::sandbox::guests;
use serde_json::{Value, json};
use std::fs::File;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A chain with a step that fails once.
pub const RETRIED: &str = "
steps:
  - {name: first, handler: basics/noop}
  - {name: second, handler: basics/flaky, depends_on: [first], config: {failures: 1}, retry: {base: 20ms, max: 20ms}}
  - {name: third, handler: basics/noop, depends_on: [second]}
";
/// Spans of a task of it: a task, three steps, four attempts, each with its run in a sandbox.
pub const RETRIED_SPANS: usize = 12;

/// A database with components and templates.
pub struct Setup {
    pub database: TestDatabase,
    /// Serves the API only, and exports nothing.
    pub api: TestHost,
}

impl Setup {
    pub async fn new() -> Self {
        let database = TestDatabase::new().await;
        let api = TestHost::start_idle(&database).await;
        api.publish_component("basics", "1.0.0", basics()).await;
        api.publish_component("guest", "1.0.0", guests::misbehaving())
            .await;
        api.publish_template("retried", RETRIED).await;
        Self { database, api }
    }
}

/// `tasker serve` with a collector.
pub struct TracedHost {
    process: Child,
    url: String,
    directory: TempDir,
}

impl TracedHost {
    /// One that exports soon, with these variables.
    pub async fn start(setup: &Setup, variables: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = File::create(directory.path().join("log")).unwrap();
        let mut command = Command::new(tasker());
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OTEL_")) {
            command.env_remove(name);
        }
        let mut process = command
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(["--heartbeat-interval", "100", "--dead-after", "1000"])
            .args([
                "--connections",
                "8",
                "--database-url",
                &setup.database.url(),
            ])
            .args(["--log-handlers", "--log-format", "json", "--data-dir"])
            .arg(directory.path())
            .env("RUST_LOG", "warn,tasker=info")
            .env("TASKER_ADMIN_KEY", ADMIN_KEY)
            .env("OTEL_BSP_SCHEDULE_DELAY", "100")
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = lines.next_line().await.unwrap().unwrap_or_default();
        let url = ready.strip_prefix("tasker is ready at ");
        let url = url.unwrap_or_else(|| panic!("{ready}: {}", said(&directory)));
        Self {
            url: url.split(' ').next().unwrap().to_owned(),
            process,
            directory,
        }
    }

    /// Submits a task; its id, and the header that says its trace.
    pub async fn submit(
        &self,
        template: &str,
        input: Value,
        traceparent: Option<&str>,
    ) -> (String, Option<String>) {
        let body = json!({"namespace": "shop", "template": template, "input": input});
        let mut request = client().post(format!("{}/v1/tasks", self.url)).json(&body);
        if let Some(traceparent) = traceparent {
            request = request.header("traceparent", traceparent);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 201);
        let header = answer.headers().get("traceresponse");
        let header = header.map(|value| value.to_str().unwrap().to_owned());
        let created: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        let id = created["task"]["id"].as_str().unwrap().to_owned();
        (id, header)
    }

    /// The events of a task.
    pub async fn events(&self, task: &str) -> Vec<Value> {
        let url = format!("{}/v1/events?task={task}&limit=500", self.url);
        let answer = client().get(url).send().await.unwrap();
        let page: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        page["items"].as_array().unwrap().clone()
    }

    /// The value of a metric.
    pub async fn metric(&self, name: &str) -> f64 {
        let answer = client().get(format!("{}/metrics", self.url)).send().await;
        let text = answer.unwrap().text().await.unwrap();
        let mut lines = text.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
    }

    /// A part of its status.
    pub async fn part(&self, name: &str) -> Value {
        let request = client().get(format!("{}/health/status", self.url));
        let answer = request.bearer_auth(ADMIN_KEY).send().await.unwrap();
        let status: Value = answer.json().await.unwrap();
        let mut parts = status["parts"].as_array().unwrap().iter();
        let part = parts.find(|part| part["part"] == name);
        part.unwrap_or_else(|| panic!("{status}")).clone()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        said(&self.directory)
    }

    pub async fn kill(mut self) {
        self.process.kill().await.unwrap();
    }

    /// Asks it to stop, which it must do without an error.
    pub async fn stop(&mut self) {
        let pid = self.process.id().unwrap().to_string();
        let asked = std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status();
        assert!(asked.unwrap().success());
        let ended = tokio::time::timeout(Duration::from_secs(30), self.process.wait());
        assert!(ended.await.unwrap().unwrap().success(), "{}", self.log());
    }
}

fn said(directory: &TempDir) -> String {
    std::fs::read_to_string(directory.path().join("log")).unwrap()
}

/// Waits until a task has ended.
pub async fn ended(setup: &Setup, id: &str) -> Value {
    wait_until("the task has ended", async || {
        let task = setup.api.task(id).await;
        task["finished_at"].is_string().then_some(task)
    })
    .await
}
