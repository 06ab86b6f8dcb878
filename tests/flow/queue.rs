//! The queue: turns of namespaces, pauses and weights, as operators see them.

use super::host;
use crate::harness::{TestDatabase, TestHost, basics, wait_until};
use serde_json::{Value, json};
use std::time::Duration;

const NAP: &str = "steps: [{name: a, handler: shop/basics/echo}]\n";

async fn publish_in(host: &TestHost, namespace: &str) {
    let yaml = format!("namespace: {namespace}\nname: one\nversion: 1.0.0\n{NAP}");
    host.publish_yaml(namespace, "one", &yaml).await;
}

async fn submit_in(host: &TestHost, namespace: &str) -> String {
    let body = json!({"namespace": namespace, "template": "one", "input": 1});
    let (status, created) = host.post("/v1/tasks", &body).await;
    assert_eq!(status, 201, "{created}");
    created["task"]["id"].as_str().unwrap().to_owned()
}

async fn change(host: &TestHost, change: Value) -> Value {
    let (status, queue) = host.patch("/v1/namespaces/shop/queue", &change).await;
    assert_eq!(status, 200, "{queue}");
    queue
}

#[tokio::test]
async fn a_single_step_does_not_wait_for_all_that_another_namespace_has_to_do() {
    let database = TestDatabase::new().await;
    let idle = TestHost::start_idle(&database).await;
    idle.publish_component("basics", "1.0.0", basics()).await;
    idle.share("basics", "other").await;
    publish_in(&idle, "shop").await;
    publish_in(&idle, "other").await;
    let many = idle.submit_all(&["one"; 300]).await;
    let single = submit_in(&idle, "other").await;
    let _worker = TestHost::start_with(&database, |config| {
        config.worker.as_mut().unwrap().slots = 2;
    })
    .await;
    for task in &many {
        idle.finished(task).await;
    }
    idle.finished(&single).await;
    let before: i64 = sqlx::query_scalar(
        "select count(*) from tasker.step s, tasker.step o
         where o.task_id = $1::uuid and s.started_at < o.started_at",
    )
    .bind(&single)
    .fetch_one(database.pool())
    .await
    .unwrap();
    assert!(before < 10, "{before} steps went before it");
}

#[tokio::test]
async fn of_a_paused_namespace_nothing_is_started_until_it_is_resumed() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    host.share("basics", "other").await;
    publish_in(&host, "shop").await;
    publish_in(&host, "other").await;
    let paused = change(&host, json!({"is_paused": true, "reason": "maintenance"})).await;
    assert_eq!(paused["is_paused"], true);
    let waiting = submit_in(&host, "shop").await;
    let other = submit_in(&host, "other").await;
    host.finished(&other).await;
    assert_eq!(host.task(&waiting).await["state"], "pending");
    let (_, list) = host.get("/v1/queue?namespace=shop").await;
    let queue = &list["items"][0];
    assert_eq!((&queue["due"], &queue["later"]), (&json!(1), &json!(0)));
    assert!(queue["oldest_due_at"].is_string(), "{queue}");
    change(&host, json!({"is_paused": false})).await;
    assert_eq!(host.finished(&waiting).await["state"], "complete");
    let (_, log) = host.get("/v1/audit?namespace=shop&action=queue").await;
    let actions: Vec<&Value> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["action"])
        .collect();
    assert_eq!(actions, ["queue.resume", "queue.pause"]);
}

#[tokio::test]
async fn a_weight_is_checked_and_nothing_set_leaves_no_trace() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_idle(&database).await;
    let path = "/v1/namespaces/shop/queue";
    for (body, wrong) in [
        (json!({"weight": 0}), "0 is not from 1 to 100"),
        (json!({"weight": 101}), "101 is not from 1 to 100"),
        (json!({}), "is_paused"),
    ] {
        let (status, problem) = host.patch(path, &body).await;
        assert_eq!(status, 400, "{problem}");
        assert!(
            problem["detail"].as_str().unwrap().contains(wrong),
            "{problem}"
        );
    }
    let same = change(&host, json!({"weight": 1})).await;
    assert_eq!(same["set_at"], Value::Null, "it is what it was");
    let set = change(&host, json!({"weight": 5})).await;
    assert_eq!(
        (&set["weight"], &set["set_by"]),
        (&json!(5), &json!("admin"))
    );
    let (_, list) = host.get("/v1/queue").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
}

