//! The course of one step: its phases and attempts, read from its rows of the log in order.

use super::attempts::Attempts;
use super::critical_path::Span;
use super::record::{Detail, LogRecord, StepRecord, TaskFacts};
use super::summary::Resources;
use super::times::{Phase, Times};
use crate::state::StepState;
use chrono::{DateTime, Utc};
use std::str::FromStr as _;

/// What the log says of a step.
#[derive(Debug)]
pub struct Course {
    /// When all that it depends on was complete; none before that.
    pub released_at: Option<DateTime<Utc>>,
    pub first_started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// All zero of a step that was not released.
    pub times: Times,
    pub resources: Resources,
    pub attempts: Attempts,
    phase: Phase,
    since: DateTime<Utc>,
}

impl Course {
    /// Before anything happened: a step without parents is ready from the beginning.
    pub fn of(task: &TaskFacts, step: &StepRecord) -> Self {
        let is_root = step.depends_on.is_empty();
        Self {
            released_at: is_root.then_some(task.created_at),
            first_started_at: None,
            ended_at: None,
            times: Times::default(),
            resources: Resources::default(),
            attempts: Attempts::default(),
            phase: match is_root {
                true => Phase::Queued,
                false => Phase::Blocked,
            },
            since: task.created_at,
        }
    }

    /// Goes on to the state of this row.
    pub fn add(&mut self, name: &str, row: &LogRecord) {
        let Some(state) = row.to_state.as_deref() else {
            return;
        };
        let state = StepState::from_str(state).ok();
        let detail = Detail::of(row.detail.as_deref());
        let is_suspended = detail.reason.as_deref() == Some("quarantined");
        self.times.add(self.phase, row.at - self.since);
        self.since = row.at;
        self.resources.add(row);
        self.attempts.add(name, row);
        match state {
            Some(StepState::Running) => {
                self.release(row.at);
                self.first_started_at.get_or_insert(row.at);
                self.phase = Phase::Running;
            }
            Some(StepState::Ready) if is_suspended => self.phase = Phase::Suspended,
            Some(StepState::Ready) => {
                self.release(row.at);
                self.phase = Phase::Queued;
            }
            Some(StepState::WaitingForRetry) => self.phase = Phase::Backoff,
            Some(StepState::Waiting | StepState::WaitingForEvent) | None => {}
            Some(_) => self.ended_at = Some(row.at),
        }
    }

    fn release(&mut self, at: DateTime<Utc>) {
        self.released_at.get_or_insert(at);
    }

    /// Closes what is open: at the end that the step has where the log was cut, or else now.
    pub fn close(&mut self, step: &StepRecord, as_of: DateTime<Utc>) {
        if self.ended_at.is_none() {
            self.ended_at = step.finished_at;
            let until = step.finished_at.unwrap_or(as_of);
            self.times.add(self.phase, until - self.since);
        }
        if self.released_at.is_none() {
            self.times = Times::default();
        }
    }

    /// None if it was not released.
    pub fn span(&self, as_of: DateTime<Utc>) -> Option<Span> {
        Some(Span {
            released_at: self.released_at?,
            ended_at: self.ended_at.unwrap_or(as_of),
        })
    }
}
