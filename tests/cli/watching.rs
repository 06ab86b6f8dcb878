//! `tasker task watch` listens to the events of its task.

use super::terminal::Terminal;
use crate::harness::{EventStream, TestDatabase, TestHost, basics, client, wait_until};
use serde_json::{Value, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;

/// Streams that one caller may have.
const MAX_STREAMS: usize = 128;
const SLEEPS: &str = "steps: [{name: nap, handler: basics/sleep, config: {ms: 300}}]";

fn watch(url: &str, task: &str) -> Command {
    let mut command = Command::new(crate::harness::tasker());
    command
        .args(["task", "watch", task])
        .env("TASKER_URL", url)
        .env("TASKER_TOKEN", crate::harness::ADMIN_KEY)
        .env("NO_PROXY", "127.0.0.1,localhost")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn host_with_sleeps(database: &TestDatabase, has_worker: bool) -> TestHost {
    let host = match has_worker {
        true => TestHost::start(database).await,
        false => TestHost::start_idle(database).await,
    };
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("sleeps", SLEEPS).await;
    host
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_has_one_stream_and_goes_on_at_the_host_that_comes_next() {
    let database = TestDatabase::new().await;
    let first = host_with_sleeps(&database, false).await;
    let task = first.submit("sleeps", json!({})).await;
    let (url, address) = (first.host.url(), first.host.address());
    let mut watching = watch(&url, &task).spawn().unwrap();
    let mut lines = BufReader::new(watching.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    assert!(line.ends_with("task: pending"), "{line}");
    wait_until("it has a stream", async || {
        let (_, status) = first.get("/health/status").await;
        (status["feed"]["streams"] == 1).then_some(())
    })
    .await;
    first.host.stop().await.unwrap();
    let second = TestHost::start_with(&database, |config| config.listen = address).await;
    let mut rest = Vec::new();
    while let Some(line) = lines.next_line().await.unwrap() {
        rest.push(line);
    }
    let status = watching.wait().await.unwrap();
    assert_eq!(status.code(), Some(0), "{rest:?}");
    let changes: Vec<&str> = rest
        .iter()
        .filter_map(|line| line.split_once("  nap: ").map(|(_, what)| what))
        .collect();
    assert_eq!(
        changes,
        ["running, attempt 1/3", "complete, attempt 1/3"],
        "{rest:?}"
    );
    second.host.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_no_stream_is_left_the_host_is_asked_for_the_task_and_a_message_says_so() {
    let database = TestDatabase::new().await;
    let host = host_with_sleeps(&database, true).await;
    let url = host.host.url();
    let mut streams = Vec::new();
    for _ in 0..MAX_STREAMS {
        let path = format!("{url}/v1/events/stream");
        streams.push(EventStream::open(client().get(path)).await);
    }
    let task = host.submit("sleeps", json!({})).await;
    let output = watch(&url, &task).output().await.unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.starts_with("the events of the task cannot be followed (") && told.contains("128"),
        "{told}"
    );
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.contains("nap: complete"), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_that_holds_events_back_does_not_hold_the_end_of_a_watch_back() {
    let database = TestDatabase::new().await;
    let host = host_with_sleeps(&database, true).await;
    let mut foreign = database.pool().begin().await.unwrap();
    sqlx::query("lock table tasker.audit in row exclusive mode")
        .execute(&mut *foreign)
        .await
        .unwrap();
    let task = host.submit("sleeps", json!({})).await;
    let mut watching = watch(&host.host.url(), &task).spawn().unwrap();
    let status = watching.wait().await.unwrap();
    let mut shown = String::new();
    let mut out = watching.stdout.take().unwrap();
    out.read_to_string(&mut shown).await.unwrap();
    assert_eq!(status.code(), Some(0), "{shown}");
    assert!(shown.contains("complete after"), "{shown}");
    foreign.rollback().await.unwrap();
}

const PANICS: &str = "  - {name: boom, handler: basics/panic, config: {message: empty till}, \
                      retry: {max_attempts: 2, base: 1ms}}";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_with_logs_shows_what_each_attempt_logs() {
    let terminal = Terminal::with_basics().await;
    terminal.template("panics", PANICS).await;
    let ran = terminal
        .run(["task", "run", "demo/panics", "-q"])
        .await
        .succeeds();
    let id = ran.out.trim();
    let watched = terminal
        .run(["task", "watch", id, "--logs"])
        .await
        .ends_with(1);
    for part in [
        "boom: running, attempt 1/2",
        "boom: #1  ERROR  panicked at ",
        "boom: #2  ERROR  panicked at ",
        "✘ boom failed after 2 attempts",
    ] {
        assert!(watched.out.contains(part), "no `{part}` in {watched:?}");
    }
    let json = ["task", "watch", id, "--logs", "-o", "json"];
    let json = terminal.run(json).await.ends_with(1);
    let mut lines: Vec<Value> = json
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let task = lines.pop().unwrap();
    assert_eq!(task["state"], "error");
    let attempts: Vec<_> = lines
        .iter()
        .map(|line| (&line["step"], &line["attempt"]))
        .collect();
    assert!(
        attempts.contains(&(&json!("boom"), &json!(2))),
        "{attempts:?}"
    );
    let shown = terminal
        .run(["step", "logs", id, "boom", "-o", "json"])
        .await;
    let shown = shown.succeeds().json();
    assert_eq!(shown["items"].as_array().unwrap().len(), lines.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_may_be_watched_with_its_logs_from_its_submit_on() {
    let terminal = Terminal::with_basics().await;
    terminal.template("panics", PANICS).await;
    let run = ["task", "run", "demo/panics", "--watch", "--logs"];
    let ran = terminal.run(run).await.ends_with(1);
    for part in [
        "boom: running, attempt 1/2",
        "boom: #1  ERROR  panicked at ",
        "boom: #2  ERROR  panicked at ",
        "✘ boom failed after 2 attempts",
    ] {
        assert!(ran.out.contains(part), "no `{part}` in {ran:?}");
    }
    let json = run.iter().chain(&["-o", "json"]);
    let json = terminal.run(json).await.ends_with(1);
    let lines: Result<Vec<Value>, _> = json.out.lines().map(serde_json::from_str).collect();
    let lines = lines.unwrap();
    assert_eq!(lines.first().unwrap()["step"], "boom");
    assert_eq!(lines.last().unwrap()["state"], "error");
    let alone = terminal
        .run(["task", "run", "demo/panics", "--logs"])
        .await
        .ends_with(2);
    assert!(alone.err.contains("--watch"), "{alone:?}");
}
