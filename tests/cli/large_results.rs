//! What looking at a task costs does not grow with what its steps came to.

use super::first_start::{program, serve};
use crate::harness::{ADMIN_KEY, TestDatabase, TestHost, client};
use crate::sandbox::guests;
use futures::future::join_all;
use serde_json::json;
use std::process::Stdio;
use tokio::io::AsyncReadExt as _;

/// Steps, each with a result of [`RESULT_BYTES`].
const STEPS: usize = 150;
const RESULT_BYTES: usize = 1 << 20;
/// Requests at the same time.
const REQUESTS: usize = 8;
/// The most that looking may add to a host, in KiB; the results have more than twice as much.
const MAX_GROWTH_KIB: u64 = 64 << 10;
/// The most that a command may need in all, in KiB.
const MAX_COMMAND_KIB: u64 = 128 << 10;

/// A complete task with large results, which a database was given directly.
async fn large_task(database: &TestDatabase) -> String {
    let host = TestHost::start_idle(database).await;
    host.publish_component("guest", "1.0.0", guests::misbehaving())
        .await;
    let step = |no: usize| format!("  - {{name: s{no}, handler: guest/noop}}\n");
    let steps: String = (0..STEPS).map(step).collect();
    host.publish_template("wide", &format!("steps:\n{steps}"))
        .await;
    let id = host.submit("wide", json!({})).await;
    let fill = format!(
        "with payload as materialized (
           select to_json(substr(string_agg(md5(n::text), ''), 1, {RESULT_BYTES} - 2)) as it
           from generate_series(1, {RESULT_BYTES} / 32) n)
         update tasker.step s
         set state = 'complete', ready_at = null, attempt = 1, started_at = now(), finished_at = now(),
             result = p.it
         from payload p;
         delete from tasker.queue;
         update tasker.task t set state = 'complete', finished_at = now(), remaining_sinks = 0"
    );
    let filled = sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(database.pool());
    filled.await.unwrap();
    host.host.stop().await.unwrap();
    id
}

/// Of a process, in KiB: `VmRSS` now, or `VmHWM`, the most that it had. `None` if it has ended.
fn memory(pid: u32, what: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(what))?;
    line.trim_matches([':', '\t', ' '])
        .strip_suffix(" kB")?
        .parse()
        .ok()
}

#[tokio::test]
async fn a_host_and_a_command_look_at_large_results_in_little_memory() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let id = large_task(&database).await;
    let host = serve(&database, folder.path(), &[]).await;
    let client = client();
    let get = async |path: &str| loop {
        let answer = client.get(format!("{}/v1/tasks/{path}", host.url)).send();
        let answer = answer.await.unwrap();
        // On a slow machine they wait for connections too long.
        if answer.status() != 503 {
            assert_eq!(answer.status(), 200);
            break answer.bytes().await.unwrap().len();
        }
    };
    get(&id).await;
    let before = memory(host.pid(), "VmRSS").unwrap();
    for path in [id.clone(), format!("{id}/steps?limit=500")] {
        let answers = join_all((0..REQUESTS).map(|_| get(&path))).await;
        assert!(answers.iter().all(|bytes| *bytes < 200_000), "{answers:?}");
    }
    // All of the results, one after the other.
    let bytes = get(&format!("{id}/result")).await;
    assert!(bytes > STEPS * RESULT_BYTES, "{bytes}");
    let peak = memory(host.pid(), "VmHWM").unwrap();
    let grown = peak.saturating_sub(before);
    assert!(grown < MAX_GROWTH_KIB, "from {before} to {peak} KiB");

    let mut command = program(&folder.path().join("of-host"))
        .args(["task", "show", &id, "--all", "--url", &host.url])
        .env("TASKER_TOKEN", ADMIN_KEY)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (pid, mut peak, mut out) = (command.id().unwrap(), 0, String::new());
    let mut stdout = command.stdout.take().unwrap();
    let reading = stdout.read_to_string(&mut out);
    tokio::pin!(reading);
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(1));
    loop {
        tokio::select! {
            read = &mut reading => { read.unwrap(); break }
            _ = ticks.tick() => peak = memory(pid, "VmHWM").unwrap_or(0).max(peak),
        }
    }
    assert!(command.wait().await.unwrap().success(), "{out}");
    assert!(out.contains(&format!("tasker task result {id}")), "{out}");
    assert!(out.contains("s149") && out.contains("1.0 MiB"), "{out}");
    assert!(peak < MAX_COMMAND_KIB, "{peak} KiB");
    host.stop().await;
}
