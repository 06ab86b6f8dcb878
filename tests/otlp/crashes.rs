//! Traces whatever happens to hosts.

use super::host::{Setup, TracedHost, ended};
use super::receiver::{Receiver, assert_whole};
use crate::harness::wait_until_sql;
use serde_json::json;

const CHAIN: &str = "
steps:
  - {name: a, handler: basics/sleep, config: {ms: 200}}
  - {name: b, handler: basics/sleep, config: {ms: 200}, depends_on: [a]}
  - {name: c, handler: basics/sleep, config: {ms: 200}, depends_on: [b]}
";
const TASKS: usize = 6;

#[tokio::test]
async fn a_host_that_is_killed_leaves_whole_traces_of_all_its_tasks() {
    let (setup, receiver) = (Setup::new().await, Receiver::start());
    setup.api.publish_template("chain", CHAIN).await;
    let endpoint = receiver.http();
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", &*endpoint)];
    let first = TracedHost::start(&setup, &variables).await;
    let exports = "select owner is not null from tasker.trace_export";
    wait_until_sql(setup.database.pool(), exports).await;
    let mut tasks = Vec::new();
    for _ in 0..TASKS {
        let (id, response) = first.submit("chain", json!({}), None).await;
        tasks.push((id, response.unwrap()));
    }
    // It runs them all, is in the middle of them, and it is the one that exports.
    let middle = "select count(*) filter (where state = 'complete') >= 3 and count(*) filter (where state = 'running') >= 1
                  from tasker.step";
    wait_until_sql(setup.database.pool(), middle).await;
    first.kill().await;
    let second = TracedHost::start(&setup, &variables).await;
    for (id, response) in &tasks {
        let task = ended(&setup, id).await;
        assert_eq!(task["state"], "complete");
        let attempts: i64 = sqlx::query_scalar(
            "select sum(attempt)::bigint from tasker.step where task_id = $1::text::uuid",
        )
        .bind(id)
        .fetch_one(setup.database.pool())
        .await
        .unwrap();
        let attempts = usize::try_from(attempts).unwrap();
        // The task, its steps and its attempts, also those that were lost, and a run for each attempt of the second host.
        let trace_id = response.split('-').nth(1).unwrap();
        let mut spans = receiver.trace(trace_id, 4 + attempts + 1).await;
        assert_whole(&spans, "");
        spans.retain(|span| span.level() == "attempt");
        assert_eq!(spans.len(), attempts, "{spans:?}");
    }
    let lost = receiver.spans().await;
    let lost = lost
        .iter()
        .filter(|span| span.attribute("tasker.outcome") == "lost");
    assert!(lost.count() >= 1);
    drop(second);
}
