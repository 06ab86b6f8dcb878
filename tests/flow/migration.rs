//! Tasks that are moved to other versions while they run.

use super::forget_description;
use crate::harness::{TestDatabase, TestHost, basics, step_of, wait_until, wait_until_sql};
use crate::sandbox::guests::noted;
use serde_json::{Value, json};

const MIGRATIONS: &str = "/v1/namespaces/shop/templates/two/migrations";

async fn publish(host: &TestHost, version: &str) {
    let bytes = noted(basics(), &format!("migrated {version}"));
    host.publish_component("basics", version, &bytes).await;
}

async fn migrate(host: &TestHost, body: Value) -> Value {
    let (status, answer) = host.post(MIGRATIONS, &body).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

fn version(task: &Value, step: &str) -> String {
    step_of(task, step)["version"].as_str().unwrap().to_owned()
}

/// With 1.0.0, which is pinned, 1.1.0, and a task whose first step runs this long.
async fn running(database: &TestDatabase, ms: u32) -> (TestHost, String) {
    let host = TestHost::start(database).await;
    publish(&host, "1.0.0").await;
    publish(&host, "1.1.0").await;
    host.pin_component("basics", "=1.0.0").await;
    let yaml = format!(
        "
steps:
  - {{name: a, handler: basics/sleep, config: {{ms: {ms}}}, retry: {{max_attempts: 1}}, timeout: 15m}}
  - {{name: b, handler: basics/noop, depends_on: [a], retry: {{max_attempts: 1}}}}
"
    );
    host.publish_template("two", &yaml).await;
    let id = host.submit("two", json!({})).await;
    host.step_in(&id, "a", "running").await;
    (host, id)
}

async fn move_on(host: &TestHost) {
    let to = json!({"component": "basics", "to": "=1.1.0", "reason": "a leak"});
    let moved = migrate(host, to).await;
    assert_eq!(
        (&moved["tasks"], &moved["components"][0]["steps"]),
        (&json!(1), &json!(1))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_keeps_its_version_and_holds_it() {
    let database = TestDatabase::new().await;
    let (host, id) = running(&database, 600_000).await;
    move_on(&host).await;
    let task = host.task(&id).await;
    assert_eq!(version(&task, "a"), "1.0.0", "{task}");
    assert_eq!(version(&task, "b"), "1.1.0", "{task}");
    let held = "/v1/namespaces/shop/components/basics/versions/1.0.0/references";
    let (_, references) = host.get(held).await;
    assert_eq!(references["oldest_tasks"], json!([id]), "{references}");
    wait_until("the log tells of the move", async || {
        let (_, page) = host.get(&format!("/v1/tasks/{id}/transitions")).await;
        let rows = page["items"].as_array().unwrap().clone();
        rows.iter()
            .any(|row| {
                row["detail"]["reason"] == "migrated"
                    && row["detail"]["why"] == "a leak"
                    && row["detail"]["components"][0]["to"] == "1.1.0"
            })
            .then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_runs_ends_on_its_version_and_what_follows_takes_the_new_one() {
    let database = TestDatabase::new().await;
    let (host, id) = running(&database, 4_000).await;
    move_on(&host).await;
    let task = host.finished(&id).await;
    assert_eq!(task["state"], "complete", "{task}");
    assert_eq!(step_of(&task, "a")["attempts"], 1);
    assert_eq!(version(&task, "a"), "1.0.0", "{task}");
    let ran = "select array_agg(component_version order by step) = array['1.0.0', '1.1.0'] from tasker.ledger";
    wait_until_sql(database.pool(), ran).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suspended_tasks_continue_with_another_version() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    publish(&host, "1.0.0").await;
    forget_description(&database).await;
    let yaml = "steps: [{name: a, handler: basics/sleep, config: {ms: 60000}, retry: {max_attempts: 1}, timeout: 10m}]";
    host.publish_template("two", yaml).await;
    let id = host.submit("two", json!({})).await;
    host.step_in(&id, "a", "running").await;
    let bad = "/v1/namespaces/shop/components/basics/versions/1.0.0/quarantine";
    let (status, _) = host.post(bad, &json!({})).await;
    assert_eq!(status, 200);
    wait_until("it stands still", async || {
        let task = host.task(&id).await;
        (task["reason"] == "quarantined").then_some(())
    })
    .await;
    // Returns at once whatever it is told.
    let other = noted(crate::sandbox::guests::undescribed(), "instead of a sleep");
    host.publish_component("basics", "1.0.1", &other).await;
    migrate(&host, json!({"force": true})).await;
    assert_eq!(host.finished(&id).await["state"], "complete");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_under_load_lose_and_repeat_no_step() {
    let database = TestDatabase::new().await;
    let host = TestHost::start(&database).await;
    let _other = TestHost::start(&database).await;
    publish(&host, "1.0.0").await;
    let yaml = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/sleep, config: {ms: 30}}
  - {name: b, handler: basics/sleep, config: {ms: 30}, depends_on: [a]}
  - {name: c, handler: basics/noop, depends_on: [b]}
";
    host.publish_template("two", yaml).await;
    host.pin_component("basics", "=1.0.0").await;
    let mut moved = 0;
    for patch in 1..=5 {
        publish(&host, &format!("1.0.{patch}")).await;
        host.submit_all(&["two"; 40]).await;
        let to = json!({"component": "basics", "to": format!("=1.0.{patch}")});
        let answer = migrate(&host, to).await;
        moved += answer["tasks"].as_u64().unwrap();
    }
    let over = "select bool_and(state = 'complete') from tasker.task";
    wait_until_sql(database.pool(), over).await;
    assert_eq!(
        super::count_transitions(&database, "complete").await,
        (600, 600)
    );
    assert_eq!(
        super::count_transitions(&database, "running").await,
        (600, 600)
    );
    assert!(moved > 0, "no task was open when it was to move");
}
