use super::load::Load;
use super::server::Site;
use std::time::Duration;

/// Longer than a step's time, its grace, and what a host may be silent for.
const LONG: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_hangs_costs_no_step_an_attempt() {
    let site = Site::new();
    let server = site.primary(&[]).await;
    let load = Load::begin(&site).await;
    server.freeze();
    tokio::time::sleep(LONG).await;
    server.thaw();
    load.all_succeed().await;
    load.stop().await;
}
