//! `tasker-bench`, briefly: what it counts, not what it times.

use super::terminal::Terminal;
use crate::harness::{TestDatabase, basics, tasker, tasker_bench};
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

#[tokio::test]
async fn hosts_in_processes_of_their_own_share_the_steps_of_one_database() {
    let hosts = ["hosts", "--counts", "1,2", "--tasks", "600"];
    let program = ["--program", tasker().to_str().unwrap()];
    let found = measure(&[&hosts[..], &program, &["--idle-seconds", "1"]].concat()).await;
    let runs = found["runs"].as_array().unwrap();
    let counts: Vec<_> = runs.iter().map(|run| run["hosts"].as_i64()).collect();
    assert_eq!(counts, [Some(1), Some(2)]);
    assert_eq!(runs[0]["share_min"], 1.0, "{found}");
    let [least, most] = ["share_min", "share_max"].map(|it| runs[1][it].as_f64().unwrap());
    assert!(least > 0.0 && (least + most - 2.0).abs() < 1e-9, "{found}");
    let steps = 5.0 * 600.0;
    let seconds = runs[1]["seconds"].as_f64().unwrap();
    assert!((runs[1]["steps_per_s"].as_f64().unwrap() * seconds - steps).abs() < 1e-3);
}

#[tokio::test]
async fn tasks_that_wait_and_tasks_that_are_over_are_beside_single_calls() {
    let million = ["million-open", "--open-tasks", "20", "--finished-tasks"];
    let few = ["30", "--tries", "3", "--settle-seconds", "0"];
    let found = measure(&[&million[..], &few].concat()).await;
    let stages = found["stages"].as_array().unwrap();
    let tasks: Vec<_> = stages
        .iter()
        .map(|stage| {
            (
                stage["open_tasks"].as_i64(),
                stage["finished_tasks"].as_i64(),
            )
        })
        .collect();
    let of = |open, finished| (Some(open), Some(finished));
    assert_eq!(tasks, [of(0, 0), of(20, 0), of(20, 30)]);
    let calls: Vec<_> = stages[2]["calls"].as_array().unwrap().iter().collect();
    assert_eq!(calls[1]["call"], "claim");
    assert!(
        calls.iter().all(|call| call["p50_ms"].as_f64() > Some(0.0)),
        "{found}"
    );
}

#[tokio::test]
async fn old_tasks_are_deleted_while_others_are_measured() {
    let retention = ["retention", "--tasks", "400", "--finished-tasks", "3000"];
    let program = ["--program", tasker().to_str().unwrap()];
    let found = measure(&[&retention[..], &program, &["--rounds", "1"]].concat()).await;
    let of = |figure: &str| found[figure].as_f64().unwrap();
    let ratio = of("steps_per_s_while_deleting") / of("steps_per_s_without");
    assert!((ratio / of("ratio") - 1.0).abs() < 1e-9, "{found}");
    assert_eq!(found["finished_tasks"], 3_000);
}
