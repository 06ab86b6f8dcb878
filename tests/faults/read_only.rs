//! A database that takes no writes for a while, as around a failover.

use super::server::{Server, Site};
use crate::harness::{TestDatabase, TestHost, basics, submits, wait_until, wait_until_sql};
use tasker::host::DatabaseChoice;

const FLIPS: usize = 30;
const YAML: &str = "
defaults: {retry: {max_attempts: 1}}
steps:
  - {name: a, handler: basics/sleep, config: {ms: 10}}
  - {name: b, handler: basics/sum, depends_on: [a], config: {value: 7}}
";
const NONE_FAILED: &str = "
    select count(*) = 0 from tasker.transition
    where to_state in ('error', 'waiting_for_retry') or detail ->> 'code' = 'result_refused'";
const ALL_COMPLETE: &str = "select bool_and(state = 'complete') from tasker.task";

async fn set_read_only(server: &Server, is_on: bool) {
    let setting = if is_on { "on" } else { "off" };
    let set = format!("alter system set default_transaction_read_only = {setting}");
    server.run(&set).await;
    server.run("select pg_reload_conf()").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_read_only_for_a_while_again_and_again_fails_no_step() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let unused = TestDatabase::empty().await;
    let url = site.url();
    let host = TestHost::start_with(&unused, |config| {
        config.database = DatabaseChoice::Url(url);
    })
    .await;
    host.publish_component("basics", "1.0.0", basics()).await;
    host.publish_template("nap", YAML).await;
    let pool = site.pool();
    let submit = async || host.post("/v1/tasks", &submits("shop", &["nap"; 10])).await;
    for _ in 0..FLIPS {
        wait_until("tasks are taken", async || {
            (submit().await.0 == 200).then_some(())
        })
        .await;
        set_read_only(&server, true).await;
        let refused = wait_until("no task is taken", async || {
            let (status, answer) = submit().await;
            (status != 200).then_some((status, answer))
        })
        .await;
        assert_eq!(refused.0, 503, "{refused:?}");
        assert_eq!(refused.1["code"], "database_unavailable", "{refused:?}");
        set_read_only(&server, false).await;
    }
    wait_until_sql(&pool, ALL_COMPLETE).await;
    wait_until_sql(&pool, NONE_FAILED).await;
    host.host.stop().await.unwrap();
}
