//! What people do with tasks while they run: cancel, submit twice, publish the next version.

use super::{host, publish_components};
use crate::harness::{TestDatabase, TestHost, basics, step_of};
use crate::sandbox::guests;
use futures::future::join_all;
use serde_json::{Value, json};

#[tokio::test]
async fn cancelling_ends_the_attempt_under_way() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| {
        config.worker.as_mut().unwrap().slots = 1;
    })
    .await;
    publish_components(&host).await;
    let yaml = "
steps:
  - {name: sleeps, handler: basics/sleep, config: {ms: 3600000}, timeout: 2h}
  - {name: after, handler: basics/noop, depends_on: [sleeps]}
";
    host.publish_template("long", yaml).await;
    host.publish_template("short", "steps: [{name: a, handler: basics/noop}]")
        .await;
    let id = host.submit("long", json!({})).await;
    host.step_in(&id, "sleeps", "running").await;
    let body = json!({"reason": "not needed"});
    let (status, task) = host.post(&format!("/v1/tasks/{id}/cancel"), &body).await;
    assert_eq!(
        (status, &task["state"]),
        (200, &json!("cancelled")),
        "{task}"
    );
    for step in ["sleeps", "after"] {
        assert_eq!(step_of(&task, step)["state"], "cancelled");
    }
    // The only slot is free again only if the sleeping guest was ended.
    assert_eq!(host.run("short", json!({})).await["state"], "complete");
    assert_eq!(host.task(&id).await["state"], "cancelled");
}

#[tokio::test]
async fn submits_with_one_key_make_one_task_also_at_the_same_time() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    host.publish_template("one", "steps: [{name: a, handler: basics/echo}]")
        .await;
    let submit = |amount: u32| json!({"namespace": "shop", "template": "one", "input": {"amount": amount}, "idempotency_key": "order-1"});
    let same = submit(1);
    let answers = join_all((0..8).map(|_| host.post("/v1/tasks", &same))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
    let ids: Vec<&Value> = answers
        .iter()
        .map(|(_, body)| &body["task"]["id"])
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    let (status, problem) = host.post("/v1/tasks", &submit(2)).await;
    assert_eq!((status, &problem["task_id"]), (409, ids[0]), "{problem}");
    host.finished(ids[0].as_str().unwrap()).await;
    let (status, again) = host.post("/v1/tasks", &same).await;
    assert_eq!((status, &again["task"]["id"]), (200, ids[0]), "{again}");
}

#[tokio::test]
async fn a_new_version_is_taken_by_new_tasks_while_running_ones_keep_theirs() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    // The first version's `noop` returns null, the second's returns the input.
    host.publish_component("either", "1.0.0", basics()).await;
    let yaml = "
steps:
  - {name: before, handler: basics/sleep, config: {ms: 1000}}
  - {name: either, handler: either/noop, depends_on: [before]}
";
    host.publish_template("hot", yaml).await;
    let old = host.submit("hot", json!({"order": 7})).await;
    host.step_in(&old, "before", "running").await;
    host.publish_component("either", "2.0.0", guests::undescribed())
        .await;
    let new = host.submit("hot", json!({"order": 7})).await;
    host.pin_component("either", "=1.0.0").await;
    let pinned = host.submit("hot", json!({"order": 7})).await;
    let versions = [
        (old, json!(null), "1.0.0"),
        (new, json!({"order": 7}), "2.0.0"),
        (pinned, json!(null), "1.0.0"),
    ];
    for (id, result, version) in versions {
        let task = host.finished(&id).await;
        assert_eq!(
            (&task["state"], &task["result"]),
            (&json!("complete"), &result)
        );
        assert_eq!(task["steps"][1]["version"], version, "{task}");
    }
}
