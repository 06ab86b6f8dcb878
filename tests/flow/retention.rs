//! Hosts delete finished tasks that their namespaces keep no longer.

use super::host;
use crate::harness::{TestDatabase, TestHost, run_python, wait_until};
use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tasker_archive::{Archive, Location};
use tasker_database::Database;
use tasker_engine::Engine;
use tasker_tasks::retention::Retention;

const ONE: &str = "steps: [{name: a, handler: basics/noop}]";

const ECHO: &str = "
steps:
  - {name: a, handler: basics/echo}
  - {name: b, handler: basics/echo, depends_on: [a]}";

/// Tasks by template: how many, of how many steps, and what a member of their inputs comes to.
const DUCKDB: &str = "
import duckdb, json, sys
files = sys.argv[1] + '/*/*.jsonl.gz'
print(json.dumps(duckdb.execute('''
    select task.template, count(*), sum(len(steps))::int, sum((task.input->>'amount')::int)::int
    from (select distinct on (task.id) * from read_json(?, format = 'newline_delimited'))
    where task.state = 'complete'
    group by task.template order by task.template''', [files]).fetchall()))";

/// Moves all tasks into the year 2024, as if they had been created and ended then.
pub(crate) async fn make_old(database: &TestDatabase) {
    make_old_in(database.pool()).await;
}

/// The same for a database of any server.
pub(crate) async fn make_old_in(pool: &PgPool) {
    let id = "('0190000000007000' || substr(replace(task_id::text, '-', ''), 17))::uuid";
    for statement in [
        format!("update tasker.transition set task_id = {id}, at = at - interval '2 years'"),
        format!("update tasker.step set task_id = {id}"),
        format!("update tasker.attempt_log set task_id = {id}"),
        format!(
            "update tasker.task set task_id = {id}, created_at = created_at - interval '2 years',
                                    finished_at = finished_at - interval '2 years'"
        ),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(pool)
            .await
            .unwrap();
    }
}

