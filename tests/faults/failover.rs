use super::load::Load;
use super::server::Site;
use crate::harness::wait_until;
use std::time::Duration;

/// Longer than a step's time, its grace, and what a host may be silent for.
const LONG: Duration = Duration::from_millis(2_500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_to_a_standby_costs_no_step_an_attempt_and_no_host_its_life() {
    let site = Site::new();
    let mut primary = site.primary(&[]).await;
    let load = Load::begin(&site).await;
    let standby = site.standby_of(&primary).await;
    load.submit(8).await;
    load.is_under_way().await;
    let written: String = primary.ask("select pg_current_wal_lsn()::text").await;
    let is_there = format!("select pg_last_wal_replay_lsn() >= '{written}'");
    wait_until("the standby has it", async || {
        standby.ask::<bool>(&is_there).await.then_some(())
    })
    .await;
    primary.stop_at_once();
    tokio::time::sleep(LONG).await;
    standby.promote().await;
    site.serve(&standby);
    load.all_succeed().await;
    load.nobody_died().await;
    load.stop().await;
}
