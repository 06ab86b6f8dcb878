//! What the attempts of a task's steps log, while they run: some steps at the same time, the others after them.

use crate::client::{Ask as _, Client};
use crate::{Exit, Result};
use futures::StreamExt as _;
use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use std::collections::{HashSet, VecDeque};
use std::time::Duration;
use tasker_domain::ids::TaskId;
use tasker_wire::log::{AttemptLogLine, AttemptLogPage, AttemptLogQuery, ShowAttemptLog};
use tasker_wire::page::MAX_PAGE_ITEMS;

/// Steps whose logs are followed at the same time; each holds one request.
const MAX_FOLLOWED: usize = 8;
/// How long the host may hold one request back.
const HOLD: Duration = Duration::from_secs(30);
/// How long to wait before a host that did not answer is asked again.
const RETRY_DELAY: Duration = Duration::from_millis(500);

/// Logs of the steps of one task.
pub struct StepLogs<'a> {
    client: &'a Client,
    id: TaskId,
    seen: HashSet<String>,
    waiting: VecDeque<String>,
    asked: FuturesUnordered<LocalBoxFuture<'a, Read>>,
}

/// What one request brought.
struct Read {
    step: String,
    after: Option<String>,
    page: Result<AttemptLogPage>,
}

impl<'a> StepLogs<'a> {
    pub fn new(client: &'a Client, id: TaskId) -> Self {
        Self {
            client,
            id,
            seen: HashSet::new(),
            waiting: VecDeque::new(),
            asked: FuturesUnordered::new(),
        }
    }

    /// Follows this step too, until it has ended.
    pub fn follow(&mut self, step: &str) {
        if self.seen.insert(step.to_owned()) {
            self.waiting.push_back(step.to_owned());
            self.begin();
        }
    }

    /// True once all that the followed steps logged was returned.
    pub fn is_over(&self) -> bool {
        self.asked.is_empty() && self.waiting.is_empty()
    }

    /// The next lines of some step; waits for ever while nothing is followed.
    pub async fn next(&mut self) -> Result<(String, Vec<AttemptLogLine>)> {
        loop {
            let Some(Read { step, after, page }) = self.asked.next().await else {
                return std::future::pending().await;
            };
            match page {
                Ok(page) if page.is_complete => {
                    self.begin();
                    return Ok((step, page.items));
                }
                Ok(page) => {
                    self.ask(step.clone(), Some(page.position), Duration::ZERO);
                    if !page.items.is_empty() {
                        return Ok((step, page.items));
                    }
                }
                Err(error) if error.ends_with(Exit::Unreachable) => {
                    self.ask(step, after, RETRY_DELAY);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn begin(&mut self) {
        while self.asked.len() < MAX_FOLLOWED
            && let Some(step) = self.waiting.pop_front()
        {
            self.ask(step, None, Duration::ZERO);
        }
    }

    fn ask(&mut self, step: String, after: Option<String>, delay: Duration) {
        let (client, id) = (self.client, self.id);
        self.asked.push(Box::pin(async move {
            tokio::time::sleep(delay).await;
            let query = AttemptLogQuery {
                attempt: None,
                after: after.clone(),
                limit: Some(MAX_PAGE_ITEMS),
                wait_ms: HOLD.as_millis() as u64,
            };
            let path = ShowAttemptLog {
                id,
                step: step.clone(),
            };
            let answer = client.call(path).query(&query).hold(HOLD).ask().await;
            let page = answer.map(|answer| answer.value);
            Read { step, after, page }
        }));
    }
}
