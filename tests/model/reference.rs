//! The model: the rules in their plainest form, with no thought of speed or of concurrency.

mod task;

use super::shape::Shape;
use std::collections::BTreeMap;
use tasker_domain::outcome::Retry;
use tasker_domain::state::{StepState, TaskState};

/// A step: (task, step), both by their place in the case.
pub type Key = (usize, usize);

/// An attempt of a step, as a worker names it.
pub type Held = (Key, i32);

/// Everything, with times in milliseconds.
#[derive(Clone, Debug)]
pub struct Model {
    pub now: i64,
    pub tasks: Vec<Task>,
    pub workers: BTreeMap<i32, Worker>,
    pub kv: BTreeMap<String, String>,
    /// The code that tasks are created with is quarantined.
    pub is_quarantined: bool,
}

/// The queue key of a task: of every second one, and two have the same.
pub fn queue_key(task: usize) -> Option<usize> {
    (task % 2 == 1).then_some(task / 4)
}

/// When a step is due that stands still for a quarantine.
const NEVER: i64 = i64::MAX;

#[derive(Clone, Debug)]
pub struct Task {
    shape: Shape,
    /// It was moved to code that is never quarantined.
    pub is_migrated: bool,
    pub state: TaskState,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub state: StepState,
    pub attempt: i32,
    pub free_attempts: i32,
    pub worker_losses: i32,
    /// While it runs.
    pub worker: Option<i32>,
    pub deadline_at: i64,
    pub ready_at: Option<i64>,
    /// It waited for something: it goes on without the queue key of its task.
    is_delayed: bool,
    pub result: Option<String>,
    pub checkpoint: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Worker {
    heartbeat_at: i64,
    alive_since: i64,
    stopped_at: Option<i64>,
    /// What it held was looked at again, well after it stopped.
    is_settled: bool,
}

impl Model {
    pub fn new(shapes: &[Shape]) -> Self {
        let tasks = shapes.iter().map(Task::new).collect();
        Self {
            now: 0,
            tasks,
            workers: BTreeMap::new(),
            kv: BTreeMap::new(),
            is_quarantined: false,
        }
    }

    pub fn register(&mut self, worker: i32) {
        let begun = Worker {
            heartbeat_at: self.now,
            alive_since: self.now,
            stopped_at: None,
            is_settled: false,
        };
        assert!(self.workers.insert(worker, begun).is_none());
    }

    pub fn is_stopped(&self, worker: i32) -> bool {
        self.workers[&worker].stopped_at.is_some()
    }

    pub fn is_over(&self) -> bool {
        self.tasks.iter().all(|task| task.state.is_final())
    }

    /// The attempts that a worker holds.
    pub fn held_by(&self, worker: i32) -> Vec<Held> {
        let running = self
            .keys()
            .filter(|key| self.step(*key).worker == Some(worker));
        running.map(|key| (key, self.step(key).attempt)).collect()
    }

    pub fn holds(&self, worker: i32, (key, attempt): Held) -> bool {
        let step = self.step(key);
        step.worker == Some(worker) && step.attempt == attempt
    }

    /// Steps that may be claimed now.
    pub fn due(&self) -> Vec<Key> {
        let is_due = |key: &Key| self.step(*key).ready_at.is_some_and(|at| at <= self.now);
        self.keys().filter(is_due).collect()
    }

    /// The queue key by which the step takes turns with others.
    pub fn queue_key(&self, key: Key) -> Option<usize> {
        queue_key(key.0).filter(|_| !self.step(key).is_delayed)
    }

    pub fn step(&self, (task, no): Key) -> &Step {
        &self.tasks[task].steps[no]
    }

    /// Names and results of the steps that a step depends on.
    pub fn results_of_parents(&self, (task, no): Key) -> Vec<(usize, String)> {
        let result = |parent: usize| self.step((task, parent)).result.clone().unwrap();
        let parents = self.tasks[task].shape.steps[no].parents.iter();
        parents.map(|parent| (*parent, result(*parent))).collect()
    }

