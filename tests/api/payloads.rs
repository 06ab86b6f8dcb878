//! Answers about tasks do not grow with their payloads; each payload is read by itself.

use super::server::Server;
use super::worker::Worker;
use crate::harness::Advance as _;
use serde_json::{Value, json};
use tasker_domain::outcome::{Failure, FailureKind, Retry};
use tasker_engine::lease::WorkerFacts;
use tasker_engine::report::FailedAttempt;

const TWO: &str = "
steps:
  - {name: a, handler: guest/noop}
  - {name: b, handler: guest/noop, depends_on: [a]}
";
/// More than any answer takes along.
const LARGE_BYTES: usize = 200_000;

fn large() -> Value {
    json!({ "text": "x".repeat(LARGE_BYTES) })
}

/// Steps that depend on nothing.
fn wide(steps: usize) -> String {
    let step = |no: usize| format!("  - {{name: s{no}, handler: guest/noop}}\n");
    format!("steps:\n{}", (0..steps).map(step).collect::<String>())
}

async fn show(server: &Server, id: &str) -> Value {
    server.get(&format!("/v1/tasks/{id}")).await.answered(200)
}

async fn read(server: &Server, id: &str, what: &str) -> String {
    let answer = server.get(&format!("/v1/tasks/{id}/{what}")).await;
    assert_eq!(
        (answer.status, answer.content_type.as_str()),
        (200, "application/json"),
        "{}",
        answer.text
    );
    answer.text
}

#[tokio::test]
async fn what_is_large_is_identified_by_its_size_and_read_by_itself() {
    let server = Server::start().await;
    server.publish("one", TWO).await;
    let id = server.submit("one", large()).await;
    let worker = Worker::register(&server.engine).await;
    let result = large().to_string();
    for _ in ["a", "b"] {
        worker.complete(&worker.claim().await, &result).await;
    }
    let answer = server.get(&format!("/v1/tasks/{id}")).await;
    assert!(answer.text.len() < 10_000, "{}", answer.text.len());
    let task = answer.answered(200);
    assert_eq!(task["step_counts"], json!({"complete": 2}));
    for payload in ["input", "result"] {
        assert_eq!(task[payload], json!(null));
        assert_eq!(task[format!("{payload}_bytes")], result.len());
        assert_eq!(read(&server, &id, payload).await, result);
    }
    let step = &task["steps"][1];
    assert_eq!(
        (&step["result"], &step["result_bytes"]),
        (&json!(null), &json!(result.len()))
    );
    assert_eq!(read(&server, &id, "steps/b/result").await, result);
}

#[tokio::test]
async fn the_result_of_many_sinks_is_one_object_however_large() {
    let server = Server::start().await;
    server.publish("wide", &wide(150)).await;
    let id = server.submit("wide", json!({})).await;
    let early = server.get(&format!("/v1/tasks/{id}/result")).await;
    early.refused(404, "no_payload");
    let worker = Worker::register(&server.engine).await;
    let result = json!("y".repeat(1_000)).to_string();
    worker.complete(&worker.claim().await, &result).await;
    let task = show(&server, &id).await;
    assert_eq!(
        (&task["state"], &task["result"]),
        (&json!("complete"), &json!(null))
    );
    let whole: Value = serde_json::from_str(&read(&server, &id, "result").await).unwrap();
    let whole = whole.as_object().unwrap();
    assert_eq!(whole.len(), 150);
    assert!(
        whole
            .values()
            .all(|of_sink| serde_json::to_string(of_sink).unwrap() == result)
    );
}

