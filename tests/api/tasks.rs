use super::server::Server;
use super::worker::Worker;
use serde_json::{Value, json};
use tasker_domain::outcome::Retry;

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";
const DIAMOND: &str = "
steps:
  - {name: a, handler: guest/noop}
  - {name: left, handler: guest/noop, depends_on: [a]}
  - {name: right, handler: guest/noop, depends_on: [a], retry: {max_attempts: 2, base: 1h, max: 2h}}
";

async fn show(server: &Server, id: &str) -> Value {
    server.get(&format!("/v1/tasks/{id}")).await.answered(200)
}

#[tokio::test]
async fn a_finished_task_shows_its_result_and_where_the_time_went() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    let leases = worker.claim().await;
    assert_eq!(show(&server, &id).await["state"], "in_progress");
    worker.complete(&leases, "{\"sum\":3}").await;
    let task = show(&server, &id).await;
    assert_eq!(
        (&task["state"], &task["result"]),
        (&json!("complete"), &json!({"sum": 3}))
    );
    assert_eq!(task["error"], json!(null));
    assert!(
        task["finished_at"].is_string() && task.get("reason").is_none(),
        "{task}"
    );
    let step = &task["steps"][0];
    assert_eq!(
        (&step["name"], &step["state"]),
        (&json!("a"), &json!("complete"))
    );
    assert_eq!(
        (&step["attempts"], &step["max_attempts"]),
        (&json!(1), &json!(3))
    );
    assert!(
        step["duration_ms"].as_f64().is_some_and(|ms| ms >= 0.0),
        "{step}"
    );
}

#[tokio::test]
async fn an_attempt_that_was_given_back_does_not_count() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let counted = async || {
        let step = &show(&server, &id).await["steps"][0];
        let members = ["attempts", "counted_attempts", "max_attempts"];
        members.map(|member| step[member].as_i64())
    };
    assert_eq!(counted().await, [Some(0), Some(0), Some(3)]);
    let worker = Worker::register(&server.engine).await;
    worker.claim().await;
    assert_eq!(counted().await, [Some(1), Some(1), Some(3)]);
    worker.give_back().await;
    assert_eq!(counted().await, [Some(1), Some(0), Some(3)]);
    let lease = worker.claim().await[0];
    worker.fail(lease, "declined", Retry::Policy).await;
    assert_eq!(counted().await, [Some(2), Some(1), Some(3)]);
    let steps = server.get(&format!("/v1/tasks/{id}/steps")).await;
    assert_eq!(steps.answered(200)["items"][0]["counted_attempts"], 1);
}

#[tokio::test]
async fn the_result_of_a_task_with_several_sinks_is_an_object_by_step() {
    let server = Server::start().await;
    server.publish("one", DIAMOND).await;
    let id = server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    worker.complete(&worker.claim().await, "1").await;
    assert_eq!(show(&server, &id).await["result"], json!(null));
    worker.complete(&worker.claim().await, "2").await;
    let task = show(&server, &id).await;
    assert_eq!(task["result"], json!({"left": 2, "right": 2}));
    assert_eq!(task["steps"][1]["depends_on"], json!(["a"]));
}

#[tokio::test]
async fn an_open_task_says_why_it_does_not_move() {
    let server = Server::start().await;
    server.publish("one", DIAMOND).await;
    let id = server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    worker.complete(&worker.claim().await, "1").await;
    let leases = worker.claim().await;
    worker.complete(&leases[..1], "2").await;
    worker.fail(leases[1], "declined", Retry::Policy).await;
    let task = show(&server, &id).await;
    assert_eq!(
        (&task["state"], &task["reason"]),
        (&json!("in_progress"), &json!("waiting_for_retry"))
    );
    let waiting = task["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|s| s["state"] == "waiting_for_retry");
    let waiting = waiting.unwrap();
    assert!(
        waiting["reason"]
            .as_str()
            .unwrap()
            .starts_with("attempt 1 failed"),
        "{waiting}"
    );
    assert_eq!(waiting["error"]["code"], "declined");
    let list = server.get("/v1/tasks").await.answered(200);
    assert_eq!(list["items"][0]["reason"], "waiting_for_retry");
}

#[tokio::test]
async fn a_failed_task_says_which_step_failed_and_why() {
    let server = Server::start().await;
    server.publish("one", DIAMOND).await;
    let id = server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    worker
        .fail(worker.claim().await[0], "declined", Retry::Never)
        .await;
    let task = show(&server, &id).await;
    assert_eq!(
        (&task["state"], &task["result"]),
        (&json!("error"), &json!(null))
    );
    assert_eq!(
        (&task["error"]["step"], &task["error"]["code"]),
        (&json!("a"), &json!("declined"))
    );
    assert!(task["steps"][1]["reason"].is_string(), "{task}");
}

#[tokio::test]
async fn a_wait_is_answered_when_the_task_ends() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    let leases = worker.claim().await;
    let path = format!("/v1/tasks/{id}?wait_ms=60000");
    let (waited, ()) = tokio::join!(server.get(&path), worker.complete(&leases, "7"));
    assert_eq!(waited.answered(200)["result"], 7);
}

