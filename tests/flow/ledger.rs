//! What attempts used is on record, whatever came of them.

use super::host;
use crate::harness::TestDatabase;
use serde_json::json;
use sqlx::FromRow;

#[derive(Debug, FromRow)]
struct Entry {
    step: String,
    to_state: String,
    failure_kind: Option<String>,
    component: String,
    component_version: String,
    wall_ms: f32,
    cpu_ms: f32,
    memory_kib: i32,
}

async fn ledger(database: &TestDatabase) -> Vec<Entry> {
    let entries = sqlx::query_as(
        "select step, to_state, failure_kind, component, component_version, wall_ms, cpu_ms, memory_kib
         from tasker.ledger order by at, step",
    );
    entries.fetch_all(database.pool()).await.unwrap()
}

#[tokio::test]
async fn every_attempt_that_ran_is_in_the_ledger_with_the_version_that_ran() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    let yaml = "
steps:
  - {name: good, handler: basics/noop}
  - {name: bad, handler: basics/panic, config: {message: ouch}, depends_on: [good], retry: {max_attempts: 2, base: 1ms}}
";
    host.publish_template("both", yaml).await;
    let task = host.run("both", json!({})).await;
    assert_eq!(task["state"], "error");

    let entries = ledger(&database).await;
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.step.as_str(), entry.to_state.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("good", "complete"),
            ("bad", "waiting_for_retry"),
            ("bad", "error")
        ]
    );
    for entry in &entries {
        assert_eq!(
            (entry.component.as_str(), entry.component_version.as_str()),
            ("basics", "1.0.0")
        );
        assert!(entry.wall_ms > 0.0 && entry.cpu_ms > 0.0, "{entry:?}");
        assert!(entry.memory_kib >= 64, "{entry:?}");
    }
    assert_eq!(entries[2].failure_kind.as_deref(), Some("trapped"));
}

#[tokio::test]
async fn the_ledger_sums_up_by_version_by_template_and_by_namespace() {
    let database = TestDatabase::new().await;
    let host = host(&database).await;
    host.publish_template("one", "steps: [{name: a, handler: basics/noop}]")
        .await;
    for _ in 0..3 {
        host.run("one", json!({})).await;
    }
    let sums = sqlx::query_as(
        "select c.attempts, t.attempts, n.attempts, (c.cpu_ms > 0 and c.p95_wall_ms >= c.p50_wall_ms)
         from (select sum(attempts)::bigint as attempts, sum(cpu_ms) as cpu_ms,
                      max(p95_wall_ms) as p95_wall_ms, min(p50_wall_ms) as p50_wall_ms
               from tasker.usage_by_component_version where component = 'basics' and version = '1.0.0') c,
              (select sum(attempts)::bigint as attempts from tasker.usage_by_template_version
               where namespace = 'shop' and template = 'one') t,
              (select sum(attempts)::bigint as attempts from tasker.usage_by_namespace
               where namespace = 'shop') n",
    );
    let sums: (i64, i64, i64, bool) = sums.fetch_one(database.pool()).await.unwrap();
    assert_eq!(sums, (3, 3, 3, true));
}
