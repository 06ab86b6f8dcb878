//! What a query may ask for.

use super::asking::{Asks as _, send};
use crate::api::server::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn what_costs_too_much_is_refused_before_it_is_executed() {
    let server = Server::start().await;
    let nested =
        "{tasks(first: 500) {nodes {steps(first: 500) {nodes {attempts {nodes {attempt}}}}}}}";
    let deep = format!(
        "{{task(id: \"x\") {}{{a{}}}",
        "{a".repeat(25),
        "}".repeat(26)
    );
    let aliases: String = (0..60).map(|n| format!("a{n}: authentication ")).collect();
    let aliases = format!("{{access {{{aliases}}}}}");
    let roots: String = (0..30).map(|_| "access {authentication} ").collect();
    let circle =
        "{__schema {types {fields {type {fields {type {fields {type {fields {name}}}}}}}}}}";
    for (query, code) in [
        (nested, "query_too_complex"),
        (&deep, "query_too_deep"),
        (&aliases, "too_many_aliases"),
        (&format!("{{{roots}}}"), "too_many_root_fields"),
        (circle, "query_too_complex"),
        ("{access {a", "invalid_request"),
        ("{nothing}", "invalid_query"),
        (
            "query A {access {authentication}} query B {access {authentication}}",
            "invalid_query",
        ),
        (
            &format!("{{access {{authentication}}}} #{}", "x".repeat(70_000)),
            "query_too_large",
        ),
    ] {
        let refused = server.ask(query, json!({})).await;
        assert_eq!(refused.refused().0, code, "{query}: {refused:?}");
        assert!(refused.json["data"].is_null());
    }
}

#[tokio::test]
async fn an_answer_has_at_most_so_many_bytes() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let text = "x".repeat(60_000);
    for _ in 0..6 {
        server.submit("one", json!({"text": text})).await;
    }
    let inputs: String = (0..50).map(|n| format!("a{n}: input ")).collect();
    let refused = server
        .ask(&format!("{{tasks {{nodes {{{inputs}}}}}}}"), json!({}))
        .await;
    assert_eq!(refused.refused().0, "answer_too_large");
    let few = server
        .ask("{tasks(first: 1) {nodes {input}}}", json!({}))
        .await
        .data();
    assert_eq!(few["tasks"]["nodes"][0]["input"]["text"], json!(text));
}

#[tokio::test]
async fn a_body_has_the_bound_of_graphql() {
    let server = Server::start().await;
    let body =
        json!({"query": "{access {authentication}}", "variables": {"x": "y".repeat(5 << 20)}});
    let refused = server
        .request("POST", "/graphql")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 413);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "body_too_large");
}

#[tokio::test]
async fn a_page_of_an_edge_has_the_bound_of_lists() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    server.submit("one", json!({})).await;
    for first in [0, 501] {
        let query =
            format!("{{tasks(first: 1) {{nodes {{steps(first: {first}) {{nodes {{name}}}}}}}}}}");
        assert_eq!(
            server.ask(&query, json!({})).await.refused().0,
            "invalid_parameter"
        );
    }
    let wrong = r#"{tasks(first: 1) {nodes {steps(after: "x") {nodes {name}}}}}"#;
    assert_eq!(
        server.ask(wrong, json!({})).await.refused().0,
        "invalid_parameter"
    );
    let request = json!([{"query": "{access {authentication}}"}]);
    let batch = send(server.request("POST", "/graphql").json(&request)).await;
    assert_eq!(batch.refused().0, "invalid_request");
}
