use super::server::{Server, answer};
use serde_json::{Value, json};

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";
const WITH_SCHEMA: &str = "
input_schema:
  type: object
  properties:
    amount: {type: integer}
    unit: {type: string, default: EUR}
  required: [amount]
steps: [{name: a, handler: guest/noop}]
";

fn submit(template: &str, more: Value) -> Value {
    let mut submit = json!({"namespace": "shop", "template": template});
    let members = more.as_object().unwrap().clone();
    submit.as_object_mut().unwrap().extend(members);
    submit
}

#[tokio::test]
async fn a_submit_creates_a_pending_task() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let body = submit(
        "one",
        json!({"input": {"b": 1, "a": [true]}, "correlation_id": "order-17"}),
    );
    let created = server.post("/v1/tasks", &body).await.answered(201);
    let task = &created["task"];
    assert_eq!(
        (&created["created"], &task["state"]),
        (&json!(true), &json!("pending"))
    );
    assert_eq!(
        (&task["version"], &task["correlation_id"]),
        (&json!("1.0.0"), &json!("order-17"))
    );
    let shown = server
        .get(&format!("/v1/tasks/{}", task["id"].as_str().unwrap()))
        .await
        .answered(200);
    assert_eq!(shown["input"], json!({"a": [true], "b": 1}));
}

#[tokio::test]
async fn defaults_are_filled_in_and_a_wrong_input_is_reported_with_its_path() {
    let server = Server::start().await;
    server.publish("one", WITH_SCHEMA).await;
    let id = server.submit("one", json!({"amount": 3})).await;
    let shown = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    assert_eq!(shown["input"], json!({"amount": 3, "unit": "EUR"}));
    let refused = server
        .post(
            "/v1/tasks",
            &submit("one", json!({"input": {"amount": "3"}})),
        )
        .await;
    refused.refused(422, "invalid_submit");
    assert_eq!(refused.json["errors"][0]["path"], "/input/amount");
}

#[tokio::test]
async fn an_input_over_the_limit_is_refused() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let body = submit("one", json!({"input": "x".repeat(1 << 20)}));
    let refused = server.post("/v1/tasks", &body).await;
    let detail = refused.refused(422, "invalid_submit");
    assert!(detail.contains("the limit is 1048576"), "{detail}");
}

#[tokio::test]
async fn the_same_key_and_input_is_the_same_task() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let body = submit("one", json!({"input": {"n": 1}, "idempotency_key": "k"}));
    let first = server.post("/v1/tasks", &body).await.answered(201);
    let request = server
        .request("POST", "/v1/tasks")
        .header("idempotency-key", "k");
    let again = answer(request.json(&submit("one", json!({"input": {"n": 1}}))))
        .await
        .answered(200);
    assert_eq!(again["created"], false);
    assert_eq!(again["task"]["id"], first["task"]["id"]);
}

#[tokio::test]
async fn the_same_key_with_another_input_is_refused_with_the_task() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let body = |n: u32| submit("one", json!({"input": {"n": n}, "idempotency_key": "k"}));
    let first = server.post("/v1/tasks", &body(1)).await.answered(201);
    let refused = server.post("/v1/tasks", &body(2)).await;
    let detail = refused.refused(409, "idempotency_key_reused");
    assert_eq!(refused.json["task_id"], first["task"]["id"]);
    assert!(
        detail.contains(first["task"]["id"].as_str().unwrap()),
        "{detail}"
    );
}

#[tokio::test]
async fn header_and_field_must_not_name_two_keys() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let request = server
        .request("POST", "/v1/tasks")
        .header("idempotency-key", "a");
    let body = submit("one", json!({"idempotency_key": "b"}));
    answer(request.json(&body))
        .await
        .refused(400, "invalid_parameter");
    let request = server
        .request("POST", "/v1/tasks")
        .header("idempotency-key", "a");
    answer(request.json(&json!([submit("one", json!({}))])))
        .await
        .refused(400, "invalid_parameter");
}