    /// The worker takes a step that is due; its attempt's number.
    pub fn claim(&mut self, worker: i32, key: Key) -> i32 {
        let now = self.now;
        let task = &mut self.tasks[key.0];
        let timeout_ms = i64::from(task.shape.steps[key.1].timeout_ms);
        task.state = TaskState::InProgress;
        let step = &mut task.steps[key.1];
        step.state = StepState::Running;
        step.attempt += 1;
        step.worker = Some(worker);
        step.ready_at = None;
        step.deadline_at = now + timeout_ms;
        step.attempt
    }

    pub fn complete(&mut self, worker: i32, completed: &[(Held, String)]) {
        for (held, result) in completed {
            if let Some(step) = self.take(worker, *held) {
                step.state = StepState::Complete;
                step.result = Some(result.clone());
            }
        }
        let now = self.now;
        for task in &mut self.tasks {
            task.release(now);
            task.settle();
        }
    }

    pub fn fail(&mut self, worker: i32, failed: &[Held], retry: Retry) {
        let now = self.now;
        for held in failed {
            let (task, no) = held.0;
            let shape = self.tasks[task].shape.steps[no].clone();
            let Some(step) = self.take(worker, *held) else {
                continue;
            };
            let failures = step.attempt - step.free_attempts;
            if retry == Retry::Never || failures >= shape.max_attempts {
                step.state = StepState::Error;
                continue;
            }
            let wait = match retry {
                Retry::After(wait) => i64::try_from(wait.as_millis()).unwrap(),
                Retry::Policy | Retry::Never => shape.backoff_ms(failures),
            };
            step.state = StepState::WaitingForRetry;
            step.ready_at = Some(now + wait);
            step.is_delayed = true;
        }
        self.tasks.iter_mut().for_each(Task::settle);
    }

    pub fn checkpoint(&mut self, worker: i32, left: &[(Held, String)]) {
        let now = self.now;
        for (held, checkpoint) in left {
            if let Some(step) = self.take(worker, *held) {
                step.give_back(now);
                step.checkpoint = Some(checkpoint.clone());
            }
        }
    }

    /// Records one attempt with its writes: what stands under a key, or none.
    pub fn write(
        &mut self,
        worker: i32,
        (held, text): (Held, String),
        writes: &[(String, Option<String>)],
        is_checkpoint: bool,
    ) {
        if !self.holds(worker, held) {
            return;
        }
        for (key, value) in writes {
            match value {
                Some(value) => drop(self.kv.insert(key.clone(), value.clone())),
                None => drop(self.kv.remove(key)),
            }
        }
        if is_checkpoint {
            self.checkpoint(worker, &[(held, text)]);
        } else {
            self.complete(worker, &[(held, text)]);
        }
    }

    /// Quarantines or releases the code that tasks are created with.
    pub fn quarantine(&mut self, is_on: bool) {
        if self.is_quarantined && !is_on {
            self.tasks.iter_mut().for_each(|task| task.resume(self.now));
        }
        self.is_quarantined = is_on;
    }

    /// How many steps stand still now.
    pub fn suspend(&mut self, worker: i32, leases: &[Held]) -> i32 {
        let now = self.now;
        let mut suspended = 0;
        for held in leases {
            let is_quarantined = self.is_quarantined && !self.tasks[held.0.0].is_migrated;
            if let Some(step) = self.take(worker, *held) {
                step.give_back(if is_quarantined { NEVER } else { now });
                step.is_delayed |= is_quarantined;
                suspended += i32::from(is_quarantined);
            }
        }
        suspended
    }

    /// Whether the task moved.
    pub fn migrate(&mut self, task: usize) -> bool {
        let (now, task) = (self.now, &mut self.tasks[task]);
        if task.state.is_final() || std::mem::replace(&mut task.is_migrated, true) {
            return false;
        }
        task.resume(now);
        true
    }

    /// Whether the worker is not declared dead.
    pub fn heartbeat(&mut self, worker: i32, gap_max_ms: i64) -> bool {
        let now = self.now;
        let known = self.workers.get_mut(&worker).unwrap();
        if known.stopped_at.is_some() {
            return false;
        }
        if now - known.heartbeat_at > gap_max_ms {
            known.alive_since = now;
        }
        known.heartbeat_at = now;
        true
    }

