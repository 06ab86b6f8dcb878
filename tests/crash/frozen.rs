//! A host that does not die, but stands still for too long.

use super::{TestDatabase, basics, client, hosts, load};
use crate::harness::{submits, wait_until_sql};
use std::process::Command;
use std::time::Duration;

const YAML: &str = "
namespace: crash
name: nap
version: 1.0.0
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/sleep, config: {ms: 300}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 7}}
";

const ALL_COMPLETE: &str = "select bool_and(state = 'complete') from tasker.task";
const NONE_DOUBLED: &str = "
    select not exists (select from tasker.transition where to_state = 'complete' and step_no is not null
                       group by task_id, step_no having count(*) > 1)";

fn signal(process: u32, signal: &str) {
    let status = Command::new("kill")
        .args([signal, &process.to_string()])
        .status();
    assert!(status.unwrap().success());
}

#[tokio::test]
async fn a_host_that_was_frozen_finds_out_that_it_was_given_up_and_works_on() {
    let database = TestDatabase::new().await;
    let directory = tempfile::tempdir().unwrap();
    let url = database.url();
    let (frozen, frozen_url) = hosts::serve(directory.path(), 0, &url, &[]).await;
    let client = client();
    load::publish(&client, &frozen_url, basics()).await;
    let path = format!("{frozen_url}/v1/namespaces/crash/templates/nap/versions/1.0.0");
    load::put(&client, &path, "application/yaml", YAML.into()).await;
    let submit = async |url: &str| {
        let request = client.post(format!("{url}/v1/tasks"));
        let answer = request.json(&submits("crash", &["nap"; 4])).send().await;
        assert!(answer.unwrap().status().is_success());
    };
    submit(&frozen_url).await;
    let begun = "select count(*) = 4 from tasker.step where state = 'running'";
    wait_until_sql(database.pool(), begun).await;
    let pid = frozen.id().unwrap();
    signal(pid, "-STOP");
    let (other, _) = hosts::serve(directory.path(), 1, &url, &[]).await;
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
    drop(other);
    // It now reports what was done without it, which must change nothing, and goes on as a new worker.
    signal(pid, "-CONT");
    submit(&frozen_url).await;
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
    let registered = "select count(*) = 3 from tasker.worker";
    wait_until_sql(database.pool(), registered).await;
    wait_until_sql(database.pool(), NONE_DOUBLED).await;
    let lost =
        "select sum(worker_losses) = 4 and max(attempt - free_attempts) = 1 from tasker.step";
    wait_until_sql(database.pool(), lost).await;
}

const BRIEF: &str = "
namespace: crash
name: brief
version: 1.0.0
defaults: {retry: {max_attempts: 1}, timeout: 1s}
steps:
  - {name: a, handler: basics/sleep, config: {ms: 500}}
";

#[tokio::test]
async fn attempts_that_ran_out_of_time_while_their_host_was_frozen_are_made_again() {
    let database = TestDatabase::new().await;
    let directory = tempfile::tempdir().unwrap();
    let (host, url) = hosts::serve(directory.path(), 0, &database.url(), &[]).await;
    let client = client();
    load::publish(&client, &url, basics()).await;
    let path = format!("{url}/v1/namespaces/crash/templates/brief/versions/1.0.0");
    load::put(&client, &path, "application/yaml", BRIEF.into()).await;
    let request = client.post(format!("{url}/v1/tasks"));
    let answer = request.json(&submits("crash", &["brief"; 4])).send().await;
    assert!(answer.unwrap().status().is_success());
    let begun = "select count(*) = 4 from tasker.step where state = 'running'";
    wait_until_sql(database.pool(), begun).await;
    let pid = host.id().unwrap();
    signal(pid, "-STOP");
    // Longer than a step's time.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    signal(pid, "-CONT");
    let over = "select bool_and(finished_at is not null) from tasker.task";
    wait_until_sql(database.pool(), over).await;
    wait_until_sql(database.pool(), ALL_COMPLETE).await;
}
