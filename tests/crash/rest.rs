//! Hosts that have nothing to do use no processor time.

use super::{TestDatabase, basics, client, hosts, load};
use crate::harness::{submits, wait_until_sql};
use serde_json::Value;

/// Clock ticks of the kernel's accounting: 100 a second on Linux.
const TICKS_PER_SECOND: u64 = 100;

/// Processor time of a process so far, in ticks.
fn used_ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // After the name, which may hold anything, the 12th and 13th fields.
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks = |at: usize| fields[at].parse::<u64>().unwrap();
    ticks(11) + ticks(12)
}

#[tokio::test]
async fn a_host_whose_slots_are_full_waits_without_spinning() {
    let database = TestDatabase::new().await;
    let directory = tempfile::tempdir().unwrap();
    let one_slot = ["--slots", "1"];
    let (host, url) = hosts::serve(directory.path(), 0, &database.url(), &one_slot).await;
    let client = client();
    load::publish(&client, &url, basics()).await;
    let yaml = "namespace: crash\nname: nap\nversion: 1.0.0\nsteps:\n  - {name: a, handler: basics/sleep, config: {ms: 2000}}\n";
    let path = format!("{url}/v1/namespaces/crash/templates/nap/versions/1.0.0");
    load::put(&client, &path, "application/yaml", yaml.into()).await;
    // The second waits for the slot, so there is something to look for all the while.
    let request = client
        .post(format!("{url}/v1/tasks"))
        .json(&submits("crash", &["nap", "nap"]));
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["items"].as_array().unwrap().len(), 2, "{answer}");
    let begun = "select exists (select from tasker.step where state = 'running')";
    wait_until_sql(database.pool(), begun).await;
    let before = used_ticks(host.id().unwrap());
    let ended = "select exists (select from tasker.step where state = 'complete')";
    wait_until_sql(database.pool(), ended).await;
    let used = used_ticks(host.id().unwrap()) - before;
    assert!(
        used < TICKS_PER_SECOND / 2,
        "{used} ticks of processor time in a nap of 2 s"
    );
}
