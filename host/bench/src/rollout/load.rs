//! Tasks that come all the time.

use super::super::hosts::{Hosts, LOOK_INTERVAL, Member, submit};
use std::sync::atomic::{AtomicBool, Ordering};
use tasker_domain::submit::Submit;

/// Tasks of one submit.
const BATCH_TASKS: usize = 100;

/// Keeps hosts busy until it is stopped.
pub(super) struct Load {
    template: &'static str,
    /// Tasks that each host keeps open.
    open_tasks: usize,
    is_enough: AtomicBool,
}

impl Load {
    pub(super) fn new(template: &'static str, open_tasks: usize) -> Self {
        Self {
            template,
            open_tasks,
            is_enough: AtomicBool::new(false),
        }
    }

    pub(super) fn end(&self) {
        self.is_enough.store(true, Ordering::Relaxed);
    }

    /// Submits through every host until the end; returns the number of tasks.
    pub(super) async fn run(&self, hosts: &Hosts) -> anyhow::Result<u64> {
        let most = hosts.all().len() * self.open_tasks;
        let submitted =
            futures::future::try_join_all(hosts.all().iter().map(|member| self.feed(member, most)));
        Ok(submitted.await?.into_iter().sum())
    }

    async fn feed(&self, member: &Member, most: usize) -> anyhow::Result<u64> {
        let batch: Vec<Submit> = vec![submit(self.template)?; BATCH_TASKS.min(self.open_tasks)];
        let mut submitted = 0;
        while !self.is_enough.load(Ordering::Relaxed) && !batch.is_empty() {
            if member.bulk().has_open_tasks_beyond(most).await? {
                tokio::time::sleep(LOOK_INTERVAL).await;
                continue;
            }
            member.tasks.submit_batch(batch.clone(), "load").await?;
            submitted += batch.len() as u64;
        }
        Ok(submitted)
    }
}
