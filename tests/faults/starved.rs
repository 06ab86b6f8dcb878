//! Requests that keep the database busy for long.

use crate::harness::{TestDatabase, TestHost, basics};
use serde_json::json;
use std::time::Duration;

/// More than the API has connections.
const REQUESTS: usize = 24;

const STEPS: &str = "
steps:
  - {name: a, handler: basics/sleep, config: {ms: 100}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 7}}
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_requests_neither_get_a_host_declared_dead_nor_keep_it_from_working() {
    let database = TestDatabase::new().await;
    let impatient = |config: &mut tasker::host::HostConfig| {
        let worker = config.worker.as_mut().unwrap();
        worker.heartbeat_interval = Duration::from_millis(100);
        worker.dead_after = Duration::from_secs(1);
    };
    let host = TestHost::start_with(&database, impatient).await;
    let other = TestHost::start_with(&database, impatient).await;
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("pair", STEPS).await;

    let mut session = database.session().await;
    sqlx::raw_sql("begin; lock table tasker.audit in access exclusive mode")
        .execute(&mut session)
        .await
        .unwrap();
    let slow = std::iter::repeat_with(|| host.get("/v1/audit")).take(REQUESTS);
    let slow = futures::future::join_all(slow);
    let work = futures::future::join_all((0..8).map(|_| other.run("pair", json!({}))));
    let (answers, tasks) = tokio::join!(slow, work);
    for (status, answer) in answers {
        assert_eq!(status, 503, "{answer}");
    }
    for task in tasks {
        assert_eq!(task["state"], "complete", "{task}");
    }
    let dead: i64 =
        sqlx::query_scalar("select count(*) from tasker.worker where stopped_at is not null")
            .fetch_one(database.pool())
            .await
            .unwrap();
    assert_eq!(dead, 0);
    sqlx::raw_sql("rollback")
        .execute(&mut session)
        .await
        .unwrap();
    for host in [host, other] {
        host.host.stop().await.unwrap();
    }
}
