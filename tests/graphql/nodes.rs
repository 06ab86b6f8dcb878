//! Objects that are found again by their ids.

use super::asking::Asks;
use crate::flow::host;
use crate::harness::{TestDatabase, TestHost, client_with};
use serde_json::{Value, json};

const STEPS: &str = "steps:
  - {name: a, handler: basics/sum, config: {value: 1}}
  - {name: c, handler: basics/flaky, depends_on: [a], retry: {max_attempts: 2, base: 1ms}, config: {failures: 9}}
";

const IDS: &str = r#"query ($task: ID!) {
    namespaces {nodes {id name componentCount componentVersions templateCount templateVersions pinCount openTasks createdAt}}
    component(namespace: "shop", name: "basics") {id name versionCount latest}
    template(namespace: "shop", name: "chain") {id name versionCount latest}
    pins(namespace: "shop") {nodes {id kind target requirement version}}
    steps(id: $task) {nodes {id name state result reason attempts {nodes {id step attempt outcome}}}}
    tasks {nodes {steps {nodes {id}}}}
    taskReport(id: $task) {attempts {id step attempt outcome}}
  }"#;

const NODE: &str = "query ($id: ID!) {node(id: $id) {
    id
    ... on Namespace {name componentCount componentVersions templateCount templateVersions pinCount openTasks createdAt}
    ... on Component {name versionCount latest}
    ... on Template {name versionCount latest}
    ... on Pin {kind target requirement version}
    ... on Step {name state result reason attempts {nodes {id step attempt outcome}}}
    ... on Attempt {step attempt outcome}
  }}";

/// A caller with a key of its own.
struct Caller<'h> {
    host: &'h TestHost,
    key: String,
}

impl Asks for Caller<'_> {
    fn post(&self, path: &str) -> reqwest::RequestBuilder {
        client_with(Some(&self.key)).post(format!("{}{path}", self.host.host.url()))
    }
}

/// A host with a task that failed, and one object of each type.
async fn objects(host: &TestHost) -> Vec<Value> {
    host.publish_template("chain", STEPS).await;
    host.pin_component("basics", "^1").await;
    let task = host.run("chain", json!({})).await["id"].take();
    let found = host.ask(IDS, json!({"task": task})).await.data();
    let steps = found["steps"]["nodes"].as_array().unwrap();
    let of_edge = found["tasks"]["nodes"][0]["steps"]["nodes"].as_array();
    let ids = |steps: &[Value]| -> Vec<Value> { steps.iter().map(|it| it["id"].clone()).collect() };
    assert_eq!(ids(steps), ids(of_edge.unwrap()));
    let failed = &steps[1]["attempts"]["nodes"];
    assert_eq!(found["taskReport"]["attempts"], *failed);
    let shop = found["namespaces"]["nodes"].as_array().unwrap();
    let shop = shop.iter().find(|it| it["name"] == "shop").unwrap();
    let pin = &found["pins"]["nodes"][0];
    [
        shop,
        &found["component"],
        &found["template"],
        pin,
        &steps[0],
        &steps[1],
        &failed[1],
    ]
    .map(Value::clone)
    .into()
}

#[tokio::test]
async fn an_object_is_the_same_when_it_is_found_again_by_its_id() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    for object in objects(&host).await {
        let found = host.ask(NODE, json!({"id": object["id"]})).await.data();
        assert_eq!(found["node"], object);
    }
}

#[tokio::test]
async fn an_object_that_is_not_there_is_null_or_refused() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let objects = objects(&host).await;
    let [.., step, attempt] = objects.as_slice() else {
        panic!("{objects:?}");
    };
    let id = |of: &Value| of["id"].as_str().unwrap().to_owned();
    let (step, attempt) = (id(step), id(attempt));
    let (other_step, other_attempt) = (step.clone() + "x", attempt.clone() + "9");
    for id in [
        "Namespace/nothing",
        "Component/shop/nothing",
        "Template/shop/nothing",
        "Step/x/a",
        &other_step,
        &other_attempt,
        &attempt.replace("/c/", "/nothing/"),
    ] {
        let found = host.ask(NODE, json!({"id": id})).await.data();
        assert_eq!(found["node"], Value::Null, "{id}");
    }
    let pin = host
        .ask(NODE, json!({"id": "Pin/shop/component/nothing"}))
        .await;
    assert_eq!(pin.refused().0, "unknown_pin");
    let wrong = host.ask(NODE, json!({"id": "Step/x"})).await;
    assert_eq!(wrong.refused().0, "invalid_id");
}

#[tokio::test]
async fn an_object_of_a_namespace_that_the_caller_may_not_read_is_refused() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let objects = objects(&host).await;
    let permissions = json!([{"namespace": "bank", "actions": ["read", "run"]}]);
    let body = json!({"name": "other", "permissions": permissions});
    let (status, made) = host.post("/v1/keys", &body).await;
    assert_eq!(status, 201, "{made}");
    let key = made["key"].as_str().unwrap().to_owned();
    let other = Caller { host: &host, key };
    for object in objects {
        let refused = other.ask(NODE, json!({"id": object["id"]})).await;
        assert_eq!(refused.refused().0, "forbidden", "{object}");
        assert_eq!(refused.json["data"]["node"], Value::Null);
    }
    let hidden = other.ask(NODE, json!({"id": "Namespace/nothing"})).await;
    assert_eq!(hidden.refused().0, "forbidden");
}
