//! A host that does not have the key of a secret.

use crate::harness::{TestDatabase, TestHost, client, step_of, wait_until_sql};
use crate::sandbox::guests;
use serde_json::json;
use tasker_engine::secret::{KeyRing, SecretKeys};

const STEPS: &str = "
steps:
  - {name: tells, handler: confidant/tells, retry: {max_attempts: 1}}
";

fn keys(byte: u8) -> SecretKeys {
    let line = data_encoding::HEXLOWER.encode(&[byte; 32]);
    SecretKeys::given(KeyRing::parse(&line).unwrap())
}

#[tokio::test]
async fn a_host_without_the_key_of_a_secret_gives_the_step_back_and_another_runs_it() {
    let database = TestDatabase::new().await;
    let keyed = TestHost::start_with(&database, |config| {
        config.secret_keys = Some(keys(1));
        config.worker = None;
    })
    .await;
    let bytes = guests::confidant();
    keyed.publish_component("confidant", "1.0.0", bytes).await;
    keyed.grant("confidant", "secret stripe-key clear").await;
    keyed.publish_template("tells", STEPS).await;
    let url = keyed.host.url();
    let request = client()
        .put(format!("{url}/v1/namespaces/shop/secrets/stripe-key"))
        .header("content-type", "text/plain")
        .body("sk_live_1");
    assert_eq!(request.send().await.unwrap().status(), 200);

    let other = TestHost::start_with(&database, |config| config.secret_keys = Some(keys(2))).await;
    let id = keyed.submit("tells", json!("stripe-key")).await;
    let given_back =
        "select count(*) > 0 from tasker.step where free_attempts > 0 and state = 'ready'";
    wait_until_sql(database.pool(), given_back).await;
    other.host.stop().await.unwrap();

    let worker = TestHost::start_with(&database, |config| config.secret_keys = Some(keys(1))).await;
    let task = worker.finished(&id).await;
    assert_eq!(step_of(&task, "tells")["state"], "complete", "{task}");
    for host in [worker, keyed] {
        host.host.stop().await.unwrap();
    }
}
