//! Tasks of steps that each succeed in less than their time, two hosts that run them, and what must hold
//! at the end.

use super::server::Site;
use crate::harness::{TestHost, basics, wait_until};
use sqlx::PgPool;
use std::time::Duration;

/// Tasks that are under way at once, as many as a host has slots.
pub const TASKS: usize = 24;

/// One attempt a step, of a second. The second half fails once by itself and is tried again.
const STEPS: &str = "
defaults: {retry: {max_attempts: 1}, timeout: 1s}
steps:
  - {name: a, handler: basics/sleep, config: {ms: 250}}
  - {name: b, handler: basics/sleep, depends_on: [a], config: {ms: 250}}
  - {name: c, handler: basics/flaky, depends_on: [a], config: {failures: 1}, retry: {max_attempts: 2, base: 300ms, max: 300ms}}
  - {name: d, handler: basics/sum, depends_on: [b], config: {value: 7}}
";

/// Steps that ended otherwise than they should, or took an attempt that was somebody else's fault. The step that fails
/// once fails on its first attempt: where that one was lost and given back, it has no other to fail on.
const WRONG: &str = "
    select count(*) from tasker.step s
    where s.state <> 'complete'
       or s.attempt - s.free_attempts not between 1 and case when s.step_no = 2 then 2 else 1 end";

/// Two hosts under load, on the server that the site serves.
pub struct Load {
    hosts: [TestHost; 2],
    pool: PgPool,
}

impl Load {
    pub async fn begin(site: &Site) -> Self {
        Self::begin_through(site, site.url()).await
    }

    /// The same with hosts that reach the server by another URL.
    pub async fn begin_through(site: &Site, url: String) -> Self {
        let host = || {
            TestHost::start_at(url.clone(), |config| {
                let worker = config.worker.as_mut().unwrap();
                worker.heartbeat_interval = Duration::from_millis(100);
                worker.dead_after = Duration::from_secs(1);
                worker.deadline_grace = Duration::from_millis(500);
            })
        };
        let hosts = [host().await, host().await];
        hosts[0]
            .publish_component("basics", "1.0.0", basics())
            .await;
        hosts[0].publish_template("steady", STEPS).await;
        let load = Self {
            hosts,
            pool: site.pool(),
        };
        load.submit(TASKS).await;
        load.is_under_way().await;
        load
    }

    pub async fn submit(&self, tasks: usize) {
        self.hosts[0].submit_all(&vec!["steady"; tasks]).await;
    }

    /// Many of the steps of tasks that are not over have begun, others wait for what they depend on.
    pub async fn is_under_way(&self) {
        let begun = "select count(*) > 8 from tasker.step where attempt > 0";
        crate::harness::wait_until_sql(&self.pool, begun).await;
    }

    /// Waits until all is over, and fails where an outage cost anybody an attempt.
    pub async fn all_succeed(&self) {
        let open = "select count(*) from tasker.task where finished_at is null";
        wait_until("every task is over", async || {
            let open: i64 = sqlx::query_scalar(open).fetch_one(&self.pool).await.ok()?;
            (open == 0).then_some(())
        })
        .await;
        let wrong: i64 = sqlx::query_scalar(WRONG)
            .fetch_one(&self.pool)
            .await
            .unwrap();
        assert_eq!(wrong, 0, "{:?}", self.failures().await);
    }

    /// Whether no worker was declared dead, and no attempt lost with one.
    pub async fn nobody_died(&self) {
        let (dead, lost): (i64, i64) = sqlx::query_as(
            "select (select count(*) from tasker.worker where stopped_at is not null),
                    (select sum(worker_losses) from tasker.step)",
        )
        .fetch_one(&self.pool)
        .await
        .unwrap();
        assert_eq!((dead, lost), (0, 0));
    }

    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    pub async fn stop(self) {
        for host in self.hosts {
            host.host.stop().await.unwrap();
        }
    }

    async fn failures(&self) -> Vec<String> {
        sqlx::query_scalar(
            "select concat_ws(' ', step_no, to_state, attempt, detail) from tasker.transition
             where to_state in ('error', 'waiting_for_retry', 'ready') and detail is not null order by seq",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap()
    }
}
