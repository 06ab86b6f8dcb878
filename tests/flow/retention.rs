//! Hosts delete finished tasks that their namespaces keep no longer.

use super::host;
use crate::harness::{TestDatabase, TestHost, wait_until};
use serde_json::json;

const ONE: &str = "steps: [{name: a, handler: basics/noop}]";

/// Moves all finished tasks into the year 2024, as if they had been created and ended then.
pub async fn make_old(database: &TestDatabase) {
    let id = "('0190000000007000' || substr(replace(task_id::text, '-', ''), 17))::uuid";
    for statement in [
        format!("update tasker.transition set task_id = {id}, at = at - interval '2 years'"),
        format!("update tasker.step set task_id = {id}"),
        format!(
            "update tasker.task set task_id = {id}, created_at = created_at - interval '2 years',
                                    finished_at = finished_at - interval '2 years'"
        ),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(database.pool())
            .await
            .unwrap();
    }
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
