//! Archives in an object store that is away at first.

use super::serve::Serve;
use super::server::Site;
use crate::flow::partition_archive::{self, DROPPED};
use crate::flow::retention::make_old;
use crate::harness::{
    S3Server, TestDatabase, TestHost, basics, tasker, wait_until, wait_until_sql,
};
use serde_json::{Value, json};
use tokio::process::Command;

const BUCKET: &str = "archive";
const PLACE: &str = "s3://archive/tasks/of-shop";

/// Of a result, in bytes: half as many when it is compressed.
const RESULT_BYTES: usize = 1 << 20;
/// More than an archive sends in one part.
const STEPS: usize = 24;

/// Tasks that ended long ago: three small ones, and one with large results, which is the last.
async fn old_tasks(database: &TestDatabase) -> Vec<String> {
    let host = TestHost::start(database).await;
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("one", "steps: [{name: a, handler: basics/noop}]")
        .await;
    let step = |no: usize| format!("  - {{name: s{no}, handler: basics/noop}}\n");
    let steps: String = (0..STEPS).map(step).collect();
    host.publish_template("wide", &format!("steps:\n{steps}"))
        .await;
    for _ in 0..3 {
        host.run("one", json!({})).await;
    }
    host.run("wide", json!({"n": 1})).await;
    let (status, set) = host
        .put("/v1/retention", &json!({"complete_ms": 60_000}))
        .await;
    assert_eq!(status, 200, "{set}");
    host.host.stop().await.unwrap();
    let fill = format!(
        "with payload as materialized (
           select to_json(substr(string_agg(md5(random()::text), ''), 1, {RESULT_BYTES} - 2)) as it
           from generate_series(1, {RESULT_BYTES} / 32) n)
         update tasker.step s set result = p.it
         from payload p, tasker.task t
         join tasker.template using (template_id)
         where t.task_id = s.task_id and name = 'wide'"
    );
    let filled = sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(database.pool());
    filled.await.unwrap();
    make_old(database).await;
    sqlx::query_scalar("select task_id::text from tasker.task order by created_at")
        .fetch_all(database.pool())
        .await
        .unwrap()
}

async fn left(database: &TestDatabase) -> i64 {
    sqlx::query_scalar("select count(*) from tasker.task")
        .fetch_one(database.pool())
        .await
        .unwrap()
}

async fn shown(id: &str, port: u16) -> (Option<i32>, Value) {
    let mut show = Command::new(tasker());
    show.args(["task", "show", id, "--from", PLACE, "-o", "json"]);
    let output = show.envs(S3Server::variables(port)).output().await.unwrap();
    let task = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), task)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_are_archived_in_an_object_store_once_it_is_there_and_read_from_it() {
    let (site, database) = (Site::new(), TestDatabase::new().await);
    let tasks = old_tasks(&database).await;
    let port = S3Server::free_port();
    let url = database.url();
    let mut host = Serve::new(&site).arguments(&["--database-url", &url, "--archive", PLACE]);
    for (name, value) in S3Server::variables(port) {
        host = host.variable(name, &value);
    }
    let mut host = host.start().await;
    wait_until("the host says that it cannot archive", async || {
        let logged = host.logged();
        logged
            .contains("finished tasks were not deleted")
            .then_some(())
    })
    .await;
    assert_eq!(left(&database).await, 4);

    let store = S3Server::start(port, BUCKET).await;
    wait_until("all are deleted", async || {
        (left(&database).await == 0).then_some(())
    })
    .await;
    let names = store.names(BUCKET).await;
    assert!(!names.is_empty());
    for name in &names {
        assert!(name.starts_with("tasks/of-shop/20"), "{name}");
        assert!(name.ends_with(".jsonl.gz"), "{name}");
    }
    for id in &tasks[..3] {
        let (code, task) = shown(id, port).await;
        assert_eq!((code, &task["id"]), (Some(0), &json!(id)));
    }
    let (_, wide) = shown(&tasks[3], port).await;
    let steps = wide["steps"].as_array().unwrap();
    assert_eq!(steps.len(), STEPS);
    for step in steps {
        assert_eq!(step["result"].as_str().unwrap().len(), RESULT_BYTES - 2);
    }
    assert_eq!(
        shown("0190aaaa-0000-7000-8000-000000000000", port).await.0,
        Some(3)
    );
    host.ask_to_stop();
    assert!(host.ended().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partition_is_archived_as_a_whole_in_an_object_store_and_then_dropped() {
    let (site, database) = (Site::new(), TestDatabase::new().await);
    partition_archive::old_tasks(&database, 3).await;
    let ids: Vec<String> = sqlx::query_scalar("select task_id::text from tasker.every_task")
        .fetch_all(database.pool())
        .await
        .unwrap();
    let port = S3Server::free_port();
    let _store = S3Server::start(port, BUCKET).await;
    let url = database.url();
    let mut host = Serve::new(&site).arguments(&["--database-url", &url, "--archive", PLACE]);
    for (name, value) in S3Server::variables(port) {
        host = host.variable(name, &value);
    }
    let mut host = host.start().await;
    wait_until_sql(database.pool(), DROPPED).await;
    for id in ids {
        let (code, task) = shown(&id, port).await;
        assert_eq!((code, &task["id"]), (Some(0), &json!(id)));
    }
    host.ask_to_stop();
    assert!(host.ended().await);
}
