use super::server::Server;
use super::worker::Worker;
use serde_json::{Value, json};
use tasker_domain::outcome::Retry;

const STEPS: &str = "
steps:
  - {name: a, handler: guest/noop}
  - {name: b, handler: guest/noop, depends_on: [a], retry: {max_attempts: 2, base: 1h, max: 2h}}
  - {name: c, handler: guest/noop, depends_on: [a]}
";

async fn report(server: &Server, id: &str) -> Value {
    server
        .get(&format!("/v1/tasks/{id}/report"))
        .await
        .answered(200)
}

fn names(list: &Value, member: &str) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items
        .map(|it| it[member].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_report_names_the_steps_that_determined_the_end_and_their_times_add_up() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    worker.complete(&worker.claim().await, "1").await;
    let leases = worker.claim().await;
    worker.complete(&leases[1..], "3").await;
    worker.complete(&leases[..1], "2").await;
    let report = report(&server, &id).await;
    assert_eq!(report["state"], "complete");
    assert_eq!(names(&report["critical_path"], "step"), ["a", "b"]);
    assert_eq!(names(&report["steps"], "name"), ["a", "b", "c"]);
    assert_eq!(report["steps"][2]["level"], 2);
    assert_eq!(report["attempt_counts"], json!({"complete": 3}));
    let times = report["path_times"].as_object().unwrap().values();
    let sum: f64 = times.map(|ms| ms.as_f64().unwrap()).sum();
    let duration = report["duration_ms"].as_f64().unwrap();
    assert!((sum - duration).abs() < 50.0, "{report}");
    assert_eq!(report["components"][0]["component"], "shop/guest");
    assert_eq!(report["components"][0]["steps"], 3);
}

#[tokio::test]
async fn a_report_of_an_open_task_has_what_failed_so_far_and_on_which_host() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    worker.complete(&worker.claim().await, "1").await;
    let leases = worker.claim().await;
    worker.fail(leases[0], "declined", Retry::Policy).await;
    let report = report(&server, &id).await;
    assert_eq!(
        (&report["state"], &report["finished_at"]),
        (&json!("in_progress"), &json!(null))
    );
    let failed = report["attempts"].as_array().unwrap().iter();
    let failed: Vec<&Value> = failed.filter(|it| it["outcome"] == "failed").collect();
    assert_eq!(failed.len(), 1);
    let members = ["step", "attempt", "code", "message", "host"].map(|it| &failed[0][it]);
    let expected = [
        json!("b"),
        json!(1),
        json!("declined"),
        json!("no"),
        json!("by-hand"),
    ];
    assert_eq!(members, expected.each_ref());
    assert!(
        report["total_times"]["backoff_ms"].as_f64() > Some(0.0),
        "{report}"
    );
}

#[tokio::test]
async fn who_cancelled_a_task_and_why_is_in_its_report() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let path = format!("/v1/tasks/{id}/cancel");
    server
        .post(&path, &json!({"reason": "no longer wanted"}))
        .await
        .answered(200);
    let report = report(&server, &id).await;
    let operations = report["operations"].as_array().unwrap();
    assert_eq!(operations.len(), 1, "{report}");
    assert_eq!(operations[0]["action"], "task.cancel");
    assert_eq!(operations[0]["reason"], "no longer wanted");
    assert_eq!(operations[0]["actor"], "admin");
}

#[tokio::test]
async fn a_report_is_for_those_who_may_read_the_namespace() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let other =
        json!({"name": "other", "permissions": [{"namespace": "other", "actions": ["read"]}]});
    let key = server.post("/v1/keys", &other).await.answered(201);
    let path = format!("/v1/tasks/{id}/report");
    let asked = server.asked_with(key["key"].as_str()).get(&path).await;
    assert!([403, 404].contains(&asked.status), "{asked:?}");
    let unknown = "/v1/tasks/0190aaaa-0000-7000-8000-000000000000/report";
    assert_eq!(server.get(unknown).await.status, 404);
}
