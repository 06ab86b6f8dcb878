//! What guests make a real host hold, and what they take from it.

use crate::crash::hosts::serve;
use crate::flow::forget_description;
use crate::harness::{TestDatabase, client, wait_until, wait_until_sql};
use crate::sandbox::guests;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// What an attempt may have in its own memory, in MiB.
const MEMORY_MIB: u64 = 128;
/// What the host may hold beside that for one attempt, in KiB.
const HOST_KIB: u64 = 32 << 10;

/// Each has the host keep or take as much as it lets it; and the code with which the attempt ends, one of
/// these, where it does not complete.
const HOARDERS: [(&str, &[&str]); 19] = [
    ("hoard_log_fields", &["host_memory_limit"]),
    ("hoard_log_message", &["host_memory_limit"]),
    ("hoard_progress", &["host_memory_limit"]),
    ("hoard_stdout", &[]),
    ("hoard_names", &["host_memory_limit"]),
    ("hoard_kv", &["host_memory_limit"]),
    ("hoard_events", &["event_limit"]),
    ("hoard_random", &["trapped"]),
    ("hoard_fields", &["host_memory_limit"]),
    ("hoard_empty_fields", &["resource_limit"]),
    ("hoard_header", &["host_memory_limit"]),
    ("hoard_pollables", &["resource_limit"]),
    ("hoard_polls", &["host_memory_limit", "resource_limit"]),
    ("hoard_methods", &["host_memory_limit"]),
    ("hoard_bodies", &["host_memory_limit"]),
    ("hoard_trailers", &["host_memory_limit"]),
    ("hoard_exchanges", &["host_memory_limit", "resource_limit"]),
    ("hoard_answer", &["result_too_large"]),
    ("hoard_result", &["result_too_large"]),
];

/// A host in a process of its own, with the component of the misbehaving.
struct Victim {
    url: String,
    process: tokio::process::Child,
    client: reqwest::Client,
    folder: tempfile::TempDir,
}

impl Victim {
    async fn start(database: &TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let limit = format!("memory={MEMORY_MIB}MiB");
        let more = ["--limit", &limit, "--slots", "16", "--log-handlers"];
        let (process, url) = serve(folder.path(), 0, &database.url(), &more).await;
        let victim = Self {
            url,
            process,
            client: client(),
            folder,
        };
        let component = "components/guest/versions/1.0.0";
        let bytes = guests::misbehaving().to_vec();
        victim.put(component, "application/wasm", bytes).await;
        victim
    }

