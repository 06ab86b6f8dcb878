//! From one object to others.

use super::asking::{Asks as _, caller};
use crate::api::server::Server;
use crate::flow::host;
use crate::harness::{TestDatabase, TestHost};
use crate::sandbox::guests;
use serde_json::{Value, json};

async fn ask(host: &TestHost, query: &str) -> Value {
    host.ask(query, json!({})).await.data()
}

#[tokio::test]
async fn a_task_leads_to_its_steps_their_attempts_and_the_versions_that_ran() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let steps = "steps:
  - {name: a, handler: basics/sum, config: {value: 1}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 2, of: [a]}}
  - {name: c, handler: basics/flaky, depends_on: [b], retry: {max_attempts: 2, base: 1ms}, config: {failures: 9}}
";
    host.publish_template("chain", steps).await;
    let task = host.run("chain", json!({})).await;
    let query = "{tasks {nodes {
        id state templateVersion {version steps {name}}
        steps(first: 2) {
          nodes {name state attemptCount result handlerVersion {component version digest}
                 attempts {edges {cursor node {attempt outcome host kind}} pageInfo {hasNextPage}}}
          pageInfo {hasNextPage endCursor}
        }
        rest: steps(after: \"1\") {nodes {name attemptCount reason attempts(first: 1) {nodes {outcome} pageInfo {hasNextPage endCursor}}}}
        stepCounts lock {component handlerVersion {version}} result inputBytes
      }}}";
    let asked = ask(&host, query).await["tasks"]["nodes"][0].take();
    assert_eq!(asked["id"], task["id"]);
    assert_eq!(
        asked["templateVersion"]["steps"].as_array().unwrap().len(),
        3
    );
    let steps = &asked["steps"];
    assert_eq!(
        steps["pageInfo"],
        json!({"hasNextPage": true, "endCursor": "1"})
    );
    assert_eq!(steps["nodes"][1]["name"], "b");
    assert_eq!(steps["nodes"][1]["result"], 3);
    assert_eq!(steps["nodes"][0]["handlerVersion"]["component"], "basics");
    let attempt = &steps["nodes"][0]["attempts"]["edges"][0];
    assert_eq!(
        (&attempt["cursor"], &attempt["node"]["outcome"]),
        (&json!("1"), &json!("COMPLETE"))
    );
    assert!(attempt["node"]["host"].is_string());
    let failed = &asked["rest"]["nodes"][0];
    assert_eq!(
        (&failed["name"], &failed["attemptCount"]),
        (&json!("c"), &json!(2))
    );
    assert_eq!(failed["attempts"]["nodes"], json!([{"outcome": "FAILED"}]));
    assert_eq!(
        failed["attempts"]["pageInfo"],
        json!({"hasNextPage": true, "endCursor": "1"})
    );
    assert_eq!(asked["stepCounts"], json!({"complete": 2, "error": 1}));
    assert_eq!(
        asked["lock"][0]["handlerVersion"]["version"],
        steps["nodes"][0]["handlerVersion"]["version"]
    );
    assert_eq!(asked["inputBytes"], 2);
}

#[tokio::test]
async fn the_parts_of_a_listed_task_are_those_of_the_task_itself() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    host.publish_template(
        "one",
        "steps: [{name: a, handler: basics/sum, config: {value: 4}}]",
    )
    .await;
    let many: String = (0..3)
        .map(|n| format!("  - {{name: s{n}, handler: basics/sum, config: {{value: {n}}}}}\n"))
        .collect();
    host.publish_template("many", &format!("steps:\n{many}"))
        .await;
    host.run("one", json!({})).await;
    host.run("many", json!({})).await;
    let parts =
        "id input inputBytes result resultBytes seq lock {component version steps} stepCounts";
    let listed = ask(&host, &format!("{{tasks {{nodes {{{parts}}}}}}}")).await;
    for task in listed["tasks"]["nodes"].as_array().unwrap() {
        let whole = ask(&host, &format!("{{task(id: {}) {{{parts}}}}}", task["id"])).await;
        assert_eq!(*task, whole["task"]);
    }
    assert_eq!(
        listed["tasks"]["nodes"][0]["result"],
        json!({"s0": 0, "s1": 1, "s2": 2})
    );
}