/// What a host reads of the queue's index for each task, one after the other, while an old snapshot keeps
/// what was taken from the queue.
#[tokio::test]
async fn an_old_snapshot_does_not_have_a_host_read_what_was_claimed_long_ago() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    publish_in(&host, "shop").await;
    let first = submit_in(&host, "shop").await;
    host.finished(&first).await;
    let mut old = database.pool().begin().await.unwrap();
    let sql = "set transaction isolation level repeatable read; select from tasker.queue";
    sqlx::raw_sql(sql).execute(&mut *old).await.unwrap();
    let gone = "with n as (select namespace_id from tasker.namespace where name = 'shop')
                insert into tasker.queue (namespace_id, ready_at, task_id, step_no)
                select n.namespace_id, now() - interval '1 hour', gen_random_uuid(), 0
                from n, generate_series(1, 20000);
                delete from tasker.queue";
    sqlx::raw_sql(gone).execute(database.pool()).await.unwrap();
    wait_until("the host has a mark and reads little", async || {
        let before = entries_read(&database).await;
        for _ in 0..20 {
            let task = submit_in(&host, "shop").await;
            host.finished(&task).await;
        }
        // Without marks each claim reads 20,000 entries and more.
        let read = entries_read(&database).await - before;
        (0 < read && read < 100_000).then_some(())
    })
    .await;
    // Moved below the mark, beside what was claimed.
    change(&host, json!({"is_paused": true})).await;
    let moved = submit_in(&host, "shop").await;
    let back = "update tasker.step set ready_at = ready_at - interval '30 seconds' where ready_at is not null;
                update tasker.queue set ready_at = ready_at - interval '30 seconds'";
    sqlx::raw_sql(back).execute(database.pool()).await.unwrap();
    change(&host, json!({"is_paused": false})).await;
    assert_eq!(host.finished(&moved).await["state"], "complete");
}

async fn entries_read(database: &TestDatabase) -> i64 {
    sqlx::query_scalar(
        "select idx_tup_read from pg_stat_user_indexes where indexrelname = 'queue_pkey'",
    )
    .fetch_one(database.pool())
    .await
    .unwrap()
}

#[tokio::test]
async fn a_slot_of_a_limited_namespace_that_comes_free_wakes_a_host_that_sleeps() {
    let database = TestDatabase::new().await;
    let one = host(&database).await;
    let yaml = "
steps:
  - {name: a, handler: basics/sleep, config: {ms: 1500}}
";
    one.publish_template("nap", yaml).await;
    publish_in(&one, "shop").await;
    let first = one.submit("nap", json!({})).await;
    one.step_in(&first, "a", "running").await;
    // What runs already counts.
    let limited = change(&one, json!({"max_running": 1})).await;
    assert_eq!(limited["max_running"], 1);
    let waiting = submit_in(&one, "shop").await;
    let (_, hosts) = one.get("/v1/hosts?limit=1").await;
    let drained = format!("/v1/hosts/{}/drain", hosts["items"][0]["id"]);
    assert_eq!(one.post(&drained, &json!({})).await.0, 200);
    let other = TestHost::start_with(&database, |config| {
        let worker = config.worker.as_mut().unwrap();
        worker.poll_interval = Duration::from_secs(600);
    })
    .await;
    one.finished(&first).await;
    assert_eq!(other.finished(&waiting).await["state"], "complete");
    let (first, waiting) = (one.task(&first).await, one.task(&waiting).await);
    assert!(first["finished_at"].as_str() <= waiting["steps"][0]["started_at"].as_str());
}

