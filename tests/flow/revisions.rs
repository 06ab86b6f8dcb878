//! What a host has read of a namespace holds until that namespace changes, whatever others do.

use super::{forget_description, host};
use crate::harness::{TestDatabase, TestHost, basics};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

const STEPS: &str = "steps: [{name: a, handler: shop/guest/variable}]";

/// Changes the database, and says so to no host.
async fn run(database: &TestDatabase, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(database.pool())
        .await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

async fn post(host: &TestHost, path: &str, body: &Value) -> Value {
    let (status, answer) = host.post(path, body).await;
    assert_eq!(status, 201, "{path}: {answer}");
    answer
}

/// Changes all that a namespace says, but for one that nothing depends on.
async fn change_pantry(host: &TestHost) {
    let pantry = "/v1/namespaces/pantry";
    let grant = json!({"component": "*", "capability": "env LEVEL=other"});
    let grant = post(host, &format!("{pantry}/grants"), &grant).await;
    let limits = json!({"limits": {"cpu": "1s"}});
    let (status, answer) = host.patch(&format!("{pantry}/limits/*"), &limits).await;
    assert_eq!(status, 200, "{answer}");
    let component = format!("{pantry}/components/jam/versions/1.0.0");
    let (status, answer) = host.put_bytes(&component, basics()).await;
    assert_eq!(status, 201, "{answer}");
    let pin = json!({"requirement": "=1.0.0"});
    let (status, answer) = host
        .put(&format!("{pantry}/pins/component/jam"), &pin)
        .await;
    assert_eq!(status, 200, "{answer}");
    let yaml =
        "namespace: pantry\nname: one\nversion: 1.0.0\nsteps: [{name: a, handler: jam/echo}]";
    host.publish_yaml("pantry", "one", yaml).await;
    let id = &grant["id"];
    assert_eq!(host.delete(&format!("{pantry}/grants/{id}")).await.0, 200);
}

/// The value of `LEVEL` that a new task of the bakery is granted, and the version that it runs.
async fn outcome(host: &TestHost) -> (Value, Value) {
    let body = json!({"namespace": "bakery", "template": "one", "input": "LEVEL"});
    let created = post(host, "/v1/tasks", &body).await;
    let task = host.finished(created["task"]["id"].as_str().unwrap()).await;
    (task["result"].clone(), task["lock"][0]["version"].clone())
}

#[tokio::test]
async fn a_change_in_one_namespace_has_a_host_read_nothing_of_another() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    host.publish_component("guest", "1.1.0", crate::sandbox::guests::misbehaving())
        .await;
    forget_description(&database).await;
    host.share("guest", "bakery").await;
    let yaml = format!("namespace: bakery\nname: one\nversion: 1.0.0\n{STEPS}");
    host.publish_yaml("bakery", "one", &yaml).await;
    let grant = json!({"component": "shop/guest", "capability": "env LEVEL=known"});
    post(&host, "/v1/namespaces/bakery/grants", &grant).await;
    assert_eq!(outcome(&host).await, (json!("known"), json!("1.1.0")));

    // What a host finds only where it reads the bakery again.
    run(
        &database,
        "update tasker.grant set capability = 'env LEVEL=unseen' where capability = 'env LEVEL=known';
         insert into tasker.pin (namespace_id, kind, target, requirement)
           select namespace_id, 'component', 'shop/guest', '=1.0.0' from tasker.namespace where name = 'bakery'",
    )
    .await;
    change_pantry(&host).await;
    assert_eq!(outcome(&host).await, (json!("known"), json!("1.1.0")));

    run(
        &database,
        "update tasker.namespace set revision = revision + 1 where name = 'bakery'",
    )
    .await;
    assert_eq!(outcome(&host).await, (json!("unseen"), json!("1.0.0")));
}

#[tokio::test]
async fn a_change_of_a_pin_has_a_host_read_no_version_again() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    host.publish_component("guest", "1.1.0", crate::sandbox::guests::misbehaving())
        .await;
    forget_description(&database).await;
    host.publish_yaml(
        "shop",
        "one",
        &format!("namespace: shop\nname: one\nversion: 1.0.0\n{STEPS}"),
    )
    .await;
    let taken = async || {
        let body = json!({"namespace": "shop", "template": "one", "input": "LEVEL"});
        let created = post(&host, "/v1/tasks", &body).await;
        let task = host.finished(created["task"]["id"].as_str().unwrap()).await;
        task["lock"][0]["version"].clone()
    };
    assert_eq!(taken().await, "1.1.0");

    // What a host finds only where it reads the versions again.
    run(
        &database,
        "update tasker.component_version set status = 'yanked' where version = '1.1.0';
         update tasker.component set revision = revision + 1",
    )
    .await;
    for (requirement, version) in [("=1.0.0", "1.0.0"), ("^1", "1.1.0")] {
        let pin = json!({"requirement": requirement});
        let (status, answer) = host
            .put("/v1/namespaces/shop/pins/component/guest", &pin)
            .await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(taken().await, version);
    }

    run(
        &database,
        "update tasker.namespace set revision = revision + 1, families_revision = families_revision + 1",
    )
    .await;
    assert_eq!(taken().await, "1.0.0");
}