/// Has the namespace keep complete tasks for a minute, without a host.
pub(super) async fn keep_a_minute(database: &TestDatabase) {
    sqlx::raw_sql(
        "insert into tasker.retention (namespace_id, state, keep_ms, set_by, walk_at)
         select namespace_id, 'complete', 60000, 'ada', now() from tasker.namespace where name = 'shop'",
    )
    .execute(database.pool())
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_delete_old_tasks_once_the_namespace_says_so_and_keep_young_ones() {
    let database = TestDatabase::new().await;
    let one = host(&database).await;
    let other = TestHost::start(&database).await;
    one.publish_template("one", ONE).await;
    for id in one.submit_all(&["one"; 20]).await {
        one.finished(&id).await;
    }
    make_old(&database).await;
    let young = one.run("one", json!({})).await;
    let rule = json!({"complete_ms": 86_400_000});
    let (status, set) = other.put("/v1/namespaces/shop/retention", &rule).await;
    assert_eq!(status, 200, "{set}");
    wait_until("the old tasks are deleted", async || {
        let (_, tasks) = one.get("/v1/tasks").await;
        (tasks["items"].as_array()?.len() == 1).then_some(())
    })
    .await;
    one.task(young["id"].as_str().unwrap()).await;
    let rest = "select count(distinct task_id) from tasker.transition";
    let rest: i64 = sqlx::query_scalar(rest)
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!(rest, 1, "only the young one has a log");
    one.host.stop().await.unwrap();
    other.host.stop().await.unwrap();
}

/// The lines of all files of an archive.
pub(super) fn archived(folder: &Path) -> Vec<Value> {
    let mut lines = Vec::new();
    for day in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(day.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            assert!(path.to_str().unwrap().ends_with(".jsonl.gz"), "{path:?}");
            let mode = path.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let text = BufReader::new(MultiGzDecoder::new(File::open(path).unwrap()));
            lines.extend(
                text.lines()
                    .map(|line| serde_json::from_str::<Value>(&line.unwrap()).unwrap()),
            );
        }
    }
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_archived_and_not_deleted_is_archived_again_and_nothing_is_lost() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let one = host(&database).await;
    one.publish_template("one", ONE).await;
    let tasks = one.submit_all(&["one"; 70]).await;
    for id in &tasks {
        one.finished(id).await;
    }
    one.host.stop().await.unwrap();
    make_old(&database).await;
    keep_a_minute(&database).await;
    let engine = Engine::new(Database::open_url(&database.url(), 8).unwrap());
    let archive = Archive::create(Location::Folder(folder.path().join("archive"))).unwrap();

    // The host dies behind the first: what it has locked is free again, and it has deleted nothing.
    let mut due = engine.due_tasks(50, false).await.unwrap();
    assert_eq!(due.task_ids.len(), 50);
    tasker_tasks::archive::write(&archive, &mut due)
        .await
        .unwrap();
    drop(due);
    assert_eq!(archived(&folder.path().join("archive")).len(), 50);

    let retention = Retention::new(engine, Some(archive));
    wait_until("all are deleted", async || {
        let batch = retention.delete_batch().await.unwrap();
        let left = "select count(*) from tasker.task";
        let left = sqlx::query_scalar::<_, i64>(left).fetch_one(database.pool());
        (!batch.is_more_due && left.await.unwrap() == 0).then_some(())
    })
    .await;
    let lines = archived(&folder.path().join("archive"));
    let ids = lines
        .iter()
        .map(|line| line["task"]["id"].as_str().unwrap());
    let ids: std::collections::BTreeSet<&str> = ids.collect();
    assert_eq!(ids.len(), tasks.len());
    for line in &lines {
        assert_eq!(line["steps"][0]["state"], "complete");
        assert_eq!(line["log"].as_array().unwrap().len(), 5, "{line}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duckdb_reads_the_archive_as_it_is() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let one = host(&database).await;
    one.publish_template("one", ONE).await;
    one.publish_template("echo", ECHO).await;
    for _ in 0..3 {
        one.run("one", json!({})).await;
    }
    let input = json!({"amount": 7, "of": ["a", null]});
    one.run("echo", input).await;
    make_old(&database).await;
    one.host.stop().await.unwrap();
    keep_a_minute(&database).await;
    let engine = Engine::new(Database::open_url(&database.url(), 8).unwrap());
    let location = Location::Folder(folder.path().to_owned());
    let retention = Retention::new(engine, Some(Archive::create(location).unwrap()));
    wait_until("all are deleted", async || {
        let left = "select count(*) from tasker.task";
        retention.delete_batch().await.unwrap();
        let left = sqlx::query_scalar::<_, i64>(left).fetch_one(database.pool());
        (left.await.unwrap() == 0).then_some(())
    })
    .await;
    let read = run_python(DUCKDB, &[folder.path().to_str().unwrap()]);
    let read: Value = serde_json::from_str(&read).unwrap();
    assert_eq!(read, json!([["echo", 1, 2, 7], ["one", 3, 3, null]]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_deleted_that_cannot_be_archived() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let one = host(&database).await;
    one.publish_template("one", ONE).await;
    one.run("one", json!({})).await;
    make_old(&database).await;
    one.host.stop().await.unwrap();
    keep_a_minute(&database).await;
    let engine = Engine::new(Database::open_url(&database.url(), 8).unwrap());
    let archive = Archive::create(Location::Folder(folder.path().join("archive"))).unwrap();
    // A file stands where the archive was.
    std::fs::remove_dir(folder.path().join("archive")).unwrap();
    std::fs::write(folder.path().join("archive"), "").unwrap();
    let refused = Retention::new(engine, Some(archive)).delete_batch().await;
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .contains("cannot be written")
    );
    let left = "select count(*) from tasker.task";
    let left: i64 = sqlx::query_scalar(left)
        .fetch_one(database.pool())
        .await
        .unwrap();
    assert_eq!(left, 1);
}