#[tokio::test]
async fn a_limit_is_set_checked_shown_and_removed() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_idle(&database).await;
    let path = "/v1/namespaces/shop/queue";
    for wrong in [0, 1001] {
        let (status, problem) = host.patch(path, &json!({"max_running": wrong})).await;
        assert_eq!(status, 400, "{problem}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("is not from 1 to 1000"), "{problem}");
    }
    assert_eq!(
        change(&host, json!({"max_running": 7})).await["max_running"],
        7
    );
    let kept = change(&host, json!({"weight": 2})).await;
    assert_eq!(
        (&kept["max_running"], &kept["weight"]),
        (&json!(7), &json!(2))
    );
    let removed = change(&host, json!({"max_running": null})).await;
    assert_eq!(removed["max_running"], Value::Null);
    let (_, log) = host
        .get("/v1/audit?namespace=shop&action=queue.limit")
        .await;
    let details: Vec<&Value> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["detail"])
        .collect();
    assert_eq!(
        details,
        [
            &json!({"from": 7, "to": null}),
            &json!({"from": null, "to": 7})
        ]
    );
}

#[tokio::test]
async fn a_step_that_the_queue_lost_is_put_back_and_runs() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    publish_in(&host, "shop").await;
    change(&host, json!({"is_paused": true})).await;
    let lost = submit_in(&host, "shop").await;
    sqlx::raw_sql("delete from tasker.queue")
        .execute(database.pool())
        .await
        .unwrap();
    change(&host, json!({"is_paused": false})).await;
    assert_eq!(host.finished(&lost).await["state"], "complete");
}

#[tokio::test]
async fn a_task_has_the_priority_of_its_submit_or_else_of_its_template() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = format!("namespace: shop\nname: one\nversion: 1.0.0\npriority: 7\n{NAP}");
    host.publish_yaml("shop", "one", &yaml).await;
    for (asked, priority) in [(Value::Null, 7), (json!(0), 0), (json!(9), 9)] {
        let body = json!({"namespace": "shop", "template": "one", "input": 1, "priority": asked});
        let (status, created) = host.post("/v1/tasks", &body).await;
        assert_eq!(status, 201, "{created}");
        assert_eq!(created["task"]["priority"], priority);
        let finished = host.finished(created["task"]["id"].as_str().unwrap()).await;
        assert_eq!(
            (&finished["state"], &finished["priority"]),
            (&json!("complete"), &json!(priority))
        );
    }
    let body = json!({"namespace": "shop", "template": "one", "priority": 10});
    let (status, problem) = host.post("/v1/tasks", &body).await;
    assert_eq!(status, 400, "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("from 0, the lowest, to 9"), "{problem}");
}

#[tokio::test]
async fn a_step_of_one_queue_key_does_not_wait_for_all_of_another() {
    let database = TestDatabase::new().await;
    let idle = TestHost::start_idle(&database).await;
    idle.publish_component("basics", "1.0.0", basics()).await;
    let yaml =
        format!("namespace: shop\nname: keyed\nversion: 1.0.0\nqueue_key: /customer/id\n{NAP}");
    idle.publish_yaml("shop", "keyed", &yaml).await;
    let task = |customer: &str| json!({"namespace": "shop", "template": "keyed", "input": {"customer": {"id": customer}}});
    let mut tasks = Vec::new();
    for customer in vec!["a"; 100].into_iter().chain(["b"]) {
        let (status, created) = idle.post("/v1/tasks", &task(customer)).await;
        assert_eq!(status, 201, "{created}");
        tasks.push(created["task"]["id"].as_str().unwrap().to_owned());
    }
    let _worker = TestHost::start_with(&database, |config| {
        config.worker.as_mut().unwrap().slots = 2;
    })
    .await;
    for task in &tasks {
        idle.finished(task).await;
    }
    let before: i64 = sqlx::query_scalar(
        "select count(*) from tasker.step s, tasker.step o join tasker.task t using (task_id)
         where t.input #>> '{customer,id}' = 'b' and s.started_at < o.started_at",
    )
    .fetch_one(database.pool())
    .await
    .unwrap();
    assert!(before < 10, "{before} steps went before it");
}