#[tokio::test]
async fn steps_come_page_by_page_and_by_state() {
    let server = Server::start().await;
    server.publish("wide", &wide(130)).await;
    let id = server.submit("wide", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    let leases = worker.claim().await;
    worker.complete(&leases[..7], "1").await;
    let task = show(&server, &id).await;
    assert_eq!(task["step_counts"], json!({"complete": 7, "running": 123}));
    let mut names: Vec<Value> = Vec::new();
    let mut take = |steps: &Value| {
        let steps = steps.as_array().unwrap().iter();
        names.extend(steps.map(|step| step["name"].clone()));
        names.len()
    };
    assert_eq!(take(&task["steps"]), 100);
    let mut after = task["steps_next"].clone();
    while let Some(cursor) = after.as_str() {
        let path = format!("/v1/tasks/{id}/steps?limit=20&after={cursor}");
        let page = server.get(&path).await.answered(200);
        take(&page["items"]);
        after = page["next"].clone();
    }
    let wanted: Vec<Value> = (0..130).map(|no| json!(format!("s{no}"))).collect();
    assert_eq!(names, wanted);
    let of = async |query: &str| {
        let page = server.get(&format!("/v1/tasks/{id}/steps?{query}")).await;
        page.answered(200)["items"].as_array().unwrap().len()
    };
    assert_eq!(of("state=complete").await, 7);
    assert_eq!(of("state=complete,running&limit=500").await, 130);
    assert_eq!(of("state=error").await, 0);
    for wrong in ["state=done", "after=x", "after=99999999", "limit=501"] {
        let refused = server.get(&format!("/v1/tasks/{id}/steps?{wrong}")).await;
        refused.refused(400, "invalid_parameter");
    }
}

#[tokio::test]
async fn a_large_failure_says_what_it_says_without_its_details() {
    let server = Server::start().await;
    server.publish("one", TWO).await;
    let id = server.submit("one", json!({})).await;
    let worker = server
        .engine
        .register_worker("by-hand", 1, WorkerFacts::default())
        .await
        .unwrap();
    let claimed = server.engine.advance(worker, &[], 1).await.unwrap();
    let failure = Failure {
        kind: FailureKind::Failed,
        code: "declined".to_owned(),
        message: "m".repeat(8_000),
        details: Some(large().to_string()),
        retry: Retry::Never,
        backtrace: vec!["f".repeat(5_000)],
    };
    let failed = FailedAttempt {
        lease: claimed[0].lease,
        failure,
        usage: None,
    };
    server.engine.fail_steps(worker, &[failed]).await.unwrap();
    let answer = server.get(&format!("/v1/tasks/{id}")).await;
    assert!(answer.text.len() < 10_000, "{}", answer.text);
    let step = &answer.answered(200)["steps"][0];
    assert_eq!(
        (&step["error"]["code"], &step["error"]["is_cut"]),
        (&json!("declined"), &json!(true))
    );
    assert!(step["error_bytes"].as_u64().unwrap() > LARGE_BYTES as u64);
    let whole: Value = serde_json::from_str(&read(&server, &id, "steps/a/error").await).unwrap();
    assert_eq!(whole["details"], large());
    let list = server.get("/v1/tasks").await.answered(200);
    let error = &list["items"][0]["error"];
    assert_eq!(
        (&error["step"], &error["code"]),
        (&json!("a"), &json!("declined"))
    );
    let log = server.get(&format!("/v1/tasks/{id}/transitions")).await;
    assert!(log.text.len() < 20_000, "{}", log.text.len());
    let log = log.answered(200);
    let lines = log["items"].as_array().unwrap();
    let line = lines.iter().find(|line| line["to_state"] == "error");
    let seq = &line.unwrap()["seq"];
    let detail = read(&server, &id, &format!("transitions/{seq}/detail")).await;
    assert!(detail.len() > LARGE_BYTES);
}

#[tokio::test]
async fn a_missing_payload_is_distinguished_from_a_missing_step_or_task() {
    let server = Server::start().await;
    server.publish("one", TWO).await;
    let id = server.submit("one", json!({})).await;
    let other = uuid::Uuid::nil();
    for (path, code) in [
        (format!("{id}/steps/a/result"), "no_payload"),
        (format!("{id}/steps/a/checkpoint"), "no_payload"),
        (format!("{id}/steps/a/error"), "no_payload"),
        (format!("{id}/error"), "no_payload"),
        (format!("{id}/result"), "no_payload"),
        (format!("{id}/transitions/0/detail"), "no_payload"),
        (format!("{id}/steps/c/result"), "unknown_step"),
        (format!("{other}/input"), "unknown_task"),
        (format!("{other}/steps/a/result"), "unknown_task"),
        (format!("{other}/transitions/0/detail"), "unknown_task"),
        (format!("{other}/result"), "unknown_task"),
    ] {
        let refused = server.get(&format!("/v1/tasks/{path}")).await;
        refused.refused(404, code);
    }
}

#[tokio::test]
async fn a_step_names_the_version_that_it_runs_and_the_first_steps_that_it_waits_for() {
    let server = Server::start().await;
    let parents: Vec<String> = (0..120).map(|no| format!("s{no}")).collect();
    let last = format!(
        "{}  - {{name: last, handler: guest/noop, depends_on: [{}]}}\n",
        wide(120),
        parents.join(", ")
    );
    server.publish("wide", &last).await;
    let id = server.submit("wide", json!({})).await;
    let page = server
        .get(&format!("/v1/tasks/{id}/steps?state=waiting"))
        .await;
    let step = &page.answered(200)["items"][0];
    assert_eq!(
        (&step["component"], &step["version"], &step["handler"]),
        (&json!("shop/guest"), &json!("1.0.0"), &json!("noop"))
    );
    assert_eq!(step["depends_on"].as_array().unwrap().len(), 100);
    let reason = step["reason"].as_str().unwrap();
    assert_eq!(reason, "waits for s0, s1, s2, s3, s4 and 115 others");
    assert_eq!(
        show(&server, &id).await["lock"],
        json!([{"component": "shop/guest", "version": "1.0.0", "steps": 121,
                "digest": step["digest"]}])
    );
}

#[tokio::test]
async fn versions_come_page_by_page_from_the_highest() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    for version in ["1.1.0", "1.10.0", "1.2.0"] {
        let yaml = super::server::yaml("one", version, "steps: [{name: a, handler: guest/noop}]");
        let published = server.put_template("one", version, &yaml).await;
        assert_eq!(published.status, 201, "{}", published.text);
    }
    let path = "/v1/namespaces/shop/templates/one";
    let page = async |query: &str| {
        let page = server.get(&format!("{path}?{query}")).await.answered(200);
        let versions = page["versions"].as_array().unwrap().iter();
        let versions: Vec<String> = versions
            .map(|version| version["version"].as_str().unwrap().to_owned())
            .collect();
        (versions.join(" "), page["next"].clone())
    };
    assert_eq!(
        page("limit=3").await,
        ("1.10.0 1.2.0 1.1.0".to_owned(), json!("1.1.0"))
    );
    assert_eq!(
        page("limit=3&after=1.1.0").await,
        ("1.0.0".to_owned(), json!(null))
    );
    assert_eq!(page("").await.1, json!(null));
    let component = "/v1/namespaces/shop/components/guest";
    for wrong in ["after=latest", "limit=0"] {
        for of in [path, component] {
            let refused = server.get(&format!("{of}?{wrong}")).await;
            refused.refused(400, "invalid_parameter");
        }
    }
    let all = server.get(component).await.answered(200);
    assert_eq!(
        (all["versions"].as_array().unwrap().len(), &all["next"]),
        (1, &json!(null))
    );
}
