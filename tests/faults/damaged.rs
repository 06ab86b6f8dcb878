//! A database that lost a block.

use super::server::{Server, Site};
use crate::harness::{TestHost, basics, wait_until_sql};
use serde_json::json;

const STEPS: &str = "steps: [{name: a, handler: basics/sum, config: {value: 7}}]";

/// Has the task's input be damaged: whoever reads it gets an error.
async fn damage_input(server: &Server, task: &str) {
    // Too much for its row, and nothing that can be compressed.
    let large = format!(
        "update tasker.task set input = (
           select to_json(string_agg(md5(n::text), '')) from generate_series(1, 500) n)
         where task_id = '{task}'"
    );
    server.run(&large).await;
    let of_task = format!(
        "where oid = (select c.reltoastrelid from pg_class c
                      join tasker.task t on t.tableoid = c.oid where t.task_id = '{task}')"
    );
    let toast: String = server
        .ask(&format!(
            "select oid::regclass::text from pg_class {of_task}"
        ))
        .await;
    // PostgreSQL lets nobody write to it as what it is.
    for statement in [
        format!("update pg_class set relkind = 'r' {of_task}"),
        format!("delete from {toast}"),
        format!("update pg_class set relkind = 't' {of_task}"),
    ] {
        server.run(&statement).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_whose_input_is_damaged_harms_no_other() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let pool = site.pool();
    let api = TestHost::start_at(site.url(), |config| config.worker = None).await;
    api.publish_component("basics", "1.0.0", basics()).await;
    api.publish_template("one", STEPS).await;
    // The damaged one is claimed with others, then by itself.
    for others in [2, 0] {
        let ids = api.submit_all(&vec!["one"; others + 1]).await;
        damage_input(&server, &ids[0]).await;
        let worker = TestHost::start_at(site.url(), |_| {}).await;
        for id in &ids[1..] {
            assert_eq!(api.finished(id).await["result"], 7);
        }
        let is_postponed = format!(
            "select count(*) > 0 from tasker.step where task_id = '{}'
             and error ->> 'code' = 'cannot_be_claimed' and error ->> 'message' like '%SQLSTATE XX001%'",
            ids[0]
        );
        wait_until_sql(&pool, &is_postponed).await;
        assert_eq!(api.run("one", json!({})).await["result"], 7);
        worker.host.stop().await.unwrap();
    }
    api.host.stop().await.unwrap();
}
