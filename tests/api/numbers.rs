//! Numbers keep their digits from the request on, and inputs that differ in one are two.

use super::server::Server;
use serde_json::json;

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";
/// What a float would change.
const NUMBERS: &str = r#"{"a":18446744073709551616,"b":0.12345678901234567890123456789,"c":1e-400,"d":[-0,1.50,1e+400]}"#;

fn submit(template: &str, input: &str) -> String {
    format!(r#"{{"namespace": "shop", "template": "{template}", "input": {input}}}"#)
}

async fn sent(server: &Server, body: String) -> super::server::Answer {
    let request = server.request("POST", "/v1/tasks");
    let request = request.header("content-type", "application/json");
    super::server::answer(request.body(body)).await
}

#[tokio::test]
async fn numbers_of_an_input_stay_as_they_are_written() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let created = sent(&server, submit("one", NUMBERS)).await.answered(201);
    let id = created["task"]["id"].as_str().unwrap();
    let input = server.get(&format!("/v1/tasks/{id}/input")).await;
    assert_eq!(input.text, NUMBERS);
    let shown = server.get(&format!("/v1/tasks/{id}")).await;
    assert!(shown.text.contains(NUMBERS), "{}", shown.text);
    let worker = super::worker::Worker::register(&server.engine).await;
    let claimed = worker.claim_whole().await;
    assert_eq!(claimed[0].input, NUMBERS);
}

#[tokio::test]
async fn inputs_that_differ_beyond_what_a_float_holds_are_different_tasks() {
    let server = Server::start().await;
    server
        .publish("one", &format!("identity: strict\n{STEPS}"))
        .await;
    for (input, status) in [
        (r#"{"order": 9007199254740992}"#, 201),
        (r#"{"order": 9007199254740993}"#, 201),
        (r#"{"order": 18446744073709551615}"#, 201),
        (r#"{"order": 18446744073709551616}"#, 201),
        (r#"{"order": 18446744073709551617}"#, 201),
        (r#"{ "order":18446744073709551617 }"#, 409),
    ] {
        let answer = sent(&server, submit("one", input)).await;
        assert_eq!(answer.status, status, "{input}: {}", answer.text);
    }
}

#[tokio::test]
async fn large_numbers_are_held_to_their_schema_exactly() {
    let server = Server::start().await;
    let schema = "input_schema:\n  properties:\n    n: {type: integer, maximum: 18446744073709551616, multipleOf: 2}\n    d: {default: 0.10000000000000000000000001}\n";
    server.publish("one", &format!("{schema}{STEPS}")).await;
    for (n, status) in [
        ("18446744073709551616", 201),
        ("18446744073709551617", 422),
        ("18446744073709551618", 422),
        ("9007199254740993", 422),
        ("9007199254740994", 201),
        ("9007199254740994.5", 422),
    ] {
        let answer = sent(&server, submit("one", &format!(r#"{{"n": {n}}}"#))).await;
        assert_eq!(answer.status, status, "{n}: {}", answer.text);
        if status == 201 {
            let id = answer.json["task"]["id"].as_str().unwrap();
            let input = server.get(&format!("/v1/tasks/{id}/input")).await.text;
            let wanted = format!(r#"{{"d":0.10000000000000000000000001,"n":{n}}}"#);
            assert_eq!(input, wanted);
        }
    }
}

#[tokio::test]
async fn a_number_that_takes_long_to_look_at_is_refused_instead() {
    let server = Server::start().await;
    let schema = "input_schema: {items: {multipleOf: 0.3}}\n";
    server.publish("one", &format!("{schema}{STEPS}")).await;
    let numbers = vec!["1e9999"; 100_000].join(",");
    let refused = sent(&server, submit("one", &format!("[{numbers}]"))).await;
    refused.refused(422, "invalid_submit");
    assert!(refused.text.contains("checks"), "{}", refused.text);
}

#[tokio::test]
async fn a_member_that_stands_twice_is_refused_with_its_place() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let refused = sent(&server, submit("one", r#"{"o": {"id": 1, "id": 2}}"#)).await;
    refused.refused(422, "invalid_submit");
    assert_eq!(refused.json["errors"][0]["path"], json!("/input/o/id"));
    let batch = format!("[{}]", submit("one", r#"[{"a": 1, "a": 1}]"#));
    let refused = sent(&server, batch).await;
    assert_eq!(refused.json["errors"][0]["path"], json!("/0/input/0/a"));
    let request = server.request("PUT", "/v1/namespaces/shop/kv/b/k");
    let request = request.header("content-type", "application/json");
    let refused = super::server::answer(request.body(r#"{"a": 1, "a": 1}"#)).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(refused.text.contains("twice"), "{}", refused.text);
}

#[tokio::test]
async fn a_template_whose_numbers_could_not_be_stored_is_refused() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    for (minor, number, status) in [
        (0, "1e400", 201),
        (1, "1e100000", 422),
        (2, "1e99999999999", 422),
    ] {
        let version = format!("1.{minor}.0");
        let step = format!("steps: [{{name: a, handler: guest/noop, config: {{n: {number}}}}}]");
        let yaml = super::server::yaml("two", &version, &step);
        let answer = server.put_template("two", &version, &yaml).await;
        assert_eq!(answer.status, status, "{number}: {}", answer.text);
    }
}
