//! A partition that is archived as a whole, and then dropped.

use super::host;
use super::retention::{archived, keep_a_minute, make_old};
use crate::harness::{TestDatabase, TestHost, tasker, wait_until, wait_until_sql};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use std::collections::BTreeSet;
use std::path::Path;
use tasker_archive::{Archive, Location};
use tasker_database::Database;
use tasker_engine::Engine;
use tasker_tasks::retention::Retention;
use tokio::process::Command;

const ONE: &str = "steps: [{name: a, handler: basics/echo}]";

/// The history has a partition for what is old now.
const PARTITION: &str = "
    create table tasker.task_20240601 partition of tasker.task_history
      for values from ('018fd118-9400-0000-0000-000000000000') to ('01906b97-5c00-0000-0000-000000000000');
    create table tasker.step_20240601 partition of tasker.step_history
      for values from ('018fd118-9400-0000-0000-000000000000') to ('01906b97-5c00-0000-0000-000000000000');
    create table tasker.transition_20240601 partition of tasker.transition_history
      for values from ('018fd118-9400-0000-0000-000000000000') to ('01906b97-5c00-0000-0000-000000000000');
    create table tasker.attempt_log_20240601 partition of tasker.attempt_log
      for values from ('018fd118-9400-0000-0000-000000000000') to ('01906b97-5c00-0000-0000-000000000000');
    insert into tasker.partition (from_at, until_at, closed_at, summed_at, last_seq)
    values ('2024-06-01Z', '2024-07-01Z', now(), now(), 0)";

const ARCHIVED: &str =
    "select bool_or(archived_at is not null) from tasker.partition where closed_at is not null";
pub(crate) const DROPPED: &str = "select to_regclass('tasker.transition_20240601') is null";

async fn run(database: &TestDatabase, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(database.pool())
        .await
        .unwrap();
}

async fn count(database: &TestDatabase, table: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!(
        "select count(*) from tasker.{table}"
    )))
    .fetch_one(database.pool())
    .await
    .unwrap()
}

/// So many tasks that ended long ago, in a partition of the history that is due.
pub(crate) async fn old_tasks(database: &TestDatabase, tasks: usize) {
    let one = host(database).await;
    one.publish_template("one", ONE).await;
    for id in one.submit_all(&vec!["one"; tasks]).await {
        one.finished(&id).await;
    }
    one.host.stop().await.unwrap();
    make_old(database).await;
    keep_a_minute(database).await;
    run(database, PARTITION).await;
    run(database, "select tasker.return_carried(1000)").await;
    assert_eq!(count(database, "task_20240601").await, tasks as i64);
}

async fn is_archived(database: &TestDatabase) -> bool {
    sqlx::query_scalar(ARCHIVED)
        .fetch_one(database.pool())
        .await
        .unwrap()
}

async fn archive_all(database: &TestDatabase, retention: &Retention) {
    wait_until("all is archived", async || {
        retention.archive_partition().await.unwrap();
        is_archived(database).await.then_some(())
    })
    .await;
}

fn ids(lines: &[Value]) -> BTreeSet<String> {
    let id = |line: &Value| line["task"]["id"].as_str().unwrap().to_owned();
    lines.iter().map(id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partition_is_dropped_once_all_of_it_is_in_the_archive_and_no_task_is_there_twice() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("archive");
    old_tasks(&database, 7).await;
    let engine = Engine::new(Database::open_url(&database.url(), 8).unwrap());
    let archive = Archive::create(Location::Folder(folder.clone())).unwrap();

    // A host that dies before it notes what it has archived.
    let mut due = engine.partition_to_archive(4).await.unwrap();
    assert_eq!(due.tasks.task_ids.len(), 4);
    tasker_tasks::archive::write(&archive, &mut due.tasks)
        .await
        .unwrap();
    drop(due);
    assert_eq!(archived(&folder).len(), 4);
    engine.database().tidy_partitions(true).await.unwrap();
    assert_eq!(count(&database, "every_task").await, 7);

    // One that dies after it noted a part.
    let mut due = engine.partition_to_archive(4).await.unwrap();
    tasker_tasks::archive::write(&archive, &mut due.tasks)
        .await
        .unwrap();
    due.note_archived().await.unwrap();
    let retention = Retention::new(engine.clone(), Some(archive.clone()));
    archive_all(&database, &retention).await;
    assert_eq!(
        count(&database, "every_task").await,
        7,
        "nothing is deleted"
    );
    let lines = archived(&folder);
    assert_eq!((lines.len(), ids(&lines).len()), (7, 7));

    // It dies once more before it drops the partition; the next one does.
    engine.database().tidy_partitions(true).await.unwrap();
    assert_eq!(count(&database, "every_task").await, 0);
    assert_eq!(count(&database, "every_transition").await, 0);
    let dropped: bool = sqlx::query_scalar(DROPPED)
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert!(dropped);
    assert_eq!(archived(&folder).len(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_that_is_returned_to_an_archived_partition_is_archived_too_before_it_is_dropped() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("archive");
    old_tasks(&database, 3).await;
    let late = "
        update tasker.partition set archived_at = now(), archived_through = (select max(task_id::text)::uuid from tasker.task_history);
        with moved as (delete from tasker.transition_history where task_id = (select min(task_id::text)::uuid from tasker.task_history) returning *)
        insert into tasker.transition_carried select * from moved;
        with moved as (delete from tasker.step_history where task_id = (select min(task_id::text)::uuid from tasker.task_history) returning *)
        insert into tasker.step_carried select * from moved;
        with moved as (delete from tasker.task_history where task_id = (select min(task_id::text)::uuid from tasker.task_history) returning *)
        insert into tasker.task_carried select * from moved";
    run(&database, late).await;
    let engine = Engine::new(Database::open_url(&database.url(), 8).unwrap());
    let archive = Archive::create(Location::Folder(folder.clone())).unwrap();
    assert!(is_archived(&database).await);
    run(&database, "select tasker.return_carried(1000)").await;
    engine.database().tidy_partitions(true).await.unwrap();
    assert_eq!(
        count(&database, "every_task").await,
        3,
        "one is not archived"
    );
    let retention = Retention::new(engine.clone(), Some(archive));
    archive_all(&database, &retention).await;
    assert_eq!(ids(&archived(&folder)).len(), 3);
}

async fn shown(id: &str, archive: &Path) -> Value {
    let mut show = Command::new(tasker());
    show.args(["task", "show", id, "-o", "json", "--from"]);
    let output = show.arg(archive).output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_with_an_archive_archive_a_partition_drop_it_and_its_tasks_are_shown_from_there() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("archive");
    old_tasks(&database, 3).await;
    let place = Location::Folder(folder.clone());
    let host = TestHost::start_with(&database, |config| config.archive = Some(place)).await;
    wait_until_sql(database.pool(), DROPPED).await;
    for id in ids(&archived(&folder)) {
        let task = shown(&id, &folder).await;
        assert_eq!(
            (&task["id"], &task["state"]),
            (&json!(id), &json!("complete"))
        );
    }
    host.host.stop().await.unwrap();
}