    pub fn stale(&self, worker: i32, asked: &[Held]) -> Vec<Held> {
        let is_stale = |held: &&Held| !self.holds(worker, **held);
        asked.iter().filter(is_stale).copied().collect()
    }

    /// How many steps were given back.
    pub fn release(&mut self, worker: i32, keep: &[Held], is_lost: bool) -> i32 {
        let now = self.now;
        let mut released = 0;
        for held in self.held_by(worker) {
            if keep.contains(&held) {
                continue;
            }
            if let Some(step) = self.take(worker, held) {
                step.give_back(now);
                step.worker_losses += i32::from(is_lost);
                released += 1;
            }
        }
        released
    }

    /// `spared` is what it goes on holding.
    pub fn stop(&mut self, worker: i32, spared: &[Held], is_lost: bool) -> i32 {
        let now = self.now;
        let stopped = self.workers.get_mut(&worker).unwrap();
        stopped.stopped_at.get_or_insert(now);
        self.release(worker, spared, is_lost)
    }

    /// What dead workers held, in the eyes of one that was heard for as long; and, once, what a worker
    /// that has stopped for as long holds nevertheless.
    pub fn reap(&mut self, reaper: i32, spared: &[Held], dead_after_ms: i64) -> i32 {
        let (now, since) = (self.now, self.now - dead_after_ms);
        let by = &self.workers[&reaper];
        let was_heard = by.alive_since <= since && now - by.heartbeat_at <= dead_after_ms / 2;
        if by.stopped_at.is_some() || !was_heard {
            return 0;
        }
        let is_gone = |worker: &Worker| match worker.stopped_at {
            Some(at) => at <= since && !worker.is_settled,
            None => worker.heartbeat_at < since,
        };
        let workers = self.workers.iter();
        let gone = workers.filter(|(_, worker)| is_gone(worker));
        let gone: Vec<i32> = gone.map(|(id, _)| *id).collect();
        let mut released = 0;
        for id in gone {
            let worker = self.workers.get_mut(&id).unwrap();
            worker.is_settled = worker.stopped_at.is_some();
            released += self.stop(id, spared, true);
        }
        released
    }

    pub fn reap_overdue(&mut self, worker: i32, known: &[Held], grace_ms: i64) -> i32 {
        let before = self.now - grace_ms;
        let is_late = |(key, _): &Held| self.step(*key).deadline_at < before;
        let held = self.held_by(worker);
        let late: Vec<Held> = held
            .into_iter()
            .filter(|held| is_late(held) && !known.contains(held))
            .collect();
        let keep: Vec<Held> = self.held_by(worker);
        let keep: Vec<Held> = keep
            .into_iter()
            .filter(|held| !late.contains(held))
            .collect();
        self.release(worker, &keep, false)
    }

    /// Whether there was something to cancel.
    pub fn cancel(&mut self, task: usize) -> bool {
        let task = &mut self.tasks[task];
        if task.state.is_final() {
            return false;
        }
        task.state = TaskState::Cancelled;
        let open = |step: &&mut Step| !matches!(step.state, StepState::Complete | StepState::Error);
        for step in task.steps.iter_mut().filter(open) {
            step.state = StepState::Cancelled;
            step.worker = None;
            step.ready_at = None;
        }
        true
    }

    /// The step, out of the worker's hands, if the lease is good.
    fn take(&mut self, worker: i32, held: Held) -> Option<&mut Step> {
        if !self.holds(worker, held) {
            return None;
        }
        let (task, no) = held.0;
        let step = &mut self.tasks[task].steps[no];
        step.worker = None;
        Some(step)
    }

    fn keys(&self) -> impl Iterator<Item = Key> + '_ {
        let of = |(task, steps): (usize, &Task)| (0..steps.steps.len()).map(move |no| (task, no));
        self.tasks.iter().enumerate().flat_map(of)
    }
}
