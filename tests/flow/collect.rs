//! Collection while hosts work: the timer, compiled code on disk, tasks that are created meanwhile.

use super::count_transitions;
use crate::harness::{TestDatabase, TestHost, wait_until, wait_until_sql};
use crate::sandbox::guests::{self, noted};
use serde_json::json;
use std::path::Path;
use std::time::Duration;
use tasker_domain::digest::Digest;
use tasker_registry::Registry;
use tempfile::TempDir;

const ONE: &str = "steps: [{name: a, handler: guest/echo, retry: {max_attempts: 1}}]";

/// A host that shares no compiled code with any other.
async fn apart(database: &TestDatabase, collect_after: Option<Duration>) -> (TestHost, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_owned();
    let host = TestHost::start_with(database, |config| {
        config.data_dir = data_dir;
        config.maintenance.collect_after = collect_after;
    });
    (host.await, folder)
}

fn bytes(note: &str) -> Vec<u8> {
    noted(guests::undescribed(), note)
}

fn has_compiled(folder: &TempDir, bytes: &[u8]) -> bool {
    let begins = Digest::of(bytes).to_string();
    let files = std::fs::read_dir(folder.path().join("cache")).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .any(|name| name.starts_with(&begins) && name.ends_with(".cwasm"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_collects_by_itself_and_every_host_removes_the_compiled_code() {
    let database = TestDatabase::new().await;
    let (one, here) = apart(&database, Some(Duration::from_millis(100))).await;
    let (_other, there) = apart(&database, Some(Duration::from_millis(100))).await;
    one.publish_component("guest", "1.0.0", &bytes("first"))
        .await;
    one.pin_component("guest", "=1.0.0").await;
    one.publish_component("guest", "1.1.0", &bytes("second"))
        .await;
    wait_until("both hosts have compiled both", async || {
        let all = [&here, &there].iter().all(|folder| {
            [bytes("first"), bytes("second")]
                .iter()
                .all(|it| has_compiled(folder, it))
        });
        all.then_some(())
    })
    .await;
    one.delete("/v1/namespaces/shop/pins/component/guest").await;
    wait_until("both hosts have removed it", async || {
        let none = [&here, &there]
            .iter()
            .all(|folder| !has_compiled(folder, &bytes("first")));
        none.then_some(())
    })
    .await;
    assert!(has_compiled(&here, &bytes("second")));
    let (status, told) = one
        .get("/v1/audit?action=component.collect&namespace=shop")
        .await;
    assert_eq!((status, &told["items"][0]["actor"]), (200, &json!("host")));
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_that_are_created_while_versions_are_collected_all_end_right() {
    let database = TestDatabase::new().await;
    let (one, _here) = apart(&database, None).await;
    let (other, _there) = apart(&database, None).await;
    one.publish_component("guest", "1.0.0", &bytes("0")).await;
    one.publish_template("one", ONE).await;
    let mut collected = 0;
    for round in 1..=8 {
        // Tasks go on being created with the last version while the next makes it collectable.
        let submitting = async {
            for _ in 0..10 {
                other.submit_all(&["one"; 5]).await;
            }
        };
        let collecting = async {
            let version = format!("1.0.{round}");
            one.publish_component("guest", &version, &bytes(&version))
                .await;
            let mut found = 0;
            for _ in 0..10 {
                let (status, answer) = one
                    .post("/v1/collections", &json!({"older_than_ms": 0}))
                    .await;
                assert_eq!(status, 200, "{answer}");
                found += answer["versions"].as_array().unwrap().len();
            }
            found
        };
        collected += tokio::join!(submitting, collecting).1;
    }
    let over = "select bool_and(state = 'complete') from tasker.task";
    wait_until_sql(database.pool(), over).await;
    assert_eq!(count_transitions(&database, "complete").await, (400, 400));
    assert!(collected > 0, "nothing was ever collected");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compiled_code_beyond_its_room_goes_but_not_that_of_open_tasks() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().to_owned();
    // It runs nothing, so that the task stays open.
    let host = TestHost::start_with(&database, |config| {
        config.data_dir = data_dir;
        config.worker = None;
    })
    .await;
    host.publish_component("guest", "1.0.0", &bytes("held"))
        .await;
    host.publish_template("one", ONE).await;
    host.submit("one", json!({})).await;
    for patch in 1..4 {
        let version = format!("1.0.{patch}");
        host.publish_component("guest", &version, &bytes(&version))
            .await;
    }
    let registry = Registry::new(host.host.engine.clone(), host.host.sandbox.clone());
    assert_eq!(registry.sweep(u64::MAX).await.unwrap(), 0);
    let all = size_of_code(folder.path());
    assert_eq!(registry.sweep(all - 1).await.unwrap(), 1);
    assert!(
        !has_compiled(&folder, &bytes("1.0.1")),
        "the oldest goes first"
    );
    assert!(has_compiled(&folder, &bytes("held")));
    assert_eq!(registry.sweep(0).await.unwrap(), 2);
    assert!(has_compiled(&folder, &bytes("held")));
}

fn size_of_code(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder.join("cache")).unwrap();
    let files = files.map(|file| file.unwrap());
    files
        .filter(|file| file.file_name().to_string_lossy().ends_with(".cwasm"))
        .map(|file| file.metadata().unwrap().len())
        .sum()
}
