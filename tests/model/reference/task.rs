//! What one task and its steps go through.

use super::{NEVER, Step, Task};
use crate::model::shape::Shape;
use tasker_domain::state::{StepState, TaskState};

impl Task {
    pub(super) fn new(shape: &Shape) -> Self {
        let mut task = Self {
            shape: shape.clone(),
            is_migrated: false,
            state: TaskState::Pending,
            steps: vec![Step::WAITING; shape.steps.len()],
        };
        task.release(0);
        task
    }

    /// Parents of a step that are not complete.
    pub fn incomplete_parents(&self, no: usize) -> usize {
        let parents = self.shape.steps[no].parents.iter();
        parents
            .filter(|parent| self.steps[**parent].state != StepState::Complete)
            .count()
    }

    /// Sinks that are not complete.
    pub fn incomplete_sinks(&self) -> usize {
        let steps = self.steps.iter().enumerate();
        steps
            .filter(|(no, step)| self.shape.is_sink(*no) && step.state != StepState::Complete)
            .count()
    }

    pub(super) fn release(&mut self, now: i64) {
        for no in 0..self.steps.len() {
            if self.steps[no].state == StepState::Waiting && self.incomplete_parents(no) == 0 {
                self.steps[no].state = StepState::Ready;
                self.steps[no].ready_at = Some(now);
            }
        }
    }

    pub(super) fn resume(&mut self, now: i64) {
        let suspended = self
            .steps
            .iter_mut()
            .filter(|step| step.ready_at == Some(NEVER));
        suspended.for_each(|step| step.ready_at = Some(now));
    }

    /// Ends the task where it is over.
    pub(super) fn settle(&mut self) {
        let any = |of: &[StepState]| self.steps.iter().any(|step| of.contains(&step.state));
        let moving = [
            StepState::Ready,
            StepState::Running,
            StepState::WaitingForRetry,
        ];
        let is_open = !self.state.is_final();
        if is_open
            && self
                .steps
                .iter()
                .all(|step| step.state == StepState::Complete)
        {
            self.state = TaskState::Complete;
        } else if is_open && any(&[StepState::Error]) && !any(&moving) {
            self.state = TaskState::Error;
        }
    }
}

impl Step {
    const WAITING: Self = Self {
        state: StepState::Waiting,
        attempt: 0,
        free_attempts: 0,
        worker_losses: 0,
        worker: None,
        deadline_at: 0,
        ready_at: None,
        is_delayed: false,
        result: None,
        checkpoint: None,
    };

    /// Ready again, without the attempt being counted.
    pub(super) fn give_back(&mut self, now: i64) {
        self.state = StepState::Ready;
        self.ready_at = Some(now);
        self.free_attempts += 1;
    }
}
