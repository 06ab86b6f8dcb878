//! The hints that a host has yet to send to the others.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tasker_domain::ids::TaskId;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The shortest time between two hints of one host. The first one after a pause goes out at once.
const SEND_INTERVAL: Duration = Duration::from_millis(10);

/// The most ended tasks that wait to be sent; who waits for one of the others finds its end by polling.
const ENDED_MAX: usize = 10_000;

/// As many ids, of 32 digits and a comma, as fit into the 8,000 bytes of one notification.
const IDS_PER_MESSAGE: usize = 200;

/// What is to be sent in one statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    is_ready: bool,
    ended: Vec<TaskId>,
}

impl Hints {
    fn is_empty(&self) -> bool {
        !self.is_ready && self.ended.is_empty()
    }

    /// Channels and payloads.
    pub(super) fn messages(&self) -> (Vec<&'static str>, Vec<String>) {
        let ready = self.is_ready.then(|| ("tasker_ready", String::new()));
        let ended = self.ended.chunks(IDS_PER_MESSAGE);
        ready
            .into_iter()
            .chain(ended.map(|tasks| ("tasker_ended", payload_of(tasks))))
            .unzip()
    }
}

fn payload_of(tasks: &[TaskId]) -> String {
    let ids = tasks.iter().map(|task| task.0.simple().to_string());
    ids.collect::<Vec<_>>().join(",")
}

/// The tasks of a notification that names ended ones.
pub(super) fn tasks_of(payload: &str) -> impl Iterator<Item = TaskId> {
    payload.split(',').filter_map(|id| id.parse().ok())
}

/// Gathers hints until they are sent.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    hints: Hints,
    last_sent: Option<Instant>,
}

impl Outbox {
    pub(super) fn ready(&self) {
        self.change(|hints| hints.is_ready = true);
    }

    pub(super) fn ended(&self, tasks: &[TaskId]) {
        if tasks.is_empty() {
            return;
        }
        self.change(|hints| {
            let room = ENDED_MAX - hints.ended.len();
            hints.ended.extend(tasks.iter().take(room));
        });
    }

    fn change(&self, add: impl FnOnce(&mut Hints)) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        add(&mut waiting.hints);
        self.filled.notify_one();
    }

    /// What is to be sent now; waits for something, and for the end of the interval. Nothing is lost where this
    /// is no longer polled.
    pub(super) async fn next(&self) -> Hints {
        loop {
            match self.take(Instant::now()) {
                Due::Now(hints) => return hints,
                Due::At(due) => sleep_until(due).await,
                Due::Never => self.filled.notified().await,
            }
        }
    }

    fn take(&self, now: Instant) -> Due {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.hints.is_empty() {
            return Due::Never;
        }
        match waiting.last_sent.map(|sent| sent + SEND_INTERVAL) {
            Some(due) if due > now => Due::At(due),
            _ => {
                waiting.last_sent = Some(now);
                Due::Now(std::mem::take(&mut waiting.hints))
            }
        }
    }
}

/// When hints are to be sent.
#[derive(Debug, PartialEq, Eq)]
enum Due {
    Now(Hints),
    At(Instant),
    Never,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(count: usize) -> Vec<TaskId> {
        (0..count).map(|_| TaskId::generate()).collect()
    }

    #[test]
    fn the_first_hint_is_sent_at_once_and_those_of_one_interval_together() {
        let (outbox, now, tasks) = (Outbox::default(), Instant::now(), ids(2));
        assert_eq!(outbox.take(now), Due::Never);
        outbox.ready();
        let (is_ready, ended) = (true, Vec::new());
        assert_eq!(outbox.take(now), Due::Now(Hints { is_ready, ended }));
        outbox.ready();
        outbox.ended(&tasks[..1]);
        outbox.ended(&tasks[1..]);
        let due = now + SEND_INTERVAL;
        assert_eq!(outbox.take(now), Due::At(due));
        let ended = tasks;
        assert_eq!(outbox.take(due), Due::Now(Hints { is_ready, ended }));
        assert_eq!(outbox.take(due), Due::Never);
    }

    #[test]
    fn no_more_ended_tasks_wait_than_the_bound() {
        let outbox = Outbox::default();
        outbox.ended(&ids(ENDED_MAX - 1));
        outbox.ended(&ids(3));
        let Due::Now(hints) = outbox.take(Instant::now()) else {
            panic!("nothing is due");
        };
        assert_eq!(hints.ended.len(), ENDED_MAX);
    }

    #[test]
    fn ended_tasks_are_read_as_they_were_sent_in_messages_that_postgres_takes() {
        let hints = Hints {
            is_ready: false,
            ended: ids(IDS_PER_MESSAGE + 1),
        };
        let (channels, payloads) = hints.messages();
        assert_eq!(channels, ["tasker_ended"; 2]);
        assert!(payloads.iter().all(|payload| payload.len() < 8_000));
        let read: Vec<_> = payloads.iter().flat_map(|text| tasks_of(text)).collect();
        assert_eq!(read, hints.ended);
    }
}