#[tokio::test]
async fn where_identity_is_strict_the_same_input_is_refused_with_the_task() {
    let server = Server::start().await;
    server
        .publish("one", &format!("identity: strict\n{STEPS}"))
        .await;
    let id = server.submit("one", json!({"a": 1, "b": 2})).await;
    let refused = server
        .post(
            "/v1/tasks",
            &submit("one", json!({"input": {"b": 2, "a": 1}})),
        )
        .await;
    refused.refused(409, "duplicate_task");
    assert_eq!(refused.json["task_id"], id);
    server.submit("one", json!({"a": 2})).await;
    let keyed = submit("one", json!({"idempotency_key": "k"}));
    server
        .post("/v1/tasks", &keyed)
        .await
        .refused(422, "invalid_submit");
}

#[tokio::test]
async fn where_identity_is_unique_every_submit_is_a_new_task() {
    let server = Server::start().await;
    server
        .publish("one", &format!("identity: unique\n{STEPS}"))
        .await;
    assert_ne!(
        server.submit("one", json!({})).await,
        server.submit("one", json!({})).await
    );
    let keyed = submit("one", json!({"idempotency_key": "k"}));
    server
        .post("/v1/tasks", &keyed)
        .await
        .refused(422, "invalid_submit");
}

#[tokio::test]
async fn a_batch_is_answered_in_order_with_its_duplicates_and_conflicts() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let keyed = |key: &str, n: u32| submit("one", json!({"input": n, "idempotency_key": key}));
    let first = server.post("/v1/tasks", &keyed("a", 1)).await.answered(201);
    let batch = json!([
        keyed("b", 1),
        keyed("a", 1),
        keyed("a", 2),
        submit("one", json!({}))
    ]);
    let answered = server.post("/v1/tasks", &batch).await.answered(200);
    let items = answered["items"].as_array().unwrap();
    let created: Vec<bool> = items.iter().map(|item| item["created"] == true).collect();
    assert_eq!(created, [true, false, false, true]);
    assert_eq!(items[1]["task_id"], first["task"]["id"]);
    assert_eq!(items[1].get("conflict"), None);
    assert_eq!(
        (&items[2]["task_id"], &items[2]["conflict"]),
        (&first["task"]["id"], &json!(true))
    );
}

#[tokio::test]
async fn nothing_of_a_batch_is_created_where_anything_in_it_is_wrong() {
    let server = Server::start().await;
    server.publish("one", WITH_SCHEMA).await;
    let good = submit("one", json!({"input": {"amount": 1}}));
    let bad = submit("one", json!({"input": {"amount": "x"}}));
    let refused = server.post("/v1/tasks", &json!([good, bad])).await;
    refused.refused(422, "invalid_submit");
    assert_eq!(refused.json["errors"][0]["path"], "/1/input/amount");
    let unknown = submit("two", json!({}));
    let refused = server.post("/v1/tasks", &json!([good, unknown])).await;
    refused.refused(422, "invalid_submit");
    assert_eq!(refused.json["errors"][0]["path"], "/1/template");
    let list = server.get("/v1/tasks").await.answered(200);
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn a_batch_of_none_or_too_many_is_refused() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    server
        .post("/v1/tasks", &json!([]))
        .await
        .refused(422, "batch_size");
    let batch = vec![submit("one", json!({})); 1_001];
    server
        .post("/v1/tasks", &json!(batch))
        .await
        .refused(422, "batch_size");
    let answered = server
        .post("/v1/tasks", &json!(batch[1..]))
        .await
        .answered(200);
    assert_eq!(answered["items"].as_array().unwrap().len(), 1_000);
}

#[tokio::test]
async fn a_correlation_id_that_is_not_usable_is_refused() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let body = submit("one", json!({"correlation_id": "two words"}));
    let refused = server.post("/v1/tasks", &body).await;
    refused.refused(422, "invalid_submit");
    assert_eq!(refused.json["errors"][0]["path"], "/correlation_id");
}

#[tokio::test]
async fn a_task_of_a_time_without_a_partition_is_refused_with_the_reason() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let none = "do $$ begin
                  execute (select 'drop table ' || i.inhrelid::regclass from pg_inherits i
                           where i.inhparent = 'tasker.task'::regclass and i.inhrelid::regclass::text !~ 'carried');
                end $$";
    sqlx::raw_sql(none).execute(server.pool()).await.unwrap();
    let refused = server.post("/v1/tasks", &submit("one", json!({}))).await;
    let told = refused.refused(503, "no_partition");
    assert!(told.contains("the clock of this host"), "{told}");
}
