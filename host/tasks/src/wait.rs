//! Waiting for a task without holding a connection.

use super::{Tasks, TasksError};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tasker_domain::ids::TaskId;
use tasker_engine::task_read::TaskProgress;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until, timeout_at};

/// The longest wait of one request.
pub const MAX_WAIT: Duration = Duration::from_secs(60);
/// The first pause between two looks; each one is half as long again.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// The longest pause between two looks, as long as few wait.
const MAX_PAUSE: Duration = Duration::from_millis(250);
/// How many looks all who wait take together in a second, at most, once each has waited for a while.
const MAX_LOOKS_PER_S: u32 = 200;
/// How many of them are at the database at the same time: the other connections are for those who do
/// not wait.
const MAX_LOOKS_AT_ONCE: usize = 2;

/// Those who wait for tasks of one host; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Waiters {
    count: Arc<AtomicU32>,
    looks: Arc<Semaphore>,
}

impl Default for Waiters {
    fn default() -> Self {
        Self {
            count: Arc::default(),
            looks: Arc::new(Semaphore::new(MAX_LOOKS_AT_ONCE)),
        }
    }
}

impl Waiters {
    /// One more waits, until what is returned is dropped.
    fn enter(&self) -> OneWaits {
        self.count.fetch_add(1, Ordering::Relaxed);
        OneWaits(self.count.clone())
    }

    /// The pauses between the looks of one more, who waits until it is dropped.
    pub(crate) fn pauses(&self) -> Pauses {
        Pauses {
            waiters: self.clone(),
            next: FIRST_PAUSE,
            _waits: self.enter(),
        }
    }

    /// A permit to query the task; `None` if none becomes free before the deadline.
    pub(crate) async fn look(&self, deadline: Instant) -> Option<SemaphorePermit<'_>> {
        let permit = timeout_at(deadline, self.looks.acquire()).await;
        permit.ok().and_then(Result::ok)
    }

    /// The longest pause between two looks of one.
    fn max_pause(&self) -> Duration {
        longest_pause(self.count.load(Ordering::Relaxed))
    }
}

/// Each pause between two looks of one who waits is longer than the one before.
pub(crate) struct Pauses {
    waiters: Waiters,
    next: Duration,
    _waits: OneWaits,
}

impl Pauses {
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = self.waiters.max_pause().min(pause * 3 / 2);
        pause
    }
}

struct OneWaits(Arc<AtomicU32>);

impl Drop for OneWaits {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn longest_pause(waiting: u32) -> Duration {
    MAX_PAUSE.max(Duration::from_secs(1) * waiting / MAX_LOOKS_PER_S)
}

impl Tasks {
    /// Returns once the task is final, or has a transition after `since` where that is given, or
    /// `wait` has passed.
    pub async fn wait(
        &self,
        task_id: TaskId,
        since: Option<i64>,
        wait: Duration,
    ) -> Result<(), TasksError> {
        let deadline = Instant::now() + wait.min(MAX_WAIT);
        // Before the first look, so that nothing ends unseen between two looks.
        let mut ended = self.notifications.ended();
        let mut pauses = self.waiters.pauses();
        loop {
            // While the database does not answer, permits are kept for long. A request that gets none in time
            // returns the task as it is, or an error.
            let Some(look) = self.waiters.look(deadline).await else {
                return Ok(());
            };
            let progress = self.progress(task_id).await?;
            drop(look);
            let now = Instant::now();
            if is_over(progress, since) || now >= deadline {
                return Ok(());
            }
            tokio::select! {
                () = notified_end(task_id, &mut ended) => {}
                () = sleep_until(deadline.min(now + pauses.next())) => {}
            }
        }
    }

    /// How far a task is.
    pub(crate) async fn progress(&self, task_id: TaskId) -> Result<TaskProgress, TasksError> {
        let progress = self.engine.task_progress(task_id).await?;
        progress.ok_or(TasksError::UnknownTask { task_id })
    }
}

/// Returns once a notification reports the end of the task, or notifications were missed.
async fn notified_end(task_id: TaskId, ended: &mut Receiver<TaskId>) {
    loop {
        match ended.recv().await {
            Ok(other) if other != task_id => {}
            Ok(_) | Err(RecvError::Lagged(_)) => return,
            // There are no more notifications: only polling is left.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

fn is_over(progress: TaskProgress, since: Option<i64>) -> bool {
    progress.is_final || since.is_some_and(|since| progress.seq > since)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_wait_the_more_seldom_each_looks() {
        assert_eq!(longest_pause(1), MAX_PAUSE);
        assert_eq!(longest_pause(50), MAX_PAUSE);
        assert_eq!(longest_pause(400), Duration::from_secs(2));
    }

    #[tokio::test]
    async fn who_has_no_turn_to_look_waits_for_it_no_longer_than_for_the_task() {
        let waiters = Waiters::default();
        let now = Instant::now();
        let _first = waiters.look(now).await.expect("a permit is free");
        let second = waiters.look(now).await;
        assert!(second.is_some());
        assert!(waiters.look(now + FIRST_PAUSE).await.is_none());
        drop(second);
        assert!(waiters.look(now).await.is_some());
    }

    #[test]
    fn a_wait_is_over_at_the_end_or_at_something_new() {
        let open = TaskProgress {
            is_final: false,
            seq: 7,
        };
        assert!(!is_over(open, None));
        assert!(!is_over(open, Some(7)));
        assert!(is_over(open, Some(6)));
        assert!(is_over(
            TaskProgress {
                is_final: true,
                ..open
            },
            Some(7)
        ));
    }
}
