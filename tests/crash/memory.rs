//! What a host holds of the tasks whose steps it runs.

use super::{TestDatabase, basics, hosts};
use crate::harness::{Advance, TestHost, wait_until_sql};
use serde_json::json;
use tasker_database::Database;
use tasker_engine::Engine;
use tasker_engine::claim::Claimed;
use tasker_engine::lease::WorkerFacts;
use tasker_engine::report::Completed;

const PARENTS: usize = 60;
const CHILDREN: usize = 40;
const RESULT_BYTES: usize = 1 << 20;
/// Results that each child asks for.
const ASKED: usize = 4;
/// What the host may grow by; all results for all children would be 2.4 GiB.
const GROWTH_MAX_MIB: u64 = 400;

fn yaml() -> String {
    let parents: Vec<String> = (0..PARENTS).map(|no| format!("p{no}")).collect();
    let parent = |name: &String| format!("  - {{name: {name}, handler: basics/sum}}\n");
    let (all, asked) = (parents.join(", "), parents[..ASKED].join(", "));
    let child = |no: usize| {
        format!(
            "  - {{name: c{no}, handler: basics/sum, depends_on: [{all}], config: {{of: [{asked}]}}}}\n"
        )
    };
    let steps: String = parents.iter().map(parent).collect();
    let children: String = (0..CHILDREN).map(child).collect();
    format!("steps:\n{steps}{children}")
}

/// The most that a process ever had in memory, in MiB.
fn peak_mib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line
        .unwrap()
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap();
    kib >> 10
}

/// The number one, in a megabyte.
fn completed(claimed: &Claimed) -> Completed {
    Completed {
        lease: claimed.lease,
        result: " ".repeat(RESULT_BYTES - 1) + "1",
        usage: None,
        events: Vec::new(),
    }
}

#[tokio::test]
async fn large_results_of_many_parents_are_held_by_no_host_for_all_their_children() {
    let database = TestDatabase::new().await;
    let api = TestHost::start_idle(&database).await;
    api.publish_component("basics", "1.0.0", basics()).await;
    api.publish_template("fan", &yaml()).await;
    let id = api.submit("fan", json!({})).await;
    let engine = Engine::new(Database::open_url(&database.url(), 2).unwrap());
    let by_hand = engine
        .register_worker("by-hand", 1, WorkerFacts::default())
        .await
        .unwrap();
    let parents = engine.advance(by_hand, &[], PARENTS).await.unwrap();
    assert_eq!(parents.len(), PARENTS);
    for parents in parents.chunks(10) {
        let results: Vec<Completed> = parents.iter().map(completed).collect();
        engine.complete_steps(by_hand, &results, 0).await.unwrap();
    }
    let directory = tempfile::tempdir().unwrap();
    let (host, _) = hosts::serve(directory.path(), 0, &database.url(), &["--no-worker"]).await;
    let idle = peak_mib(host.id().unwrap());
    drop(host);
    let (host, _) = hosts::serve(directory.path(), 1, &database.url(), &[]).await;
    let over = format!("select finished_at is not null from tasker.task where task_id = '{id}'");
    wait_until_sql(database.pool(), &over).await;
    let peak = peak_mib(host.id().unwrap());
    let right = format!("select bool_and(result::text = '{ASKED}') from tasker.step where is_sink");
    wait_until_sql(database.pool(), &right).await;
    assert!(
        peak < idle + GROWTH_MAX_MIB,
        "{idle} MiB at rest, {peak} MiB at most"
    );
}
