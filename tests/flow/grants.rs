//! What a namespace grants is what the attempts of its tasks have, from one attempt to the next.

use super::{forget_description, host, publish_components};
use crate::harness::{Advance, TestDatabase, TestHost, step_of};
use crate::sandbox::server;
use serde_json::{Value, json};
use tasker_database::Database;
use tasker_engine::Engine;
use tasker_engine::lease::WorkerFacts;
use tasker_engine::report::Completed;

const ONCE: &str = "retry: {max_attempts: 1}";

async fn with_template(database: &TestDatabase, handler: &str) -> TestHost {
    let host = host(database).await;
    forget_description(database).await;
    let yaml = format!("steps: [{{name: a, handler: guest/{handler}, {ONCE}}}]");
    host.publish_template("one", &yaml).await;
    host
}

/// Grants it in a namespace; the id of the grant.
async fn grant(host: &TestHost, namespace: &str, component: &str, capability: &str) -> Value {
    let path = format!("/v1/namespaces/{namespace}/grants");
    let body = json!({"component": component, "capability": capability});
    let (status, granted) = host.post(&path, &body).await;
    assert_eq!(status, 201, "{granted}");
    granted["id"].clone()
}

fn state(task: &Value) -> &str {
    task["state"].as_str().unwrap()
}

#[tokio::test]
async fn a_grant_counts_from_the_next_task_on_and_so_does_its_end() {
    let database = TestDatabase::new().await;
    let host = with_template(&database, "fetch").await;
    let address = server("204 No Content").to_string();
    let run = async || host.run("one", json!(address)).await;

    let denied = run().await;
    assert_eq!(state(&denied), "error", "{denied}");
    let error = step_of(&denied, "a")["error"].to_string();
    assert!(error.contains("HttpRequestDenied"), "{error}");
    for _ in 0..3 {
        let id = grant(&host, "shop", "guest", &format!("http GET {address}/")).await;
        assert_eq!(state(&run().await), "complete");
        host.delete(&format!("/v1/namespaces/shop/grants/{id}"))
            .await;
        assert_eq!(state(&run().await), "error");
    }
}

#[tokio::test]
async fn a_grant_to_another_component_or_of_another_namespace_is_none() {
    let database = TestDatabase::new().await;
    let host = with_template(&database, "fetch").await;
    let address = server("204 No Content").to_string();
    let http = format!("http {address}");
    grant(&host, "shop", "basics", &http).await;
    grant(&host, "bakery", "*", &http).await;
    grant(&host, "bakery", "shop/guest", &http).await;
    assert_eq!(state(&host.run("one", json!(address)).await), "error");
    grant(&host, "shop", "*", &http).await;
    assert_eq!(state(&host.run("one", json!(address)).await), "complete");
}

#[tokio::test]
async fn a_component_of_another_namespace_has_what_the_namespace_of_the_task_grants_to_it() {
    let database = TestDatabase::new().await;
    let host = with_template(&database, "variable").await;
    let yaml = format!(
        "namespace: bakery\nname: one\nversion: 1.0.0\nsteps: [{{name: a, handler: shop/guest/variable, {ONCE}}}]"
    );
    host.share("guest", "bakery").await;
    host.publish_yaml("bakery", "one", &yaml).await;
    grant(&host, "shop", "guest", "env LEVEL=of the shop").await;
    grant(&host, "bakery", "*", "env LEVEL=of its own components").await;
    let run = async || {
        let body = json!({"namespace": "bakery", "template": "one", "input": "LEVEL"});
        let (status, created) = host.post("/v1/tasks", &body).await;
        assert_eq!(status, 201, "{created}");
        host.finished(created["task"]["id"].as_str().unwrap()).await["result"].clone()
    };
    assert_eq!(run().await, json!(null));
    grant(&host, "bakery", "shop/guest", "env LEVEL=of the bakery").await;
    assert_eq!(run().await, "of the bakery");
}

#[tokio::test]
async fn an_environment_variable_of_one_component_counts_before_that_of_all() {
    let database = TestDatabase::new().await;
    let host = with_template(&database, "variable").await;
    let run = async || host.run("one", json!("LEVEL")).await["result"].clone();
    assert_eq!(run().await, json!(null));
    grant(&host, "shop", "guest", "env LEVEL=debug").await;
    grant(&host, "shop", "*", "env LEVEL=info").await;
    assert_eq!(run().await, "debug");
}

#[tokio::test]
async fn a_grant_that_one_host_takes_back_is_none_on_every_host() {
    let database = TestDatabase::new().await;
    let worker = with_template(&database, "variable").await;
    let other = TestHost::start_idle(&database).await;
    let run = async || worker.run("one", json!("LEVEL")).await["result"].clone();
    for _ in 0..3 {
        let id = grant(&other, "shop", "guest", "env LEVEL=info").await;
        assert_eq!(run().await, "info");
        let path = format!("/v1/namespaces/shop/grants/{id}");
        assert_eq!(other.delete(&path).await.0, 200);
        assert_eq!(run().await, json!(null));
    }
}

#[tokio::test]
async fn a_step_that_a_report_releases_has_no_grant_that_was_taken_back_before() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_idle(&database).await;
    publish_components(&host).await;
    let steps = "steps: [{name: a, handler: basics/echo}, {name: b, handler: basics/echo, depends_on: [a]}]";
    host.publish_template("two", steps).await;
    let id = grant(&host, "shop", "basics", "env LEVEL=info").await;
    host.submit("two", json!(1)).await;

    let engine = Engine::new(Database::open_url(&database.url(), 1).unwrap());
    let worker = engine
        .register_worker("one", 1, WorkerFacts::default())
        .await
        .unwrap();
    let granted = async |revision| {
        let (read_at, rules) = engine.attempt_rules("shop", revision).await.unwrap();
        assert_eq!(read_at, revision);
        rules.grants("basics").env.len()
    };
    let first = engine.advance(worker, &[], 1).await.unwrap().remove(0);
    assert_eq!(granted(first.revision).await, 1);
    let path = format!("/v1/namespaces/shop/grants/{id}");
    assert_eq!(host.delete(&path).await.0, 200);
    let done = Completed {
        lease: first.lease,
        result: "1".to_owned(),
        usage: None,
        events: Vec::new(),
    };
    let second = engine.advance(worker, &[done], 1).await.unwrap().remove(0);
    assert_eq!(
        (second.lease.task_id, second.lease.step_no),
        (first.lease.task_id, 1)
    );
    assert_eq!(second.revision, first.revision + 1);
    assert_eq!(granted(second.revision).await, 0);
}
