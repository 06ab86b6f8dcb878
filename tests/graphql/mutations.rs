//! Mutations: the same changes as those of the API, with the same rights and the same audit.

use super::asking::{Asks as _, caller};
use crate::api::server::{Server, yaml};
use crate::sandbox::guests;
use serde_json::json;

const STEPS: &str = "steps: [{name: a, handler: guest/noop}]";

#[tokio::test]
async fn tasks_are_submitted_one_by_one_and_many_at_once_and_cancelled() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let submit = r#"mutation ($input: JSON!) {
        submitTask(namespace: "shop", template: "one", input: $input, idempotencyKey: "k1", tags: ["a"]) {
          created task {id tags state input}
        }
      }"#;
    let first = server.ask(submit, json!({"input": {"n": 1}})).await.data()["submitTask"].take();
    assert_eq!(
        (&first["created"], &first["task"]["tags"]),
        (&json!(true), &json!(["a"]))
    );
    assert_eq!(first["task"]["input"], json!({"n": 1}));
    let again = server.ask(submit, json!({"input": {"n": 1}})).await.data();
    assert_eq!(again["submitTask"]["created"], false);
    assert_eq!(again["submitTask"]["task"]["id"], first["task"]["id"]);
    let reused = server.ask(submit, json!({"input": {"n": 2}})).await;
    assert_eq!(reused.refused().0, "idempotency_key_reused");
    assert_eq!(
        reused.json["errors"][0]["extensions"]["taskId"],
        first["task"]["id"]
    );

    let batch = r#"mutation ($items: [SubmitInput!]!) {submitTasks(items: $items) {items {created taskId}}}"#;
    let item = json!({"namespace": "shop", "template": "one", "input": {}});
    let batch = server
        .ask(batch, json!({"items": [item, item]}))
        .await
        .data();
    assert_eq!(batch["submitTasks"]["items"].as_array().unwrap().len(), 2);

    let cancel = r#"mutation ($id: ID!) {cancelTask(id: $id, reason: "no stock") {id state steps {nodes {name state}}}}"#;
    let cancelled = server
        .ask(cancel, json!({"id": first["task"]["id"]}))
        .await
        .data();
    assert_eq!(cancelled["cancelTask"]["state"], "CANCELLED");
    assert_eq!(
        cancelled["cancelTask"]["steps"]["nodes"],
        json!([{"name": "a", "state": "CANCELLED"}])
    );
}

#[tokio::test]
async fn versions_are_published_pinned_ramped_rolled_back_and_yanked() {
    let server = Server::start().await;
    for version in ["1.0.0", "1.1.0"] {
        server
            .put_component("guest", version, guests::misbehaving())
            .await;
    }
    let publish = "mutation ($source: String!) {
        publishTemplate(namespace: \"shop\", name: \"one\", version: \"1.0.0\", source: $source) {created version steps {name}}
      }";
    let source = yaml("one", "1.0.0", STEPS);
    let published = server.ask(publish, json!({"source": source})).await.data();
    assert_eq!(published["publishTemplate"]["created"], true);
    let pin = |field: &str, more: &str| {
        format!(
            r#"mutation {{{field}(namespace: "shop", kind: COMPONENT, target: "guest"{more}) {{
                requirement version rollout {{percent state}} targetVersion {{digest}}
              }}}}"#
        )
    };
    let set = server
        .ask(
            &pin("setPin", r#", requirement: "=1.0.0", reason: "known good""#),
            json!({}),
        )
        .await;
    assert_eq!(set.data()["setPin"]["version"], "1.0.0");
    let ramp = server
        .ask(
            &pin("startRollout", r#", to: "1.1.0", percent: 10"#),
            json!({}),
        )
        .await
        .data();
    let rollout = &ramp["startRollout"]["rollout"];
    assert_eq!(
        (&rollout["percent"], &rollout["state"]),
        (&json!(10.0), &json!("RUNNING"))
    );
    assert!(ramp["startRollout"]["targetVersion"]["digest"].is_string());
    let back = server.ask(&pin("rollBackPin", ""), json!({})).await.data();
    assert!(back["rollBackPin"]["rollout"].is_null());
    let yank = r#"mutation {yankComponent(namespace: "shop", name: "guest", version: "1.1.0", reason: "bad") {status}}"#;
    assert_eq!(
        server.ask(yank, json!({})).await.data()["yankComponent"]["status"],
        "YANKED"
    );
    let audit = "{auditEntries(first: 50) {nodes {action reason}}}";
    let audit = server.ask(audit, json!({})).await.data();
    for entry in [
        json!({"action": "pin.set", "reason": "known good"}),
        json!({"action": "component.yank", "reason": "bad"}),
    ] {
        let entries = audit["auditEntries"]["nodes"].as_array().unwrap();
        assert!(entries.contains(&entry), "{entry}: {audit}");
    }
    let removed = r#"mutation {removePin(namespace: "shop", kind: COMPONENT, target: "guest")}"#;
    assert_eq!(
        server.ask(removed, json!({})).await.data()["removePin"],
        true
    );
}

#[tokio::test]
async fn a_change_needs_the_permission_that_it_needs_in_the_api() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let reader = json!([{"namespace": "shop", "actions": ["read"]}]);
    let reader = caller(&server, "reader", reader).await;
    let submit =
        r#"mutation {submitTask(namespace: "shop", template: "one", input: {}) {created}}"#;
    assert_eq!(reader.ask(submit, json!({})).await.refused().0, "forbidden");
    let pin = r#"mutation {setPin(namespace: "shop", kind: TEMPLATE, target: "one", requirement: "1") {version}}"#;
    assert_eq!(reader.ask(pin, json!({})).await.refused().0, "forbidden");
    let runner = json!([{"namespace": "shop", "actions": ["run"]}]);
    let runner = caller(&server, "runner", runner).await;
    let submit = r#"mutation {submitTask(namespace: "shop", template: "one", input: {}) {created task {state steps {nodes {name}}}}}"#;
    let submitted = runner.ask(submit, json!({})).await;
    assert_eq!(submitted.json["data"]["submitTask"]["created"], true);
    assert!(submitted.json["data"]["submitTask"]["task"]["steps"].is_null());
    assert_eq!(submitted.refused().0, "forbidden");
}

#[tokio::test]
async fn null_and_nothing_are_told_apart_where_the_api_does() {
    let server = Server::start().await;
    for version in ["1.0.0", "1.1.0"] {
        server
            .put_component("guest", version, guests::misbehaving())
            .await;
    }
    let set = r#"mutation {setPin(namespace: "shop", kind: COMPONENT, target: "guest", requirement: "=1.0.0") {version}}"#;
    server.ask(set, json!({})).await.data();
    let ramp = |guard: &str| {
        format!(
            r#"mutation {{startRollout(namespace: "shop", kind: COMPONENT, target: "guest", to: "1.1.0", percent: 5{guard}) {{rollout {{guard {{action}}}}}}}}"#
        )
    };
    let usual = server.ask(&ramp(""), json!({})).await.data();
    assert!(usual["startRollout"]["rollout"]["guard"].is_object());
    let none = server
        .ask(&ramp(", guard: null, reason: null"), json!({}))
        .await
        .data();
    assert!(none["startRollout"]["rollout"]["guard"].is_null());
}
