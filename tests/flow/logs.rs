//! What attempts log, from the handler to who reads it while they run.

use super::{forget_description, host, publish_components};
use crate::crash::hosts::serve;
use crate::harness::{TestDatabase, TestHost, step_of, wait_until};
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};

async fn begun(database: &TestDatabase, handler: &str, policy: &str) -> TestHost {
    let host = host(database).await;
    forget_description(database).await;
    publish(&host, handler, policy).await;
    host
}

async fn publish(host: &TestHost, handler: &str, policy: &str) {
    let steps = format!("steps: [{{name: it, handler: guest/{handler}, {policy}}}]");
    host.publish_template("one", &steps).await;
}

async fn page(host: &TestHost, id: &str, query: &str) -> Value {
    let path = format!("/v1/tasks/{id}/steps/it/logs?{query}");
    let (status, page) = host.get(&path).await;
    assert_eq!(status, 200, "{page}");
    page
}

/// All lines, once the log is complete.
async fn all_lines(host: &TestHost, id: &str, query: &str) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut after = "0.0".to_owned();
    loop {
        let query = format!("wait_ms=20000&limit=2&after={after}{query}");
        let page = page(host, id, &query).await;
        lines.extend(page["items"].as_array().unwrap().iter().cloned());
        after = page["position"].as_str().unwrap().to_owned();
        if page["is_complete"] == true {
            return lines;
        }
    }
}

fn told(line: &Value) -> Value {
    json!([
        line["attempt"],
        line["line"],
        line["level"],
        line["source"],
        line["message"]
    ])
}

#[tokio::test]
async fn lines_are_there_while_the_attempt_runs_in_order_and_with_their_times() {
    let database = TestDatabase::new().await;
    let host = begun(&database, "logs_and_sleeps", "timeout: 1h").await;
    let id = host.submit("one", json!(null)).await;
    let mut lines = Vec::new();
    while lines.len() < 2 {
        let query = format!("wait_ms=20000&after=1.{}", lines.len());
        let page = page(&host, &id, &query).await;
        assert_eq!(page["is_complete"], false, "{page}");
        lines.extend(page["items"].as_array().unwrap().iter().cloned());
    }
    assert_eq!(
        lines.iter().map(told).collect::<Vec<_>>(),
        [
            json!([1, 1, "warn", "handler", "about to sleep"]),
            json!([1, 2, "warn", "stderr", "asleep"])
        ]
    );
    assert_eq!(lines[0]["fields"], json!({"order": "7"}));
    assert!(lines[0]["at"].as_str() <= lines[1]["at"].as_str());
    let task = host.task(&id).await;
    assert_eq!(step_of(&task, "it")["state"], "running");
    let (status, _) = host.get(&format!("/v1/tasks/{id}/steps/no/logs")).await;
    assert_eq!(status, 404);
    for query in ["after=x", "limit=0", "wait_ms=60001"] {
        let path = format!("/v1/tasks/{id}/steps/it/logs?{query}");
        assert_eq!(host.get(&path).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn attempts_have_lines_of_their_own_and_the_log_is_complete_at_their_end() {
    let database = TestDatabase::new().await;
    let policy = "timeout: 200ms, retry: {max_attempts: 2, base: 1ms}";
    let host = begun(&database, "logs_and_sleeps", policy).await;
    let id = host.submit("one", json!(null)).await;
    let lines = all_lines(&host, &id, "").await;
    let places = lines
        .iter()
        .map(|line| json!([line["attempt"], line["line"]]));
    assert_eq!(
        places.collect::<Vec<_>>(),
        [json!([1, 1]), json!([1, 2]), json!([2, 1]), json!([2, 2])]
    );
    let second = all_lines(&host, &id, "&attempt=2").await;
    assert_eq!(second, lines[2..]);
    assert_eq!(host.task(&id).await["state"], "error");
}

#[tokio::test]
async fn an_attempt_over_its_limit_says_so_in_its_last_line() {
    let database = TestDatabase::new().await;
    let host = begun(&database, "log_flood", "limits: {log: 4KiB}").await;
    let id = host.submit("one", json!(null)).await;
    let lines = all_lines(&host, &id, "").await;
    let last = lines.last().unwrap();
    assert_eq!(last["source"], "host");
    let message = last["message"].as_str().unwrap();
    assert!(message.contains("limited to 4096 bytes"), "{message}");
}

#[tokio::test]
async fn an_attempt_waits_for_no_line_to_be_stored_and_none_is_lost_where_that_takes_long() {
    let database = TestDatabase::new().await;
    let host = begun(&database, "talks", "retry: {max_attempts: 1}").await;
    let mut session = database.session().await;
    let mut transaction = session.begin().await.unwrap();
    transaction
        .execute("lock table tasker.attempt_log in access exclusive mode")
        .await
        .unwrap();
    let task = host.run("one", json!(null)).await;
    assert_eq!(task["state"], "complete", "{task}");
    transaction.rollback().await.unwrap();
    let id = task["id"].as_str().unwrap();
    let lines = wait_until("the lines are stored", async || {
        let lines = page(&host, id, "").await["items"]
            .as_array()
            .unwrap()
            .clone();
        (lines.len() == 3).then_some(lines)
    })
    .await;
    let sources = lines.iter().map(|line| line["source"].clone());
    let mut sources: Vec<_> = sources.collect();
    sources.sort_by_key(Value::to_string);
    assert_eq!(sources, ["handler", "stderr", "stdout"]);
}

#[tokio::test]
async fn a_database_that_refuses_lines_loses_them_and_nothing_else() {
    let database = TestDatabase::new().await;
    let host = begun(&database, "talks", "retry: {max_attempts: 1}").await;
    let refuse = "alter table tasker.attempt_log add constraint refuses check (last_line < 0)";
    database.pool().execute(refuse).await.unwrap();
    for _ in 0..2 {
        let task = host.run("one", json!(null)).await;
        assert_eq!(task["state"], "complete", "{task}");
        let lines = all_lines(&host, task["id"].as_str().unwrap(), "").await;
        assert_eq!(lines, [Value::Null; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_is_killed_loses_no_line_that_was_stored() {
    let database = TestDatabase::new().await;
    let reader = TestHost::start_idle(&database).await;
    publish_components(&reader).await;
    forget_description(&database).await;
    publish(&reader, "logs_and_sleeps", "timeout: 1h").await;
    let folder = tempfile::tempdir().unwrap();
    let (mut worker, _) = serve(folder.path(), 0, &database.url(), &[]).await;
    let id = reader.submit("one", json!(null)).await;
    let lines = wait_until("both lines are stored", async || {
        let lines = page(&reader, &id, "wait_ms=20000").await["items"].clone();
        (lines.as_array().unwrap().len() == 2).then_some(lines)
    })
    .await;
    worker.kill().await.unwrap();
    assert_eq!(page(&reader, &id, "").await["items"], lines);
}
