//! Following a task until its end: by the stream of its events, or by requests that the host holds back until something
//! happens.

use super::steps;
use super::updates::Updates;
use crate::client::{Client, pages};
use crate::{Answer, Ask as _, CliError, Exit, Problem, Result, units};
use chrono::TimeDelta;
use std::time::{Duration, Instant};
use tasker_domain::ids::TaskId;
use tasker_domain::state::TaskState;
use tasker_wire::task::{ShowTask, Task, WaitQuery};
use tasker_wire::transition::{ListTransitions, Transition, TransitionQuery};

/// How long the host may hold one request back.
const HOLD: Duration = Duration::from_secs(30);
/// For how long a host that went away is asked again: another one may take its place.
const RECONNECT_FOR: Duration = Duration::from_secs(15);
/// How long to wait before a host that went away is asked again.
const RECONNECT_INTERVAL: Duration = Duration::from_millis(500);

/// Asks for one task again and again.
pub struct Follower<'a> {
    client: &'a Client,
    pub id: TaskId,
    deadline: Option<Instant>,
    answered_at: Option<Instant>,
    /// `None` if the host holds requests back.
    updates: Option<Updates<'a>>,
}

impl<'a> Follower<'a> {
    /// Follows for `timeout` from now, or for ever. No answer is from a read replica from now on: each tells
    /// what happened since the one before.
    pub fn new(client: &'a Client, id: TaskId, timeout: Option<Duration>) -> Self {
        client.require_fresh();
        Self {
            client,
            id,
            deadline: timeout.map(|timeout| Instant::now() + timeout),
            answered_at: None,
            updates: None,
        }
    }

    /// Listens to the events of the task from now on, where the host lets this key.
    pub async fn listen(&mut self) -> Result<()> {
        self.updates = Updates::open(self.client, self.id).await?;
        Ok(())
    }

    /// The task: at once for the first time, where `since` is 0; later as soon as something happened after the
    /// transition `since`, or after a while.
    pub async fn next(&mut self, since: i64) -> Result<Answer<Task>> {
        let left = self.left();
        let Some(updates) = self.updates.as_mut() else {
            return self.poll(Some(since)).await;
        };
        if self.answered_at.is_some() {
            updates.wait(left).await;
        }
        // What happens while it is read is seen by the next look.
        updates.seen();
        self.poll_within(Some(0), Duration::ZERO).await
    }

    /// Waits for the end by the events of the task, if it listens to them.
    pub async fn listen_until_over(&mut self) -> Result<Answer<Task>> {
        if self.updates.is_none() {
            return self.wait().await;
        }
        loop {
            let answer = self.next(0).await?;
            if self.is_over(&answer.value) {
                return Ok(answer);
            }
        }
    }

    /// Waits for the end, or until the user's time is up.
    pub async fn wait(&mut self) -> Result<Answer<Task>> {
        loop {
            let answer = self.poll(None).await?;
            if self.is_over(&answer.value) {
                return Ok(answer);
            }
        }
    }

    /// The task, as soon as it has a transition after `since` (or, without it, as soon as it is
    /// final), or after a while as it is. A host that goes away meanwhile is asked again for some
    /// seconds.
    pub async fn poll(&mut self, since: Option<i64>) -> Result<Answer<Task>> {
        self.poll_within(since, HOLD).await
    }

    async fn poll_within(&mut self, since: Option<i64>, most: Duration) -> Result<Answer<Task>> {
        loop {
            match self.ask(since, most).await {
                Ok(answer) => {
                    self.answered_at = Some(Instant::now());
                    return Ok(answer);
                }
                Err(error) if self.may_reconnect(&error) => {
                    tokio::time::sleep(RECONNECT_INTERVAL).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Every transition after the one numbered `after`, in order.
    pub async fn transitions(&self, after: i64) -> Result<Vec<Transition>> {
        let query = TransitionQuery {
            after: Some(after.to_string()),
            ..TransitionQuery::default()
        };
        let all = pages(self.client, None, ListTransitions { id: self.id }, query);
        Ok(all.await?.value.items)
    }

    /// Adds the steps in motion, where not all steps are in the answer.
    pub async fn read_in_motion(&self, task: &mut Task) -> Result<()> {
        steps::read_in_motion(self.client, task).await
    }

    /// True where the task is final or the user's time is up.
    pub fn is_over(&self, task: &Task) -> bool {
        task.state.is_final() || self.left().is_zero()
    }

    async fn ask(&self, since: Option<i64>, most: Duration) -> Result<Answer<Task>> {
        let hold = self.left().min(most);
        let query = WaitQuery {
            wait_ms: hold.as_millis() as u64,
            since,
        };
        let call = self.client.call(ShowTask { id: self.id });
        call.query(&query).hold(hold).ask().await
    }

    fn left(&self) -> Duration {
        self.deadline.map_or(Duration::MAX, |deadline| {
            deadline.saturating_duration_since(Instant::now())
        })
    }

    fn may_reconnect(&self, error: &CliError) -> bool {
        let answered = self.answered_at.map(|at| at.elapsed());
        let was_there = answered.is_some_and(|ago| ago < RECONNECT_FOR);
        let is_full = matches!(error, CliError::Problem(problem) if problem.is_full());
        let may_pass = is_full || (was_there && error.ends_with(Exit::Unreachable));
        may_pass && !self.left().is_zero()
    }
}

/// What the command ends with; `timeout` is what the user gave.
pub fn exit_of(task: &Task, timeout: Option<Duration>) -> Result<Exit> {
    match task.state {
        TaskState::Complete | TaskState::ResolvedManually => Ok(Exit::Complete),
        TaskState::Error | TaskState::Cancelled => Ok(Exit::Failed),
        TaskState::Pending | TaskState::InProgress => {
            Err(timed_out(task.id, timeout.unwrap_or_default()).into())
        }
    }
}

fn timed_out(id: TaskId, timeout: Duration) -> Problem {
    let span = units::span(TimeDelta::from_std(timeout).unwrap_or(TimeDelta::MAX));
    let what = format!("the task {id} is not finished after {span}; it goes on");
    Problem::new(Exit::TimedOut, "timed_out", what)
        .help(format!("go on watching with: tasker task watch {id}"))
}
