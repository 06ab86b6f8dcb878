//! Retries come when they are due, and not when somebody happens to look.

use super::publish_components;
use crate::harness::{TestDatabase, TestHost, wait_until_sql};
use std::time::Duration;

/// Attempts fail at different moments, and their delays differ by jitter.
const FLAKY: &str = "
steps:
  - {name: a, handler: basics/flaky, config: {failures: 2}, retry: {max_attempts: 3, base: 200ms, max: 400ms}}
";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_never_polls_makes_every_retry_when_it_is_due() {
    let database = TestDatabase::new().await;
    let host = TestHost::start_with(&database, |config| {
        config.worker.as_mut().unwrap().poll_interval = Duration::from_secs(3_600);
    })
    .await;
    publish_components(&host).await;
    host.publish_template("flaky", FLAKY).await;
    host.submit_all(&["flaky"; 64]).await;
    let complete = "select bool_and(state = 'complete') from tasker.task";
    wait_until_sql(database.pool(), complete).await;
    let attempts = "select bool_and(attempt = 3) from tasker.step";
    wait_until_sql(database.pool(), attempts).await;
}
