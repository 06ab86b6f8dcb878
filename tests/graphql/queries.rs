//! Queries: the same answers as those of the API.

use super::asking::{Asks as _, caller};
use crate::api::server::Server;
use serde_json::{Value, json};

const STEPS: &str =
    "steps: [{name: a, handler: guest/noop}, {name: b, handler: guest/noop, depends_on: [a]}]";

#[tokio::test]
async fn a_task_is_the_same_as_in_the_api() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let input = r#"{"big":12345678901234567,"price":0.10}"#;
    let id = server
        .submit("one", serde_json::from_str(input).unwrap())
        .await;
    let query = "query ($id: ID!) {
        task(id: $id) {
          id namespace template version state createdAt finishedAt correlationId priority input inputBytes seq
          lock {component version steps} stepCounts
        }
      }";
    let task = server.ask(query, json!({"id": id})).await.data()["task"].take();
    let same = server.get(&format!("/v1/tasks/{id}")).await.answered(200);
    assert_eq!(task["id"], json!(id));
    assert_eq!(task["state"], "PENDING");
    assert_eq!(task["createdAt"], same["created_at"]);
    assert_eq!(task["input"].to_string(), input);
    assert_eq!(task["seq"], same["seq"]);
    assert_eq!(task["stepCounts"], same["step_counts"]);
    assert_eq!(task["lock"][0]["component"], same["lock"][0]["component"]);
}

#[tokio::test]
async fn a_list_is_read_page_by_page_from_any_of_its_cursors() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, server.submit("one", json!({})).await);
    }
    let query = "query ($after: String) {
        tasks(first: 2, after: $after) {
          edges {cursor node {id}} nodes {id} pageInfo {hasNextPage hasPreviousPage startCursor endCursor}
        }
      }";
    let page = async |after: Value| {
        let page = server.ask(query, json!({"after": after})).await.data();
        page["tasks"].clone()
    };
    let first = page(Value::Null).await;
    assert_eq!(first["nodes"], json!([{"id": ids[0]}, {"id": ids[1]}]));
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    assert_eq!(first["pageInfo"]["endCursor"], first["edges"][1]["cursor"]);
    let behind_first = page(first["edges"][0]["cursor"].clone()).await;
    assert_eq!(
        behind_first["nodes"],
        json!([{"id": ids[1]}, {"id": ids[2]}])
    );
    let last = page(json!(ids[3])).await;
    assert_eq!(last["nodes"], json!([{"id": ids[4]}]));
    assert_eq!(last["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn a_node_is_found_again_by_its_id() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let task = server.submit("one", json!({})).await;
    let query = r#"{
        componentVersion(namespace: "shop", name: "guest", version: "1.0.0") {id digest}
        templateVersion(namespace: "shop", name: "one", version: "latest") {id}
      }"#;
    let made = server.ask(query, json!({})).await.data();
    let node = "query ($id: ID!) {
        node(id: $id) {__typename id ... on ComponentVersion {digest} ... on Task {template}}
      }";
    let component = server
        .ask(node, json!({"id": made["componentVersion"]["id"]}))
        .await;
    let component = component.data()["node"].take();
    assert_eq!(component["digest"], made["componentVersion"]["digest"]);
    let template = server
        .ask(node, json!({"id": made["templateVersion"]["id"]}))
        .await;
    assert_eq!(template.data()["node"]["__typename"], "TemplateVersion");
    let found = server.ask(node, json!({"id": task})).await.data()["node"].take();
    assert_eq!(
        found,
        json!({"__typename": "Task", "id": task, "template": "one"})
    );
    let wrong = server.ask(node, json!({"id": "Nothing/at/all"})).await;
    assert_eq!(wrong.refused().0, "invalid_id");
}

#[tokio::test]
async fn a_caller_reads_by_graphql_what_it_may_read_in_the_api() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let other = json!([{"namespace": "bank", "actions": ["read", "run"]}]);
    let other = caller(&server, "other", other).await;
    let refused = other
        .ask("query ($id: ID!) {task(id: $id) {id}}", json!({"id": id}))
        .await;
    assert_eq!(refused.refused().0, "forbidden");
    assert_eq!(refused.json["errors"][0]["extensions"]["status"], 403);
    assert_eq!(refused.json["errors"][0]["path"], json!(["task"]));
    let refused = other
        .ask(r#"{tasks(namespace: "shop") {nodes {id}}}"#, json!({}))
        .await;
    assert_eq!(refused.refused().0, "forbidden");
    let own = other.ask("{tasks {nodes {id}}}", json!({})).await.data();
    assert_eq!(own["tasks"]["nodes"], json!([]));
    let refused = other.ask("{namespaces {nodes {name}}}", json!({})).await;
    assert_eq!(refused.refused().0, "forbidden");
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_the_code_of_the_api_and_the_rest_is_answered() {
    let server = Server::start().await;
    let query = r#"{
        access {authentication}
        gone: subscription(namespace: "shop", name: "nothing") {name}
      }"#;
    let asked = server.ask(query, json!({})).await;
    assert_eq!(asked.refused().0, "unknown_subscription");
    assert_eq!(asked.status, 200);
}

#[tokio::test]
async fn usage_audit_and_events_are_lists_like_others() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let id = server.submit("one", json!({})).await;
    let query = r#"{
        auditEntries(first: 1, action: "component") {edges {cursor node {id action subject}} pageInfo {hasNextPage}}
        events(first: 2, types: "task.*") {nodes {type sequence task {id state}} pageInfo {endCursor}}
        performance(by: TEMPLATE) {groups {template} throughput {complete}}
      }"#;
    let asked = server.ask(query, json!({})).await.data();
    let entry = &asked["auditEntries"]["edges"][0];
    assert_eq!(entry["cursor"], entry["node"]["id"].to_string());
    assert_eq!(entry["node"]["action"], "component.publish");
    let event = &asked["events"]["nodes"][0];
    assert_eq!(event["task"], json!({"id": id, "state": "PENDING"}));
    assert!(asked["performance"]["groups"].is_array());
}

#[tokio::test]
async fn a_list_is_asked_for_the_other_way_round_and_for_several_namespaces() {
    let server = Server::start().await;
    server.publish("one", STEPS).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(server.submit("one", json!({})).await);
    }
    let query = r#"query ($after: String, $order: CreatedAtOrder, $namespace: Name) {
        tasks(first: 2, after: $after, order: $order, namespace: $namespace) {nodes {id} pageInfo {endCursor hasNextPage}}
        auditEntries(first: 1, order: AT) {nodes {id} pageInfo {endCursor}}
      }"#;
    let mut after = Value::Null;
    for of_page in [&ids[..2], &ids[2..]] {
        let variables = json!({"after": after, "order": "CREATED_AT", "namespace": "shop,bakery"});
        let page = server.ask(query, variables).await.data();
        let wanted: Vec<Value> = of_page.iter().map(|id| json!({"id": id})).collect();
        assert_eq!(page["tasks"]["nodes"], json!(wanted));
        after = page["tasks"]["pageInfo"]["endCursor"].clone();
        let first = &page["auditEntries"]["nodes"][0]["id"];
        assert_eq!(
            page["auditEntries"]["pageInfo"]["endCursor"],
            first.to_string()
        );
    }
    let newest = json!({"order": "CREATED_AT_DESC"});
    let newest = server.ask(query, newest).await.data();
    assert_eq!(newest["tasks"]["nodes"][0]["id"], json!(ids[2]));
}