    async fn put(&self, path: &str, media_type: &str, body: Vec<u8>) {
        let request = self
            .client
            .put(format!("{}/v1/namespaces/crash/{path}", self.url));
        let request = request.header("content-type", media_type).body(body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{}", answer.text().await.unwrap());
    }

    async fn publish(&self, handler: &str, timeout: &str) {
        let name = handler.replace('_', "-");
        let yaml = format!(
            "namespace: crash\nname: {name}\nversion: 1.0.0\ndefaults: {{retry: {{max_attempts: 1}}}}\nsteps:\n  - {{name: a, handler: guest/{handler}, timeout: {timeout}}}\n"
        );
        let path = format!("templates/{name}/versions/1.0.0");
        self.put(&path, "application/yaml", yaml.into()).await;
    }

    async fn grant(&self, capability: &str) {
        let body = json!({"component": "guest", "capability": capability});
        let request = self
            .client
            .post(format!("{}/v1/namespaces/crash/grants", self.url));
        let answer = request.json(&body).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    async fn submit(&self, handler: &str) -> String {
        let body = json!({"namespace": "crash", "template": handler.replace('_', "-")});
        let request = self.client.post(format!("{}/v1/tasks", self.url));
        let answer = request.json(&body).send().await.unwrap();
        let created: Value = answer.json().await.unwrap();
        let id = created["task"]["id"].as_str();
        id.unwrap_or_else(|| panic!("{created}")).to_owned()
    }

    /// Runs the handler to its end; the code with which its task failed, if it did.
    async fn run(&self, handler: &str) -> Option<String> {
        let url = format!("{}/v1/tasks/{}", self.url, self.submit(handler).await);
        wait_until(&format!("{handler} is over"), async || {
            let answer = self.client.get(format!("{url}?wait_ms=5000")).send().await;
            let task: Value = answer.unwrap().json().await.unwrap();
            let is_over = !task["finished_at"].is_null();
            is_over.then(|| task["error"]["code"].as_str().map(str::to_owned))
        })
        .await
    }

    /// What the process has in memory, or had at most since it was last asked to forget.
    fn resident_kib(&self, of: &str) -> u64 {
        let pid = self.process.id().unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(of));
        let number = line.unwrap().trim_start_matches(':').trim();
        number.trim_end_matches(" kB").parse().unwrap()
    }

    fn forget_peak(&self) {
        let pid = self.process.id().unwrap();
        std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
    }
}

fn is_wanted(code: Option<&str>, wanted: &[&str]) -> bool {
    match code {
        Some(code) => wanted.contains(&code),
        None => wanted.is_empty(),
    }
}

#[tokio::test]
async fn whatever_a_guest_hoards_the_host_holds_little_more_than_the_guest_may() {
    let database = TestDatabase::new().await;
    let victim = Victim::start(&database).await;
    forget_description(&database).await;
    for handler in HOARDERS.iter().map(|(handler, _)| *handler).chain(["noop"]) {
        victim.publish(handler, "20s").await;
    }
    for capability in ["kv hoard", "events hoard"] {
        victim.grant(capability).await;
    }
    assert_eq!(victim.run("noop").await, None);
    let idle_kib = victim.resident_kib("VmRSS");
    let most_kib = (MEMORY_MIB << 10) + HOST_KIB;
    let mut wrong = Vec::new();
    for (handler, wanted) in HOARDERS {
        victim.forget_peak();
        let code = victim.run(handler).await;
        let over_kib = victim.resident_kib("VmHWM").saturating_sub(idle_kib);
        println!("{handler}: {code:?}, {over_kib} KiB");
        if !is_wanted(code.as_deref(), wanted) || over_kib > most_kib {
            wrong.push((handler, code, over_kib));
        }
    }
    assert!(
        wrong.is_empty(),
        "over {most_kib} KiB, or otherwise: {wrong:?}"
    );
}

#[tokio::test]
async fn guests_that_compute_without_end_keep_no_heartbeat_waiting() {
    let database = TestDatabase::new().await;
    let victim = Victim::start(&database).await;
    forget_description(&database).await;
    victim.publish("endless_loop", "6s").await;
    let cores = std::thread::available_parallelism().unwrap().get();
    for _ in 0..4 * cores {
        victim.submit("endless_loop").await;
    }
    let all = format!("select count(*) = {} from tasker.step", 4 * cores);
    wait_until_sql(database.pool(), &format!("{all} where state = 'running'")).await;
    // As many as fit into their lives many times over, where none waits for a guest.
    let seen = Mutex::new(BTreeSet::new());
    wait_until("ten heartbeats came while they ran", async || {
        let beat = "select max(heartbeat_at)::text from tasker.worker";
        let beat: String = sqlx::query_scalar(beat)
            .fetch_one(database.pool())
            .await
            .unwrap();
        let mut seen = seen.lock().unwrap();
        seen.insert(beat);
        (seen.len() > 10).then_some(())
    })
    .await;
    wait_until_sql(database.pool(), &format!("{all} where state = 'running'")).await;
    wait_until_sql(database.pool(), &format!("{all} where state = 'error'")).await;
    let ended = "select bool_and(error ->> 'kind' = 'timed_out') and sum(worker_losses) = 0 from tasker.step";
    wait_until_sql(database.pool(), ended).await;
    let alive = "select count(*) = 1 and bool_and(stopped_at is null) from tasker.worker";
    wait_until_sql(database.pool(), alive).await;
}

#[tokio::test]
async fn where_a_host_logs_handlers_too_their_lines_are_in_its_log_while_their_attempts_run() {
    let database = TestDatabase::new().await;
    let victim = Victim::start(&database).await;
    forget_description(&database).await;
    victim.publish("logs_and_sleeps", "1h").await;
    let id = victim.submit("logs_and_sleeps").await;
    let log = victim.folder.path().join("host-0.log");
    let line = wait_until("the line is written", async || {
        let text = std::fs::read_to_string(&log).unwrap();
        let line = text.lines().find(|line| line.contains("about to sleep"));
        line.map(|line| serde_json::from_str::<Value>(line).unwrap())
    })
    .await;
    assert_eq!(line["fields"], r#"{"order":"7"}"#);
    assert_eq!(
        (&line["source"], &line["task_id"]),
        (&json!("handler"), &json!(id))
    );
    assert!(line["at"].as_str().unwrap().ends_with('Z'), "{line}");
    let running = "select count(*) = 1 from tasker.step where state = 'running'";
    wait_until_sql(database.pool(), running).await;
}
