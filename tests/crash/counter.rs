//! A component that counts the tasks that ended, whatever is killed.

use super::load;
use crate::harness::{client, wait_up_to};
use crate::sandbox::guests;
use serde_json::{Value, json};
use sqlx::PgPool;
use std::time::Duration;

/// A host that is killed keeps its subscriptions for 30 seconds, and what came meanwhile is counted one by one.
const PATIENCE: Duration = Duration::from_secs(300);

const COUNTED: &str = "
    select coalesce(max(k.value::text::bigint), 0) from tasker.kv k where k.bucket = 'counts' and k.key = 'total'";
const TASKS: &str = "select count(*) from tasker.task";

/// Publishes the component, and has it called with the end of each task.
pub async fn subscribe(url: &str) {
    let (client, namespace) = (client(), format!("{url}/v1/namespaces/crash"));
    let grant = json!({"component": "counter", "capability": "kv counts"});
    let grants = client.post(format!("{namespace}/grants")).json(&grant);
    assert!(grants.send().await.unwrap().status().is_success());
    let version = format!("{namespace}/components/counter/versions/1.0.0");
    let bytes = guests::subscribing().to_owned();
    load::put(&client, &version, "application/wasm", bytes).await;
    let body = json!({
        "to": "component:counter/count", "types": "task.completed", "from": "2000-01-01T00:00:00Z",
    });
    let subscription = client
        .put(format!("{namespace}/subscriptions/counter"))
        .json(&body);
    assert!(subscription.send().await.unwrap().status().is_success());
}

/// Waits until all that ended is counted, and tells what was counted wrongly: in all, and of single tasks.
pub async fn end(pool: &PgPool) -> Value {
    let count = async |query: &'static str| -> i64 {
        sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
    };
    let tasks = count(TASKS).await;
    wait_up_to(PATIENCE, "all tasks that ended are counted", async || {
        (count(COUNTED).await >= tasks).then_some(())
    })
    .await;
    let of_tasks = "select count(*) from tasker.task t
         where not exists (select from tasker.kv k
                           where k.bucket = 'counts' and k.key = t.task_id::text and k.value::text = '1')";
    json!({
        "tasks_counted_too_often_by_component": count(COUNTED).await - tasks,
        "tasks_not_counted_once_by_component": count(of_tasks).await,
    })
}
