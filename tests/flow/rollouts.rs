//! Guards over rollouts of real versions on real hosts.

use super::forget_description;
use crate::harness::{TestDatabase, TestHost, basics, wait_until};
use crate::sandbox::guests;
use serde_json::{Value, json};

const PIN: &str = "/v1/namespaces/shop/pins/component/guest";

/// Hosts with `guest` 1.0.0, which returns its input whatever it is told, and 1.1.0, which does as
/// it is told; half of new tasks take it.
async fn rolled_out(database: &TestDatabase, step: &str) -> (TestHost, TestHost) {
    let (one, other) = (
        TestHost::start(database).await,
        TestHost::start(database).await,
    );
    one.publish_component("guest", "1.0.0", guests::undescribed())
        .await;
    one.publish_component("guest", "1.1.0", basics()).await;
    forget_description(database).await;
    one.publish_template("rolled_out", &format!("steps: [{step}]"))
        .await;
    one.pin_component("guest", "=1.0.0").await;
    let body = json!({"to": "1.1.0", "percent": 50, "reason": "a try"});
    let (status, pin) = one.post(&format!("{PIN}/rollout"), &body).await;
    assert_eq!((status, &pin["rollout"]["state"]), (200, &json!("running")));
    (one, other)
}

async fn pin(host: &TestHost) -> Value {
    let (status, pins) = host.get("/v1/pins?namespace=shop").await;
    assert_eq!(status, 200, "{pins}");
    pins["items"][0].clone()
}

async fn history(host: &TestHost) -> Vec<Value> {
    let (status, page) = host.get(&format!("{PIN}/history")).await;
    assert_eq!(status, 200, "{page}");
    page["items"].as_array().unwrap().clone()
}

async fn evaluated(host: &TestHost) {
    wait_until("the guard has evaluated", async || {
        let newest = history(host).await.swap_remove(0);
        (newest["actor"] == "host").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_version_is_rolled_back_by_itself_and_the_history_says_why() {
    let database = TestDatabase::new().await;
    let step = "{name: a, handler: guest/panic, config: {message: ouch}, retry: {max_attempts: 1}}";
    let (one, other) = rolled_out(&database, step).await;
    one.submit_all(&["rolled_out"; 100]).await;
    evaluated(&other).await;
    let pin = pin(&other).await;
    assert_eq!(
        (&pin["requirement"], &pin["rollout"]),
        (&json!("=1.0.0"), &Value::Null)
    );
    assert_eq!(pin["created_by"], "host");
    let history = history(&other).await;
    let actions: Vec<_> = history
        .iter()
        .map(|it| it["action"].as_str().unwrap())
        .collect();
    // Two hosts, one evaluation.
    assert_eq!(actions, ["pin.rollback", "pin.rollout", "pin.set"]);
    let why = history[0]["reason"].as_str().unwrap();
    assert!(
        why.starts_with("100.0 % of ") && why.contains("on =1.1.0 trapped"),
        "{why}"
    );
    assert!(
        history[0]["figures"]["rollout"]["attempts"].as_i64() >= Some(20),
        "{history:?}"
    );
    // New tasks take the version before, on every host.
    for host in [&one, &other] {
        for _ in 0..5 {
            assert_eq!(host.run("rolled_out", json!({})).await["state"], "complete");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_version_is_paused_where_it_is() {
    let database = TestDatabase::new().await;
    let (one, _other) = rolled_out(
        &database,
        "{name: a, handler: guest/sleep, config: {ms: 400}}",
    )
    .await;
    one.submit_all(&["rolled_out"; 100]).await;
    evaluated(&one).await;
    let pin = pin(&one).await;
    assert_eq!(
        (&pin["rollout"]["state"], &pin["rollout"]["percent"]),
        (&json!("paused"), &json!(50.0))
    );
    let why = pin["rollout"]["paused_because"].as_str().unwrap();
    assert!(
        why.contains("on =1.1.0 end within") && why.contains("2 times as much"),
        "{why}"
    );
    assert_eq!(history(&one).await[0]["reason"], why);
    let further = json!({"to": "1.1.0", "percent": 60});
    let (status, refused) = one.post(&format!("{PIN}/rollout"), &further).await;
    assert_eq!(
        (status, &refused["code"]),
        (409, &json!("rollout_is_paused"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_version_is_left_alone() {
    let database = TestDatabase::new().await;
    let (one, _other) = rolled_out(&database, "{name: a, handler: guest/noop}").await;
    for id in one.submit_all(&["rolled_out"; 100]).await {
        assert_eq!(one.finished(&id).await["state"], "complete");
    }
    assert_eq!(one.host.engine.evaluate_rollout_guards().await.unwrap(), 0);
    assert_eq!(pin(&one).await["rollout"]["state"], "running");
    assert_eq!(history(&one).await[0]["action"], "pin.rollout");
}
