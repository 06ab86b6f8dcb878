use super::load::Load;
use super::server::Site;
use std::time::Duration;

/// Longer than a step's time, its grace, and what a host may be silent for.
const LONG: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_for_long_costs_no_step_an_attempt() {
    let site = Site::new();
    let mut server = site.primary(&[]).await;
    let load = Load::begin(&site).await;
    server.stop_at_once();
    tokio::time::sleep(LONG).await;
    server.start().await;
    load.all_succeed().await;
    load.stop().await;
}
