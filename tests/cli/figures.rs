//! `tasker-bench`, briefly: what it counts, not what it times.

use super::terminal::Terminal;
use crate::harness::{TestDatabase, basics, tasker_bench};
use serde_json::Value;

/// Runs a measurement on a database of its own, and returns what it found.
async fn measure(arguments: &[&str]) -> Value {
    let (terminal, database) = (Terminal::without_host(), TestDatabase::new().await);
    let (component, url) = (terminal.file("basics.wasm", basics()), database.url());
    let on = ["--database-url", &url, "--component", &component];
    let whole = [arguments, &on, &["--output", "json"]].concat();
    let ran = terminal.run_program(tasker_bench(), whole).await.succeeds();
    serde_json::from_str(&ran.out).expect("a report is JSON")
}

#[tokio::test]
async fn swapping_versions_is_measured_by_what_became_of_every_step() {
    let swap = ["rollout", "swap", "--seconds", "3", "--open-tasks", "10"];
    let found = measure(&swap).await;
    assert_eq!(found["swaps"], 3);
    assert!(found["versions_run"].as_i64() >= Some(2), "{found}");
    for none in ["failed_steps", "lost_steps", "repeated_steps"] {
        assert_eq!(found[none], 0, "{found}");
    }
}

#[tokio::test]
async fn no_task_takes_the_new_version_once_a_rollback_is_answered() {
    let rollback = ["rollout", "rollback", "--tries", "3", "--open-tasks", "5"];
    let found = measure(&rollback).await;
    assert_eq!(found["rollbacks"], 3);
    assert_eq!(found["late_tasks"], 0);
}

#[tokio::test]
async fn an_upload_is_measured_until_every_host_has_run_it() {
    let found = measure(&["rollout", "upload", "--tries", "2"]).await;
    assert_eq!(found["component_bytes"], basics().len());
    let [answered, runnable] = ["answered_ms", "runnable_ms"].map(|it| found[it]["p50"].as_f64());
    assert!(answered < runnable, "{found}");
}

#[tokio::test]
async fn many_live_versions_are_compared_with_one() {
    let live = ["rollout", "live", "--versions", "2", "--tasks", "4"];
    let found = measure(&[&live[..], &["--rounds", "1"]].concat()).await;
    let of = |figure: &str| found[figure].as_f64().unwrap();
    assert_eq!(of("steps_per_s_many") / of("steps_per_s_one"), of("ratio"));
}
