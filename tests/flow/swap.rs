//! Versions that are changed while tasks run.

use super::count_transitions;
use crate::harness::{TestDatabase, TestHost, wait_until, wait_until_sql};
use crate::sandbox::guests::{self, noted};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use tasker_domain::digest::Digest;
use tempfile::TempDir;

/// How often the version is swapped under load, each time as soon as some step has run the last one.
const SWAPS: u32 = 15;
/// True while tasks may be added to those that are open.
const FEW_OPEN: &str = "select count(*) < 200 from tasker.task where finished_at is null";

/// A host that shares no compiled code with any other.
async fn apart(database: &TestDatabase) -> (TestHost, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_owned();
    let host = TestHost::start_with(database, |config| config.data_dir = data_dir).await;
    (host, folder)
}

fn has_compiled(folder: &Path, digest: Digest) -> bool {
    let files = std::fs::read_dir(folder.join("cache")).unwrap();
    let begins = digest.to_string();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .any(|name| name.starts_with(&begins) && name.ends_with(".cwasm"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_published_is_compiled_by_every_host_before_a_task_asks_for_it() {
    let database = TestDatabase::new().await;
    let (one, _) = apart(&database).await;
    let (_other, folder) = apart(&database).await;
    let bytes = noted(guests::undescribed(), "nobody has compiled this");
    one.publish_component("guest", "1.0.0", &bytes).await;
    wait_until("the other host has compiled it", async || {
        has_compiled(folder.path(), Digest::of(&bytes)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn swapping_versions_under_load_fails_loses_and_repeats_no_step() {
    let database = TestDatabase::new().await;
    let (one, _folder) = apart(&database).await;
    let (_other, _folder) = apart(&database).await;
    let publish = async |patch: u32| {
        let bytes = noted(guests::undescribed(), &format!("patch {patch}"));
        one.publish_component("guest", &format!("1.0.{patch}"), &bytes)
            .await;
    };
    publish(0).await;
    let yaml = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: guest/echo@^1}
  - {name: b, handler: guest/echo@^1, depends_on: [a]}
";
    one.publish_template("pair", yaml).await;
    let is_over = AtomicBool::new(false);
    let swapping = async {
        for patch in 1..=SWAPS {
            publish(patch).await;
            let has_run = format!(
                "select exists (select from tasker.ledger where component_version = '1.0.{patch}')"
            );
            wait_until_sql(database.pool(), &has_run).await;
        }
        is_over.store(true, Ordering::Relaxed);
    };
    let submitting = async {
        let mut tasks = 0;
        while !is_over.load(Ordering::Relaxed) {
            tasks += one.submit_all(&["pair"; 20]).await.len();
            // What waits in line would keep a busy machine from the newest tasks.
            wait_until_sql(database.pool(), FEW_OPEN).await;
        }
        i64::try_from(tasks).unwrap()
    };
    let ((), tasks) = tokio::join!(swapping, submitting);
    let over = "select bool_and(state = 'complete') from tasker.task";
    wait_until_sql(database.pool(), over).await;
    let steps = 2 * tasks;
    assert_eq!(
        count_transitions(&database, "complete").await,
        (steps, steps)
    );
    assert_eq!(
        count_transitions(&database, "running").await,
        (steps, steps)
    );
    let versions: i64 = sqlx::query_scalar(
        "select count(distinct e.component_version_id) from tasker.task t
         join tasker.lock_entry e using (lock_id)",
    )
    .fetch_one(database.pool())
    .await
    .unwrap();
    assert!(versions >= i64::from(SWAPS), "{versions}");
}