#[tokio::test]
async fn a_namespace_leads_to_what_is_in_it() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    server.put("/v1/namespaces/bank", &json!({})).await;
    let pin = json!({"requirement": "1"});
    server
        .put("/v1/namespaces/shop/pins/template/one", &pin)
        .await
        .answered(200);
    server
        .put("/v1/namespaces/shop/pins/component/guest", &pin)
        .await
        .answered(200);
    let ids = [
        server.submit("one", json!({})).await,
        server.submit("one", json!({})).await,
    ];
    let query = "query ($after: String) {namespaces {nodes {
        name componentCount
        components {nodes {name latest versionCount}}
        templates {nodes {name}}
        pins(first: 1) {nodes {kind target targetVersion {version}} pageInfo {hasNextPage endCursor}}
        more: pins(after: $after) {nodes {kind}}
        tasks(first: 1) {nodes {id} pageInfo {hasNextPage endCursor}}
      }}}";
    let asked = server.ask(query, json!({})).await.data();
    let [bank, shop] = asked["namespaces"]["nodes"].as_array().unwrap().as_slice() else {
        panic!("{asked}");
    };
    assert_eq!(bank["components"]["nodes"], json!([]));
    assert_eq!(shop["componentCount"], 1);
    assert_eq!(
        shop["components"]["nodes"],
        json!([{"name": "guest", "latest": "1.0.0", "versionCount": 1}])
    );
    assert_eq!(shop["templates"]["nodes"], json!([{"name": "one"}]));
    assert_eq!(shop["pins"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(shop["pins"]["pageInfo"]["hasNextPage"], true);
    assert_eq!(shop["tasks"]["nodes"], json!([{"id": ids[1]}]));
    assert_eq!(shop["tasks"]["pageInfo"]["hasNextPage"], true);
    let end = shop["pins"]["pageInfo"]["endCursor"].clone();
    let query = "query ($after: String) {namespaces(first: 1, after: \"bank\") {nodes {pins(after: $after) {nodes {kind}}}}}";
    let rest = server.ask(query, json!({"after": end})).await.data();
    let rest = &rest["namespaces"]["nodes"][0]["pins"]["nodes"];
    assert_eq!(rest.as_array().unwrap().len(), 1);
    assert_ne!(rest[0]["kind"], shop["pins"]["nodes"][0]["kind"]);
}

#[tokio::test]
async fn what_another_namespace_owns_is_read_by_those_who_may() {
    let server = Server::start().await;
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    server.share("shop", "guest", "bank").await;
    let yaml =
        "namespace: bank\nname: one\nversion: 1.0.0\nsteps: [{name: a, handler: shop/guest/noop}]";
    let request = server.request("PUT", "/v1/namespaces/bank/templates/one/versions/1.0.0");
    let published = request
        .header("content-type", "application/yaml")
        .body(yaml)
        .send()
        .await
        .unwrap();
    assert_eq!(published.status(), 201);
    let submit = json!({"namespace": "bank", "template": "one", "input": {}});
    server.post("/v1/tasks", &submit).await.answered(201);
    let banker = json!([{"namespace": "bank", "actions": ["read"]}]);
    let banker = caller(&server, "banker", banker).await;
    let query = "{tasks {nodes {steps {nodes {name component handlerVersion {digest}}}}}}";
    let asked = banker.ask(query, json!({})).await;
    assert_eq!(asked.refused().0, "forbidden");
    let step = &asked.json["data"]["tasks"]["nodes"][0]["steps"]["nodes"][0];
    assert_eq!(
        *step,
        json!({"name": "a", "component": "shop/guest", "handlerVersion": null})
    );
}

#[tokio::test]
async fn a_component_leads_to_its_versions_from_the_highest_to_the_lowest() {
    let server = Server::start().await;
    for version in ["1.0.0", "1.2.0", "1.10.0"] {
        server
            .put_component("guest", version, guests::misbehaving())
            .await
            .answered(201);
    }
    server
        .publish("one", "steps: [{name: a, handler: guest/noop}]")
        .await;
    let query = "query ($after: String) {
        component(namespace: \"shop\", name: \"guest\") {
          name latest versionCount createdAt
          versions(first: 2, after: $after) {nodes {version digest handlers {name}} pageInfo {hasNextPage endCursor}}
        }
        template(namespace: \"shop\", name: \"one\") {latest versions {nodes {version steps {name}}}}
        components {nodes {versions {nodes {version}}}}
        namespaces {nodes {templates {nodes {versions(first: 1) {nodes {id}}}}}}
      }";
    let asked = server.ask(query, json!({})).await.data();
    let component = &asked["component"];
    assert_eq!(
        (&component["latest"], &component["versionCount"]),
        (&json!("1.10.0"), &json!(3))
    );
    let numbers = |versions: &Value| -> Vec<Value> {
        let nodes = versions["nodes"].as_array().unwrap().iter();
        nodes.map(|it| it["version"].clone()).collect()
    };
    let versions = &component["versions"];
    assert_eq!(numbers(versions), ["1.10.0", "1.2.0"]);
    assert!(versions["nodes"][0]["digest"].is_string());
    assert_eq!(
        versions["pageInfo"],
        json!({"hasNextPage": true, "endCursor": "1.2.0"})
    );
    assert_eq!(
        asked["template"],
        json!({"latest": "1.0.0", "versions": {"nodes": [{"version": "1.0.0", "steps": [{"name": "a"}]}]}})
    );
    let listed = &asked["components"]["nodes"][0]["versions"];
    assert_eq!(numbers(listed), ["1.10.0", "1.2.0", "1.0.0"]);
    let of_namespace = &asked["namespaces"]["nodes"][0]["templates"]["nodes"][0];
    let id = &of_namespace["versions"]["nodes"][0]["id"];
    assert_eq!(*id, "TemplateVersion/shop/one/1%2E0%2E0");
    let rest = server.ask(query, json!({"after": "1.2.0"})).await.data();
    let rest = &rest["component"]["versions"];
    assert_eq!(numbers(rest), ["1.0.0"]);
    assert_eq!(rest["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn a_component_that_does_not_exist_is_null_and_one_that_may_not_be_read_is_refused() {
    let server = Server::start().await;
    let query = "{component(namespace: \"shop\", name: \"nothing\") {name}}";
    let asked = server.ask(query, json!({})).await.data();
    assert_eq!(asked, json!({"component": null}));
    server.put("/v1/namespaces/bank", &json!({})).await;
    let banker = json!([{"namespace": "bank", "actions": ["read"]}]);
    let banker = caller(&server, "banker", banker).await;
    assert_eq!(banker.ask(query, json!({})).await.refused().0, "forbidden");
}
