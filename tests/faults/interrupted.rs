//! A database that ends connections, or takes no writes for a while.

use super::load::Load;
use super::server::Site;
use crate::harness::wait_until;
use std::time::Duration;

/// How long the database stays as it is, and how often that changes.
const PAUSE: Duration = Duration::from_millis(300);
const TIMES: usize = 8;

const TERMINATE: &str = "
    select count(*) from (
      select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'tasker' and pid <> pg_backend_pid()) t";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ending_every_connection_again_and_again_costs_no_step_an_attempt() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let load = Load::begin(&site).await;
    for _ in 0..TIMES {
        // A host that was just interrupted has no connection for a moment.
        wait_until("a connection is there and ended", async || {
            let ended: i64 = server.ask(TERMINATE).await;
            (ended > 0).then_some(())
        })
        .await;
    }
    load.all_succeed().await;
    load.nobody_died().await;
    load.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_read_only_now_and_then_costs_no_step_an_attempt() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let load = Load::begin(&site).await;
    for number in 0..TIMES {
        let setting = if number % 2 == 0 { "on" } else { "off" };
        let set = format!("alter system set default_transaction_read_only = {setting}");
        server.run(&set).await;
        let _: bool = server.ask("select pg_reload_conf()").await;
        tokio::time::sleep(PAUSE).await;
    }
    load.all_succeed().await;
    load.nobody_died().await;
    load.stop().await;
}