#[tokio::test]
async fn a_wait_is_answered_when_something_new_happened_or_time_is_up() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let seq = show(&server, &id).await["seq"].as_i64().unwrap();
    let in_vain = server
        .get(&format!("/v1/tasks/{id}?wait_ms=20&since={seq}"))
        .await
        .answered(200);
    assert_eq!(
        (&in_vain["state"], &in_vain["seq"]),
        (&json!("pending"), &json!(seq))
    );
    let worker = Worker::register(&server.engine).await;
    let path = format!("/v1/tasks/{id}?wait_ms=60000&since={seq}");
    let (waited, _) = tokio::join!(server.get(&path), worker.claim());
    let task = waited.answered(200);
    assert_eq!(task["state"], "in_progress");
    assert!(task["seq"].as_i64().unwrap() > seq);
}

#[tokio::test]
async fn nobody_waits_on_a_host_that_drains() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    server.shutdown.cancel();
    let task = server
        .get(&format!("/v1/tasks/{id}?wait_ms=60000"))
        .await
        .answered(200);
    assert_eq!(task["state"], "pending");
}

#[tokio::test]
async fn a_wait_beyond_a_minute_is_refused() {
    let server = Server::start().await;
    let path = "/v1/tasks/0190d6f0-0000-7000-8000-000000000000?wait_ms=60001";
    let detail = server.get(path).await.refused(400, "invalid_parameter");
    assert_eq!(detail, "wait_ms: the longest wait is 60000 ms");
}

#[tokio::test]
async fn transitions_are_listed_in_order_and_go_on_after_a_number() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let worker = Worker::register(&server.engine).await;
    worker.complete(&worker.claim().await, "7").await;
    let path = format!("/v1/tasks/{id}/transitions");
    let all = server.get(&path).await.answered(200);
    let items = all["items"].as_array().unwrap();
    assert_eq!(
        (&items[0]["to_state"], &items[0]["step"]),
        (&json!("pending"), &json!(null))
    );
    assert!(
        items
            .iter()
            .any(|it| it["step"] == "a" && it["to_state"] == "complete"),
        "{all}"
    );
    assert!(items.is_sorted_by_key(|item| item["seq"].as_i64()));
    let first = server.get(&format!("{path}?limit=1")).await.answered(200);
    let next = first["next"].as_str().unwrap();
    let rest = server
        .get(&format!("{path}?after={next}"))
        .await
        .answered(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), items.len() - 1);
}

#[tokio::test]
async fn the_steps_of_a_task_are_listed_alone() {
    let server = Server::start().await;
    server.publish("one", DIAMOND).await;
    let id = server.submit("one", json!({})).await;
    let steps = server
        .get(&format!("/v1/tasks/{id}/steps"))
        .await
        .answered(200);
    assert_eq!(steps["items"], show(&server, &id).await["steps"]);
    assert_eq!(steps["items"][1]["reason"], "waits for a");
}

#[tokio::test]
async fn tasks_are_listed_newest_first_by_filter_and_page() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server.publish("two", STEPS).await;
    let older = server.submit("one", json!({})).await;
    let newer = server.submit("one", json!({})).await;
    server.submit("two", json!({})).await;
    let list = server
        .get("/v1/tasks?namespace=shop&template=one&limit=1")
        .await
        .answered(200);
    assert_eq!(
        (&list["items"][0]["id"], &list["next"]),
        (&json!(newer), &json!(newer))
    );
    let path = format!("/v1/tasks?template=one&limit=1&after={newer}");
    let list = server.get(&path).await.answered(200);
    assert_eq!(
        (&list["items"][0]["id"], &list["next"]),
        (&json!(older), &json!(null))
    );
    server
        .post(&format!("/v1/tasks/{older}/cancel"), &json!({}))
        .await
        .answered(200);
    let list = server.get("/v1/tasks?state=cancelled").await.answered(200);
    assert_eq!(
        (
            &list["items"][0]["id"],
            list["items"].as_array().unwrap().len()
        ),
        (&json!(older), 1)
    );
    assert_eq!(
        server.get("/v1/tasks?namespace=bakery").await.answered(200)["items"],
        json!([])
    );
}

#[tokio::test]
async fn an_open_task_is_cancelled_once() {
    let server = Server::start().await;
    server.publish("one", DIAMOND).await;
    let id = server.submit("one", json!({})).await;
    let path = format!("/v1/tasks/{id}/cancel");
    let task = server
        .post(&path, &json!({"reason": "not needed"}))
        .await
        .answered(200);
    assert_eq!(
        (&task["state"], &task["error"]["reason"]),
        (&json!("cancelled"), &json!("not needed"))
    );
    assert_eq!(task["steps"][0]["state"], "cancelled");
    let detail = server
        .post(&path, &json!({}))
        .await
        .refused(409, "task_is_final");
    assert!(detail.contains("has ended (cancelled)"), "{detail}");
    let long = json!({"reason": "x".repeat(1_001)});
    server
        .post(&path, &long)
        .await
        .refused(422, "invalid_reason");
}

#[tokio::test]
async fn a_task_that_does_not_exist_is_not_found_anywhere() {
    let server = Server::start().await;
    let task = "/v1/tasks/0190d6f0-0000-7000-8000-000000000000";
    for path in ["", "/steps", "/transitions", "?wait_ms=10"] {
        server
            .get(&format!("{task}{path}"))
            .await
            .refused(404, "unknown_task");
    }
    server
        .post(&format!("{task}/cancel"), &json!({}))
        .await
        .refused(404, "unknown_task");
    server
        .get("/v1/tasks/seven")
        .await
        .refused(400, "invalid_parameter");
}
