use super::load::Load;
use super::server::Site;
use sqlx::{AssertSqlSafe, ConnectOptions};
use std::time::Duration;

/// Longer than a step's time, its grace, and what a host may be silent for.
const LONG: Duration = Duration::from_millis(2_500);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_on_a_table_costs_no_step_an_attempt_and_no_host_its_life() {
    let site = Site::new();
    let _server = site.primary(&[]).await;
    let load = Load::begin(&site).await;
    for table in ["tasker.step", "tasker.transition"] {
        load.submit(4).await;
        let mut session = site.options().connect().await.unwrap();
        let lock = format!("begin; lock table {table} in access exclusive mode");
        sqlx::raw_sql(AssertSqlSafe(lock))
            .execute(&mut session)
            .await
            .unwrap();
        tokio::time::sleep(LONG).await;
        sqlx::raw_sql("commit").execute(&mut session).await.unwrap();
    }
    load.all_succeed().await;
    load.nobody_died().await;
    load.stop().await;
}
