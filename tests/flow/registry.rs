//! The registry while several hosts publish, pin and resolve at once.

use super::publish_components;
use crate::harness::{TestDatabase, TestHost, basics, wait_until_sql};
use serde_json::json;

const HOSTS: usize = 3;
/// How often each host publishes, pins and submits.
const ROUNDS: usize = 12;
const TWICE: &str = "
steps:
  - {name: a, handler: basics/noop}
  - {name: b, handler: basics/noop, depends_on: [a]}
  - {name: c, handler: basics/noop, depends_on: [a]}
";

/// A task whose steps have not all the same version of their one component resolved it twice.
const LOCKS_ARE_CONSISTENT: &str = "
    select bool_and(versions = 1 and steps = 3)
    from (select count(distinct component_version_id) as versions, count(*) as steps
          from tasker.lock_entry group by lock_id) l";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_publish_pin_and_resolve_at_once_and_every_lock_is_of_one_state() {
    let database = TestDatabase::new().await;
    let mut hosts = Vec::new();
    for _ in 0..HOSTS {
        hosts.push(TestHost::start(&database).await);
    }
    publish_components(&hosts[0]).await;
    hosts[0].publish_template("twice", TWICE).await;
    let rounds = hosts.iter().enumerate().map(|(number, host)| async move {
        let mut ids = Vec::new();
        for round in 0..ROUNDS {
            // The versions that hosts make differ; the last number of the pin is one of those that
            // exist by then.
            let version = format!("1.{round}.{number}");
            let ((), id, ()) = tokio::join!(
                host.publish_component("basics", &version, basics()),
                host.submit("twice", json!({"round": round})),
                host.pin_component("basics", "*"),
            );
            ids.push(id);
            host.pin_component("basics", &format!("={version}")).await;
            ids.push(host.submit("twice", json!({"pinned": round})).await);
        }
        for id in &ids {
            assert_eq!(host.finished(id).await["state"], "complete");
        }
    });
    futures::future::join_all(rounds).await;
    wait_until_sql(database.pool(), LOCKS_ARE_CONSISTENT).await;
    // All hosts take what the last pin says, whoever set it.
    hosts[0].pin_component("basics", "=1.0.0").await;
    for host in &hosts {
        host.submit("twice", json!("last")).await;
    }
    let last = "select count(distinct k.lock_id) = 1 and count(*) = 3 from tasker.task k
                join tasker.lock_entry e using (lock_id)
                join tasker.component_version v using (component_version_id)
                where k.input::text = '\"last\"' and e.step_no = 0 and v.version = '1.0.0'";
    wait_until_sql(database.pool(), last).await;
}
